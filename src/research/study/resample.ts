import { namedStream, nextIndex, nextUniform } from '../../core/random.ts';
import { normalCdf, normalQuantile } from '../../stats/normal.ts';
import { quantileOfSorted } from '../../stats/quantile.ts';
import type { Contrast } from './contrast.ts';

/** Days of a slice, resampled in blocks that carry every symbol's events of those days together. */
export interface DayBlocks {
  readonly firstDay: number;
  readonly days: number;
  /** Mean block length in days. */
  readonly meanBlock: number;
  /** Prefix of the stream names: one stream per draw, so the number of draws or workers changes no draw. */
  readonly stream: string;
  readonly draws: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Bias-corrected and accelerated interval of a contrast under the stationary bootstrap of whole UTC days; null with fewer than two
 * event days or where draws leave nothing to compare.
 *
 * @param level coverage, for example 0.95
 * @returns     bounds in the unit of the effect
 * @source      Politis & Romano 1994; Efron & Tibshirani 1993 (BCa); research specification 10.5
 */
export function dayBlockInterval(contrast: Contrast, blocks: DayBlocks, level: number): Interval | null {
  const observed = contrast.value(null);
  if (observed === null || new Set(contrast.days).size < 2) return null;
  const draws = new Float64Array(blocks.draws);
  const counts = new Uint16Array(blocks.days);
  const weights = new Float64Array(contrast.days.length);
  let found = 0;
  for (let draw = 0; draw < blocks.draws; draw++) {
    drawDays(counts, blocks, draw);
    for (let i = 0; i < weights.length; i++) weights[i] = counts[contrast.days[i]! - blocks.firstDay]!;
    const value = contrast.value(weights);
    if (value !== null) draws[found++] = value.effect;
  }
  if (found < blocks.draws / 2) return null;
  const sorted = draws.subarray(0, found).sort();
  const share = shareBelow(sorted, observed.effect);
  const bias = normalQuantile(Math.min(1 - 0.5 / found, Math.max(0.5 / found, share)))!;
  const acceleration = jackknifeAcceleration(contrast);
  const place = (probability: number): number => {
    const z = bias + normalQuantile(probability)!;
    return normalCdf(bias + z / (1 - acceleration * z));
  };
  const tail = (1 - level) / 2;
  return { low: quantileOfSorted(sorted, place(tail))!, high: quantileOfSorted(sorted, place(1 - tail))! };
}

/** How often each day is drawn: stationary blocks of geometric length over the days of the slice, wrapped around. */
function drawDays(counts: Uint16Array, { days, meanBlock, stream }: DayBlocks, draw: number): void {
  counts.fill(0);
  const state = namedStream(`${stream}/${draw}`);
  const restart = 1 / meanBlock;
  let day = nextIndex(state, days);
  counts[day]!++;
  for (let i = 1; i < days; i++) {
    day = nextUniform(state) < restart ? nextIndex(state, days) : day + 1 === days ? 0 : day + 1;
    counts[day]!++;
  }
}

function shareBelow(sorted: Float64Array, value: number): number {
  let [below, equal] = [0, 0];
  for (const draw of sorted) {
    if (draw < value) below++;
    else if (draw === value) equal++;
  }
  return (below + equal / 2) / sorted.length;
}

/** Skewness of the effect's dependence on single days, from leaving each event day out. */
function jackknifeAcceleration(contrast: Contrast): number {
  const values: number[] = [];
  const weights = new Float64Array(contrast.days.length);
  for (const day of new Set(contrast.days)) {
    for (let i = 0; i < weights.length; i++) weights[i] = contrast.days[i] === day ? 0 : 1;
    const value = contrast.value(weights);
    if (value !== null) values.push(value.effect);
  }
  if (values.length < 3) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [squares, cubes] = [0, 0];
  for (const value of values) {
    const off = mean - value;
    squares += off * off;
    cubes += off * off * off;
  }
  return squares === 0 ? 0 : cubes / (6 * Math.sqrt(squares) * squares);
}
