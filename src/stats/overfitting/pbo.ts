import { isZeroDispersion } from '../moments.ts';
import { finiteOrNull } from '../requireFinite.ts';
import { sumOver } from '../sums.ts';
import { blockSums, type BlockSums } from './blockSums.ts';
import { combinations } from './combinations.ts';
import { selectPerSplit, type SplitColumns } from './selectPerSplit.ts';

/** Probability of backtest overfitting by combinatorially symmetric cross-validation. */
export interface Pbo {
  /** Share of splits whose best trial in sample ends in the lower half out of sample. */
  readonly pbo: number | null;
  /** Share of splits whose best trial in sample has a negative Sharpe ratio out of sample. */
  readonly probabilityOfLoss: number | null;
  /** Line through the splits: Sharpe ratio of the best trial out of sample by that in sample. */
  readonly degradationSlope: number | null;
  readonly degradationIntercept: number | null;
  /** With fewer than 10 the probability is coarse, and is to be printed with a warning. */
  readonly trials: number;
  readonly blocks: number;
  readonly rowsPerBlock: number;
  /** Oldest rows left out, so that the blocks are equal. */
  readonly droppedRows: number;
  /** In lexicographic order of the in-sample blocks. */
  readonly splits: PboSplits;
}

export interface PboSplits extends SplitColumns {
  /** ln(w / (1 - w)) of the relative rank w = rank / (trials + 1). */
  readonly logit: Float64Array;
}

/** One split, for people. */
export interface PboSplit {
  readonly inSampleBlocks: readonly number[];
  readonly best: number;
  readonly inSampleSharpe: number | null;
  readonly outOfSampleSharpe: number | null;
  readonly outOfSampleRank: number;
  readonly logit: number;
}

/**
 * Probability that the best of several trials in one half of time is below their median in the other. Every choice of half
 * of the blocks is tried. A trial that does nothing in a half scores 0 there, as cash does. With a single trial there is
 * nothing to choose: its rank is always the middle one, so the probability is 1 and says nothing.
 *
 * @param returns [trials] columns of equal length, simple decimal returns per period in time order, finite, read only
 * @param blocks  S, even, 2..20; 16 for reports
 * @returns       nulls and no splits without trials or with fewer than 2 rows on each side
 * @throws E_INTERNAL on NaN, Infinity, columns of different lengths or another number of blocks
 * @formula share of splits with ln(w / (1 - w)) <= 0, w = rank / (N + 1)
 * @source Bailey, Borwein, Lopez de Prado & Zhu 2017
 * @vector overfitting.pbo
 */
export function pbo(returns: readonly ArrayLike<number>[], blocks = 16): Pbo {
  return pboOfBlocks(blockSums(returns, blocks));
}

/**
 * The same from sums and squares per block, for trials whose returns were never kept.
 *
 * @param sums as `blockSums` makes them, read only
 * @source Bailey, Borwein, Lopez de Prado & Zhu 2017
 * @vector overfitting.pbo
 */
export function pboOfBlocks(sums: BlockSums): Pbo {
  const { trials, blocks, rowsPerBlock, droppedRows } = sums;
  const isPossible = trials > 0 && (rowsPerBlock * blocks) / 2 >= 2;
  const splits = selectPerSplit(sums, isPossible ? combinations(blocks, blocks / 2) : []);
  const logit = splits.outOfSampleRank.map((rank) => Math.log(rank / (trials + 1 - rank)));
  return {
    pbo: shareOf(logit, (value) => value <= 0),
    probabilityOfLoss: shareOf(splits.outOfSampleSharpe, (sharpe) => sharpe < 0),
    ...degradation(splits),
    trials,
    blocks,
    rowsPerBlock,
    droppedRows,
    splits: { ...splits, logit },
  };
}

/**
 * The splits as a list, with the blocks that each was chosen on.
 *
 * @param result made by `pbo`
 * @source Bailey, Borwein, Lopez de Prado & Zhu 2017
 * @vector overfitting.pbo
 */
export function pboSplits({ blocks, splits }: Pbo): PboSplit[] {
  if (splits.best.length === 0) return [];
  return combinations(blocks, blocks / 2).map((inSampleBlocks, split) => ({
    inSampleBlocks,
    best: splits.best[split]!,
    inSampleSharpe: finiteOrNull(splits.inSampleSharpe[split]!),
    outOfSampleSharpe: finiteOrNull(splits.outOfSampleSharpe[split]!),
    outOfSampleRank: splits.outOfSampleRank[split]!,
    logit: splits.logit[split]!,
  }));
}

function shareOf(values: Float64Array, isMeant: (value: number) => boolean): number | null {
  let count = 0;
  for (let i = 0; i < values.length; i++) count += +isMeant(values[i]!);
  return values.length === 0 ? null : count / values.length;
}

/** Least-squares line through the splits that have both ratios; nulls where those in sample are all the same. */
function degradation({ inSampleSharpe, outOfSampleSharpe }: SplitColumns): Pick<Pbo, 'degradationSlope' | 'degradationIntercept'> {
  const known = [...inSampleSharpe.keys()].filter((split) => Number.isFinite(inSampleSharpe[split]) && Number.isFinite(outOfSampleSharpe[split]));
  const n = known.length;
  const x = Float64Array.from(known, (split) => inSampleSharpe[split]!);
  const y = Float64Array.from(known, (split) => outOfSampleSharpe[split]!);
  const [centerX, centerY] = [sumOver(n, (i) => x[i]!) / n, sumOver(n, (i) => y[i]!) / n];
  const squares = sumOver(n, (i) => (x[i]! - centerX) * (x[i]! - centerX));
  if (n < 2 || isZeroDispersion(Math.sqrt(squares / (n - 1)), x)) return { degradationSlope: null, degradationIntercept: null };
  const slope = sumOver(n, (i) => (x[i]! - centerX) * (y[i]! - centerY)) / squares;
  return { degradationSlope: slope, degradationIntercept: centerY - slope * centerX };
}
