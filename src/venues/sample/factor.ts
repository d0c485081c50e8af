import { namedStream, nextNormal, nextUniform } from '../../core/random.ts';
import { barMs, barsPerYear } from '../../core/time.ts';
import type { Month } from '../../core/time.ts';
import { fillNormals, seasonality, startVolatility, stepVolatility, studentScale } from './volatility.ts';
import type { VolatilityState } from './volatility.ts';

/** Steps simulated inside a bar: one per minute. */
export const stepsPerBar = 15;

/** Volatility of the common factor at log v = 0, per bar. */
const barVolatility = 0.0185 / Math.sqrt(96);
const annualDrift = 0.28;
/** Weak pull of the level to its trend, half-life one year: keeps three years of prices believable. */
const pullPerBar = Math.LN2 / barsPerYear;
/** Drift of an expansion per bar, in units of its volatility. */
export const expansionDrift = 0.06;
/** One common jump in 25 days on average, of about 5 bar volatilities, more often down than up. */
const jumpChance = 1 / 2_400;
const jumpSize = 5;
const jumpDownShare = 0.6;

export interface FactorState {
  /** Log level above its trend. */
  readonly level: number;
  readonly volatility: Readonly<VolatilityState>;
}

/** The common factor over one month; the same for every symbol of a seed. */
export interface FactorMonth {
  /** Log returns, [bars x stepsPerBar]. */
  readonly returns: Float64Array;
  /** log v per bar, seasonality not included, [bars]. */
  readonly logVolatility: Float64Array;
}

export const factorStart: FactorState = { level: 0, volatility: startVolatility() };

/** Simulates one month from the state at its start; returns the path and the state at its end. */
export function simulateFactor(seed: number, month: Month, start: FactorState): { path: FactorMonth; end: FactorState } {
  const stream = namedStream(`seed=${seed}/sample/factor/${month.label}`);
  const bars = (month.end - month.start) / barMs;
  const returns = new Float64Array(bars * stepsPerBar);
  const logVolatility = new Float64Array(bars);
  const volatility = { ...start.volatility };
  const normals = new Float64Array(stepsPerBar + 1);
  const firstBar = month.start / barMs;
  let level = start.level;
  for (let bar = 0; bar < bars; bar++) {
    const logV = stepVolatility(volatility, stream);
    logVolatility[bar] = logV;
    const sigma = barVolatility * Math.exp(logV) * seasonality[(firstBar + bar) % 672]!;
    const shock = (sigma * studentScale(stream)) / Math.sqrt(stepsPerBar);
    const trend = (expansionDrift * volatility.direction * sigma - pullPerBar * level) / stepsPerBar;
    const jump = drawJump(stream, sigma);
    const jumpStep = jump === 0 ? -1 : Math.floor(nextUniform(stream) * stepsPerBar);
    fillNormals(stream, normals);
    for (let step = 0; step < stepsPerBar; step++) {
      const move = trend + shock * normals[step]! + (step === jumpStep ? jump : 0);
      level += move;
      returns[bar * stepsPerBar + step] = move + annualDrift / (barsPerYear * stepsPerBar);
    }
  }
  return { path: { returns, logVolatility }, end: { level, volatility } };
}

function drawJump(stream: Uint32Array, sigma: number): number {
  if (nextUniform(stream) >= jumpChance) return 0;
  const sign = nextUniform(stream) < jumpDownShare ? -1 : 1;
  return sign * sigma * jumpSize * (0.6 + Math.abs(nextNormal(stream)));
}
