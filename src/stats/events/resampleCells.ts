import { doubledPrefixSums } from '../bootstrap/prefixSums.ts';
import type { ResampleBatch, Resamples } from '../bootstrap/resamples.ts';
import type { DailyCell } from './dailyCells.ts';

/** [draws][cells] each, row by row; NaN where a resample holds no event of the cell, or, for the ratio, not two blocks with events that differ. */
export interface CellReplicates {
  readonly means: Float64Array;
  /** Resampled mean less the mean, over the resample's own standard error. */
  readonly studentized: Float64Array;
}

/** Blocks of the resamples that hold events of any cell; the rest change nothing. */
interface Work {
  /** [2 * days + 1][cells] running sums of residuals, and of counts. */
  readonly residuals: Float64Array;
  readonly counts: Float64Array;
  /** [2 * days + 1] running sum of the counts of all cells. */
  readonly anyEvents: Float64Array;
  readonly cells: number;
}

/** Five running sums per cell: blocks with events, events, residuals, and the products that the variance of block residuals needs. */
interface Sums {
  readonly blocks: Float64Array;
  readonly events: Float64Array;
  readonly residual: Float64Array;
  readonly residualSquared: Float64Array;
  readonly residualEvents: Float64Array;
  readonly eventsSquared: Float64Array;
}

/**
 * Mean and studentized mean of every cell on every resample of calendar days. The error of a resampled mean comes from its own blocks:
 * each block's residual sum against the resampled mean is one independent draw.
 *
 * @param cells     on one calendar, read only
 * @param resamples of the days of that calendar
 * @source Gotze & Kunsch 1996; Cameron, Gelbach & Miller 2008
 * @vector events.clusterBootstrap
 */
export function resampleCells(cells: readonly DailyCell[], resamples: Resamples): CellReplicates {
  const work = layOut(cells, resamples.size);
  const column = () => new Float64Array(cells.length);
  const sums: Sums = {
    blocks: column(),
    events: column(),
    residual: column(),
    residualSquared: column(),
    residualEvents: column(),
    eventsSquared: column(),
  };
  const means = new Float64Array(resamples.draws * cells.length);
  const studentized = new Float64Array(resamples.draws * cells.length);
  let at = 0;
  for (const batch of resamples) {
    for (let r = 0; r < batch.count; r++) {
      addBlocks(work, sums, { batch, r });
      for (const [c, cell] of cells.entries()) {
        const { shift, error } = shiftOf(sums, c);
        means[at] = (cell.mean ?? Number.NaN) + shift;
        studentized[at++] = error > 0 ? shift / error : Number.NaN;
      }
    }
  }
  return { means, studentized };
}

/** Cells side by side for each day, so that a block reads two short rows. */
function layOut(cells: readonly DailyCell[], days: number): Work {
  const width = cells.length;
  const residuals = new Float64Array((2 * days + 1) * width);
  const counts = new Float64Array((2 * days + 1) * width);
  const anyEvents = new Float64Array(2 * days + 1);
  for (const [c, cell] of cells.entries()) {
    for (const [target, source] of [
      [residuals, cell.residuals],
      [counts, cell.counts],
    ] as const) {
      for (const [day, sum] of doubledPrefixSums(source).entries()) target[day * width + c] = sum;
    }
    for (const [day, sum] of doubledPrefixSums(cell.counts).entries()) anyEvents[day]! += sum;
  }
  return { residuals, counts, anyEvents, cells: width };
}

function addBlocks(
  { residuals, counts, anyEvents, cells }: Work,
  sums: Sums,
  { batch: { offsets, starts, ends }, r }: { batch: ResampleBatch; r: number },
): void {
  for (const column of Object.values(sums) as Float64Array[]) column.fill(0);
  const { blocks, events, residual, residualSquared, residualEvents, eventsSquared } = sums;
  for (let j = offsets[r]!; j < offsets[r + 1]!; j++) {
    const [start, end] = [starts[j]!, ends[j]!];
    if (anyEvents[end] === anyEvents[start]) continue;
    for (let c = 0, from = start * cells, to = end * cells; c < cells; c++, from++, to++) {
      const n = counts[to]! - counts[from]!;
      if (n === 0) continue;
      const sum = residuals[to]! - residuals[from]!;
      blocks[c]!++;
      events[c]! += n;
      residual[c]! += sum;
      residualSquared[c]! += sum * sum;
      residualEvents[c]! += sum * n;
      eventsSquared[c]! += n * n;
    }
  }
}

function shiftOf({ blocks, events, residual, residualSquared, residualEvents, eventsSquared }: Sums, c: number): { shift: number; error: number } {
  const n = events[c]!;
  const count = blocks[c]!;
  const shift = residual[c]! / n;
  if (count < 2) return { shift, error: Number.NaN };
  const scatter = residualSquared[c]! - 2 * shift * residualEvents[c]! + shift * shift * eventsSquared[c]!;
  // What is left of equal terms after subtraction is rounding, not scatter.
  if (scatter <= 1e-12 * residualSquared[c]!) return { shift, error: Number.NaN };
  return { shift, error: Math.sqrt((scatter * count) / (count - 1)) / n };
}
