import { type Bounds, bootstrapInterval } from '../bootstrap/interval.ts';
import { stationaryKernelVariance } from '../bootstrap/kernelVariance.ts';
import { stationaryResamples } from '../bootstrap/resamples.ts';
import { isZeroDispersion, sampleStd } from '../moments.ts';
import { stepDownMaxT } from '../multiple/stepDownMaxT.ts';
import { quantileOfSorted } from '../quantile.ts';
import { requireAlpha } from '../requireAlpha.ts';
import { dailyCells, type EffectCell } from './dailyCells.ts';
import { resampleCells } from './resampleCells.ts';

export interface CellInferenceOptions {
  /** Days of the calendar; every event lies on day 0..days - 1. */
  readonly days: number;
  /** Mean length of the resampled blocks in days, at least 1: the automatic length of the daily residuals, or the outcome horizon where longer. */
  readonly meanBlockDays: number;
  readonly draws: number;
  /** Name of the random stream, `seed=<n>/<purpose>/<unit>/<replicate>`. */
  readonly stream: string;
  /** 1 - confidence of the bounds, in (0, 1). */
  readonly alpha: number;
  /** The direction that was registered; decides the p-values. */
  readonly side: 'greater' | 'less' | 'different';
}

/** What is known about one cell. Null where it has fewer than 2 days with events, or no spread between them. */
export interface CellEstimate {
  readonly events: number;
  readonly eventDays: number;
  /** Events that would say as much if all were independent; at most `events`. */
  readonly effectiveEvents: number | null;
  readonly mean: number | null;
  readonly standardError: number | null;
  readonly percentile: Bounds | null;
  /** Bounds from the resampled mean over its own standard error: the ones to report. */
  readonly studentized: Bounds | null;
  /** Chance of a mean this far from 0 if there were no effect: (1 + count)/(draws + 1). */
  readonly p: number | null;
  /** The same for the best of all cells (step-down, from the same resamples). */
  readonly adjustedP: number | null;
  /** Resamples without two days of the cell's events; they count against it in p. */
  readonly undefinedDraws: number;
}

/**
 * Mean effects of several cells (splits, horizons, outcomes) of one study with intervals and p-values from one set of resamples: blocks of calendar days
 * carry the events of all symbols and cells, so that what moves together stays together, in each cell and between cells.
 *
 * @param cells   effects of the events of each cell, read only; an event may belong to several
 * @param options calendar, blocks, draws, confidence, direction
 * @returns       [cells] in the order given
 * @throws E_INTERNAL on NaN, Infinity, a day outside the calendar or options out of range
 * @source Politis & Romano 1994; Gotze & Kunsch 1996 (studentizing by blocks); Westfall & Young 1993; research specification section 10.5
 * @vector events.clusterBootstrap
 */
export function cellInference(cells: readonly EffectCell[], options: CellInferenceOptions): CellEstimate[] {
  const { days, meanBlockDays, draws, stream, alpha, side } = options;
  requireAlpha(alpha);
  const daily = dailyCells(cells, days);
  const errors = daily.map((cell) => standardErrorOf(cell, 1 / meanBlockDays));
  const replicates = resampleCells(daily, stationaryResamples(days, { meanBlock: meanBlockDays, draws, stream }));
  const observed = Float64Array.from(daily, ({ mean: center }, c) => (errors[c] === null ? Number.NaN : center! / errors[c]!));
  const adjusted = stepDownMaxT(observed, replicates.studentized, { side });
  return cells.map((cell, c) => {
    const { mean: center, events, eventDays } = daily[c]!;
    const error = errors[c]!;
    const column = (rows: Float64Array) => Float64Array.from({ length: draws }, (_, draw) => rows[draw * cells.length + c]!);
    const { percentile, undefinedDraws } = bootstrapInterval(center, column(replicates.means), alpha);
    const base = { events, eventDays, mean: center, undefinedDraws };
    if (error === null) {
      return { ...base, effectiveEvents: null, standardError: null, percentile: null, studentized: null, p: null, adjustedP: null };
    }
    const ratios = column(replicates.studentized);
    const p = shareAsExtreme(observed[c]!, ratios, side);
    return {
      ...base,
      effectiveEvents: effectiveCount(cell.effect, error),
      standardError: error,
      percentile,
      studentized: studentizedBounds(center!, error, { ratios, alpha }),
      p,
      adjustedP: Math.max(p, adjusted[c]!),
    };
  });
}

/** Error of a mean over events whose days depend on each other as the resampled blocks do. */
function standardErrorOf({ residuals, events, eventDays }: ReturnType<typeof dailyCells>[number], restartProbability: number): number | null {
  if (eventDays < 2) return null;
  const variance = residuals.length * stationaryKernelVariance(residuals, restartProbability)!;
  const error = Math.sqrt(Math.max(0, variance) * (eventDays / (eventDays - 1))) / events;
  return isZeroDispersion(error * events, residuals) ? null : error;
}

function effectiveCount(effects: ArrayLike<number>, error: number): number {
  const spread = sampleStd(effects)!;
  return Math.min(effects.length, (spread * spread) / (error * error));
}

function studentizedBounds(center: number, error: number, { ratios, alpha }: { ratios: Float64Array; alpha: number }): Bounds | null {
  const sorted = ratios.filter((ratio) => !Number.isNaN(ratio)).sort();
  if (sorted.length === 0) return null;
  const [low, high] = [quantileOfSorted(sorted, alpha / 2)!, quantileOfSorted(sorted, 1 - alpha / 2)!];
  return [center - high * error, center - low * error];
}

/** Undefined draws count as extreme: a cell too thin to resample gets no credit for it. */
function shareAsExtreme(observed: number, ratios: Float64Array, side: CellInferenceOptions['side']): number {
  const sizeOf = { greater: (t: number) => t, less: (t: number) => -t, different: Math.abs }[side];
  let count = 0;
  for (const ratio of ratios) if (!(sizeOf(ratio) < sizeOf(observed))) count++;
  return (count + 1) / (ratios.length + 1);
}
