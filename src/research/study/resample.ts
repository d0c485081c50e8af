import { bcaBounds, jackknifeAcceleration } from '../../stats/bootstrap/bca.ts';
import { blockLength } from '../../stats/bootstrap/blockLength.ts';
import { stationaryCounts } from '../../stats/bootstrap/stationaryCounts.ts';
import { sampleStd } from '../../stats/moments.ts';
import type { Contrast } from './contrast.ts';

/** Days of a slice, resampled in blocks that carry every symbol's events of those days together. */
export interface DayBlocks {
  readonly firstDay: number;
  readonly days: number;
  /** Prefix of the stream names: one stream per draw, so the number of draws or workers changes no draw. */
  readonly stream: string;
  readonly draws: number;
}

/** An effect with what resampling says about it. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  /** Standard deviation of the effect over the draws. */
  readonly error: number | null;
}

/** A contrast, or its effect on some of the events only: `isIn` is 1 for those. */
export interface ResampledEffect {
  readonly contrast: Contrast;
  /** [events used] null for all. */
  readonly isIn: Float64Array | null;
  /** Mean block length in days. */
  readonly meanBlock: number;
}

interface Work {
  readonly contrast: Contrast;
  readonly observed: number;
  /** Places in the weights of the events that count, and the day of each from the first of the slice. */
  readonly places: Int32Array;
  readonly days: Int32Array;
  /** [events used] 0 outside the places. */
  readonly weights: Float64Array;
  readonly draws: Float64Array;
  found: number;
}

/**
 * Bias-corrected and accelerated intervals of effects under the stationary bootstrap of whole UTC days, the same resamples for all with
 * one block length; null with fewer than two event days or where draws leave nothing to compare.
 *
 * @param effects contrasts are loaded
 * @param level   coverage, for example 0.95
 * @returns       [effects] bounds in the unit of the effect
 * @source        Politis & Romano 1994; Efron & Tibshirani 1993 (BCa); research specification 10.5
 */
export function dayBlockIntervals(effects: readonly ResampledEffect[], blocks: DayBlocks, level: number): (Interval | null)[] {
  const all = effects.map((effect) => workOf(effect, blocks));
  for (const meanBlock of new Set(effects.map((effect) => effect.meanBlock)))
    resample(all.filter((work, i) => work !== null && effects[i]!.meanBlock === meanBlock) as Work[], blocks, meanBlock);
  return all.map((work) => {
    if (work === null || work.found < blocks.draws / 2) return null;
    const sorted = work.draws.subarray(0, work.found).sort();
    const without = withoutEachDay(work).flatMap(({ effect }) => effect ?? []);
    const bounds = bcaBounds(work.observed, sorted, { alpha: 1 - level, acceleration: jackknifeAcceleration(without) });
    return bounds === null ? null : { low: bounds[0], high: bounds[1], error: sampleStd(sorted) };
  });
}

function resample(works: readonly Work[], blocks: DayBlocks, meanBlock: number): void {
  const counts = new Uint16Array(blocks.days);
  for (let draw = 0; draw < blocks.draws && works.length > 0; draw++) {
    stationaryCounts(counts, { meanBlock, stream: `${blocks.stream}/${draw}` });
    for (const work of works) {
      const { places, days, weights } = work;
      for (let i = 0; i < places.length; i++) weights[places[i]!] = counts[days[i]!]!;
      const effect = work.contrast.effect(weights);
      if (effect !== null) work.draws[work.found++] = effect;
    }
  }
}

/**
 * Mean length of the blocks for a contrast, in whole days: as long as the longest outcome at least, longer where what single days
 * add to its effect depends on the days before.
 *
 * @param least whole days that the longest outcome window reaches into
 * @source Politis & White 2004, corrected by Patton, Politis & White 2009, on the effect's change from leaving each day out; research specification 10.5
 */
export function meanBlockDays(contrast: Contrast, { firstDay, days }: Pick<DayBlocks, 'firstDay' | 'days'>, least: number): number {
  const work = workOf({ contrast, isIn: null }, { firstDay, draws: 0 });
  if (work === null) return least;
  const influence = new Float64Array(days);
  for (const { day, effect } of withoutEachDay(work)) influence[day] = effect === null ? 0 : work.observed - effect;
  return Math.max(least, Math.ceil(blockLength(influence).stationary ?? 1));
}

function workOf(
  { contrast, isIn }: Pick<ResampledEffect, 'contrast' | 'isIn'>,
  { firstDay, draws }: Pick<DayBlocks, 'firstDay' | 'draws'>,
): Work | null {
  const observed = contrast.effect(isIn);
  const places = Int32Array.from(contrast.owners.keys()).filter((place) => isIn === null || isIn[place] === 1);
  const dayOf = contrast.days;
  const days = places.map((place) => dayOf[place]! - firstDay);
  if (observed === null || new Set(days).size < 2) return null;
  return { contrast, observed, places, days, weights: new Float64Array(dayOf.length), draws: new Float64Array(draws), found: 0 };
}

/** The effect without the events of each event day. */
function withoutEachDay({ contrast, places, days, weights }: Work): { day: number; effect: number | null }[] {
  return [...new Set(days)].map((day) => {
    for (let i = 0; i < places.length; i++) weights[places[i]!] = +(days[i] !== day);
    return { day, effect: contrast.effect(weights) };
  });
}
