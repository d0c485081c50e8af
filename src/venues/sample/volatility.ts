import { nextNormal, nextUniform } from '../../core/random.ts';
import type { RandomState } from '../../core/random.ts';

/**
 * Log-volatility of one source of risk, stepped once per 15-minute bar:
 *
 * log v = slow + fast + shift. `slow` and `fast` are Ornstein-Uhlenbeck processes with half-lives of 10 days and 6 hours
 * and standard deviations 0.30 and 0.25. `shift` follows a three-state regime: calm (0), compression (towards -1.1,
 * gradual, 36 hours on average) and expansion (towards +0.75, sudden, 12 hours on average). Three compressions in four end
 * in an expansion. An expansion has a direction, in which the price drifts by a small fraction of its volatility.
 */
export interface VolatilityState {
  slow: number;
  fast: number;
  shift: number;
  regime: Regime;
  /** +1 or -1 in an expansion, else 0. */
  direction: number;
}

export type Regime = 'calm' | 'compression' | 'expansion';

const slowHalfLife = 960;
const fastHalfLife = 24;
const slowSd = 0.3;
const fastSd = 0.25;
const slowDecay = 0.5 ** (1 / slowHalfLife);
const fastDecay = 0.5 ** (1 / fastHalfLife);
const slowShock = slowSd * Math.sqrt(1 - slowDecay * slowDecay);
const fastShock = fastSd * Math.sqrt(1 - fastDecay * fastDecay);

/** Target of the shift and the fraction of the way made per bar. */
const shiftTarget = { calm: 0, compression: -1.1, expansion: 0.75 } as const;
const shiftSpeed = { calm: 0.06, compression: 0.06, expansion: 0.45 } as const;

/** Chances per bar. */
const calmToCompression = 1 / 480;
const calmToExpansion = 1 / 1_440;
const compressionEnds = 1 / 144;
const compressionToExpansion = 0.75;
const expansionEnds = 1 / 48;

export function startVolatility(): VolatilityState {
  return { slow: 0, fast: 0, shift: 0, regime: 'calm', direction: 0 };
}

/** Moves the state one bar ahead, in place, and returns log v. Draws two normals and one to three uniforms. */
export function stepVolatility(state: VolatilityState, stream: RandomState): number {
  state.slow = state.slow * slowDecay + slowShock * nextNormal(stream);
  state.fast = state.fast * fastDecay + fastShock * nextNormal(stream);
  const chance = nextUniform(stream);
  if (state.regime === 'calm') {
    if (chance < calmToCompression) state.regime = 'compression';
    else if (chance < calmToCompression + calmToExpansion) expand(state, stream);
  } else if (state.regime === 'compression') {
    if (chance < compressionEnds) {
      if (nextUniform(stream) < compressionToExpansion) expand(state, stream);
      else state.regime = 'calm';
    }
  } else if (chance < expansionEnds) {
    state.regime = 'calm';
    state.direction = 0;
  }
  state.shift += (shiftTarget[state.regime] - state.shift) * shiftSpeed[state.regime];
  return state.slow + state.fast + state.shift;
}

function expand(state: VolatilityState, stream: RandomState): void {
  state.regime = 'expansion';
  state.direction = nextUniform(stream) < 0.5 ? -1 : 1;
}

/**
 * Scale of a bar's shocks that makes a normal a Student-t with 4 degrees of freedom and unit variance, cut at 5.
 * Draws two uniforms: a chi-square of 4 degrees of freedom is -2 ln(u1 u2).
 */
export function studentScale(stream: RandomState): number {
  const chiSquare = -2 * Math.log((1 - nextUniform(stream)) * (1 - nextUniform(stream)));
  return Math.min(5, Math.sqrt(2 / Math.max(chiSquare, 1e-12)));
}

/**
 * Volatility multiplier of the time of day and week: highest at 13:30-16:00 UTC, a smaller bump at 00:00 and 08:00,
 * lowest around 04:30 and at weekends. Index: bar of the week from Thursday 00:00 UTC (the epoch's weekday).
 */
export const seasonality: Float64Array = Float64Array.from({ length: 672 }, (_, bar) => {
  const hour = (bar % 96) / 4;
  const bump = (center: number, width: number) => {
    const distance = Math.min(Math.abs(hour - center), 24 - Math.abs(hour - center));
    return Math.exp(-0.5 * (distance / width) ** 2);
  };
  const day = Math.floor(bar / 96);
  const isWeekend = day === 2 || day === 3;
  return (0.78 + 0.55 * bump(14.75, 1.8) + 0.25 * bump(0.25, 0.8) + 0.2 * bump(8.25, 1) - 0.12 * bump(4.5, 1.5)) * (isWeekend ? 0.72 : 1.06);
});

/** Fills an array of even length with standard normals, both results of each Box-Muller pair: half the cost of single draws. */
export function fillNormals(stream: RandomState, target: Float64Array): void {
  for (let i = 0; i < target.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - nextUniform(stream)));
    const angle = 2 * Math.PI * nextUniform(stream);
    target[i] = radius * Math.cos(angle);
    target[i + 1] = radius * Math.sin(angle);
  }
}
