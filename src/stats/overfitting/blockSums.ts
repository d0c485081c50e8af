import { AppError } from '../../core/errors.ts';
import { requireFinite } from '../requireFinite.ts';
import { requireWhole } from '../requireWhole.ts';
import { requireSameLength } from '../trials.ts';

/** All that the choice of the best trial on any half of the blocks depends on. Trials of one block lie together. */
export interface BlockSums {
  readonly trials: number;
  /** Even. */
  readonly blocks: number;
  readonly rowsPerBlock: number;
  /** Oldest rows left out, so that the blocks are equal. */
  readonly droppedRows: number;
  /** [blocks x trials] sum of the returns. */
  readonly sums: Float64Array;
  /** [blocks x trials] sum of their squares. */
  readonly squares: Float64Array;
}

/** More blocks than this would make more than 184,756 splits. */
const mostBlocks = 20;

/**
 * Sums and squares of each trial's returns over equal blocks of time; the oldest T mod S rows are left out.
 *
 * @param returns [trials] columns of equal length, simple decimal returns per period in time order, finite, read only
 * @param blocks  S, even, 2..20
 * @throws E_INTERNAL on NaN, Infinity, columns of different lengths or another number of blocks
 * @source Bailey, Borwein, Lopez de Prado & Zhu 2017
 * @vector overfitting.pbo
 */
export function blockSums(returns: readonly ArrayLike<number>[], blocks: number): BlockSums {
  requireBlocks(blocks);
  const rows = requireSameLength(returns);
  const trials = returns.length;
  const rowsPerBlock = Math.floor(rows / blocks);
  const droppedRows = rows % blocks;
  const sums = new Float64Array(blocks * trials);
  const squares = new Float64Array(blocks * trials);
  const pair = new Float64Array(2);
  for (const [trial, column] of returns.entries()) {
    requireFinite(column, `returns of trial ${trial}`);
    for (let block = 0; block < blocks; block++) {
      const from = droppedRows + block * rowsPerBlock;
      sumBoth(column, { from, to: from + rowsPerBlock }, pair);
      sums[block * trials + trial] = pair[0]!;
      squares[block * trials + trial] = pair[1]!;
    }
  }
  return { trials, blocks, rowsPerBlock, droppedRows, sums, squares };
}

/** Neumaier's sums of the values and of their squares, in one pass. */
function sumBoth(values: ArrayLike<number>, { from, to }: { from: number; to: number }, out: Float64Array): void {
  let sum = 0;
  let sumLost = 0;
  let squares = 0;
  let squaresLost = 0;
  for (let i = from; i < to; i++) {
    const value = values[i]!;
    const next = sum + value;
    sumLost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
    const square = value * value;
    const nextSquares = squares + square;
    squaresLost += squares >= square ? squares - nextSquares + square : square - nextSquares + squares;
    squares = nextSquares;
  }
  out[0] = sum + sumLost;
  out[1] = squares + squaresLost;
}

function requireBlocks(blocks: number): void {
  requireWhole(blocks, 'blocks', 2);
  if (blocks % 2 === 0 && blocks <= mostBlocks) return;
  throw new AppError('E_INTERNAL', { problem: `blocks must be an even number of at most ${mostBlocks}, not ${blocks}` });
}
