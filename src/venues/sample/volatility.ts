import { barsPerDay } from '../../core/time.ts';
import type { RandomState } from '../../core/random.ts';
import { quickNormal, quickUniform } from '../../core/normals.ts';

/**
 * Log-volatility of one source of risk, stepped once per 15-minute bar:
 *
 * log v = long + slow + fast + shift, at most 1.8. `long` (stepped daily), `slow` and `fast` are Ornstein-Uhlenbeck
 * processes with half-lives of 90 days, 10 days and 6 hours and standard deviations 0.22, 0.30 and 0.25. `shift` follows a
 * three-state regime: calm (0), compression (towards -1.1, gradual, 36 hours on average) and expansion (towards +0.75,
 * sudden, 12 hours on average). Three compressions in four end in an expansion. No regime gives the price a direction.
 */
export interface VolatilityState {
  long: number;
  slow: number;
  fast: number;
  shift: number;
  regime: Regime;
}

/** Index into the tables of the shift. */
export type Regime = typeof calm | typeof compression | typeof expansion;

const calm = 0;
const compression = 1;
const expansion = 2;

const longSd = 0.22;
const slowSd = 0.3;
const fastSd = 0.25;
const longDecay = 0.5 ** (1 / 90);
const slowDecay = 0.5 ** (1 / (10 * barsPerDay));
const fastDecay = 0.5 ** (1 / 24);
const longShock = longSd * Math.sqrt(1 - longDecay * longDecay);
const slowShock = slowSd * Math.sqrt(1 - slowDecay * slowDecay);
const fastShock = fastSd * Math.sqrt(1 - fastDecay * fastDecay);
const highest = 1.8;

/** Target of the shift and the fraction of the way made per bar. */
const shiftTarget = Float64Array.of(0, -1.1, 0.75);
const shiftSpeed = Float64Array.of(0.06, 0.06, 0.45);

/** Chances per bar. */
const calmToCompression = 1 / 480;
const calmToExpansion = 1 / 1_440;
const compressionEnds = 1 / 144;
const compressionToExpansion = 0.75;
const expansionEnds = 1 / 48;

export function startVolatility(): VolatilityState {
  return { long: 0, slow: 0, fast: 0, shift: 0, regime: calm };
}

/** Moves the state one bar ahead, in place, and returns log v. */
export function stepVolatility(state: VolatilityState, isDayStart: boolean, stream: RandomState): number {
  if (isDayStart) state.long = state.long * longDecay + longShock * quickNormal(stream);
  state.slow = state.slow * slowDecay + slowShock * quickNormal(stream);
  state.fast = state.fast * fastDecay + fastShock * quickNormal(stream);
  state.regime = nextRegime(state.regime, stream);
  state.shift += (shiftTarget[state.regime]! - state.shift) * shiftSpeed[state.regime]!;
  return Math.min(highest, state.long + state.slow + state.fast + state.shift);
}

function nextRegime(regime: Regime, stream: RandomState): Regime {
  const chance = quickUniform(stream);
  if (regime === calm) {
    if (chance < calmToCompression) return compression;
    return chance < calmToCompression + calmToExpansion ? expansion : calm;
  }
  if (regime === expansion) return chance < expansionEnds ? calm : expansion;
  if (chance >= compressionEnds) return compression;
  return quickUniform(stream) < compressionToExpansion ? expansion : calm;
}

/**
 * Scale of a bar's shocks that makes a normal a Student-t with 4 degrees of freedom and unit variance, cut at 5.
 * A chi-square of 4 degrees of freedom is -2 ln(u1 u2).
 */
export function studentScale(stream: RandomState): number {
  const chiSquare = -2 * Math.log(quickUniform(stream) * quickUniform(stream));
  return Math.min(5, Math.sqrt(2 / chiSquare));
}

/**
 * Volatility multiplier of the time of day and week: highest at 13:30-16:00 UTC, a smaller bump at 00:00 and 08:00,
 * lowest around 04:30 and at weekends. Index: bar of the week from Thursday 00:00 UTC (the epoch's weekday).
 */
export const seasonality: Float64Array = Float64Array.from({ length: 7 * barsPerDay }, (_, bar) => {
  const hour = (bar % barsPerDay) / 4;
  const bump = (center: number, width: number) => {
    const distance = Math.min(Math.abs(hour - center), 24 - Math.abs(hour - center));
    return Math.exp(-0.5 * (distance / width) ** 2);
  };
  const day = Math.floor(bar / barsPerDay);
  const isWeekend = day === 2 || day === 3;
  return (0.78 + 0.55 * bump(14.75, 1.8) + 0.25 * bump(0.25, 0.8) + 0.2 * bump(8.25, 1) - 0.12 * bump(4.5, 1.5)) * (isWeekend ? 0.72 : 1.06);
});
