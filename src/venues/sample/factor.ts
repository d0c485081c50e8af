import { namedStream } from '../../core/random.ts';
import { barMs, barsPerDay } from '../../core/time.ts';
import type { Month } from '../../core/time.ts';
import { quickNormal } from '../../core/normals.ts';
import { allocateRisk, drawJump, pullToBand } from './path.ts';
import type { RiskPath } from './path.ts';
import { seasonality, startVolatility, stepVolatility, studentScale } from './volatility.ts';
import type { VolatilityState } from './volatility.ts';

/** Volatility of the common factor at log v = 0, per bar. */
const barVolatility = 0.0185 / Math.sqrt(barsPerDay);
/** The log level moves freely between -1 and 1. */
const band = 1;
/** One common jump in 25 days on average, more often down than up. */
const jumps = { chance: 1 / 2_400, size: 5, downShare: 0.6 };

export interface FactorState {
  readonly level: number;
  readonly volatility: Readonly<VolatilityState>;
}

export const factorStart: FactorState = { level: 0, volatility: startVolatility() };

/** Simulates one month of the common factor, the same for every symbol of a seed; returns its bars and the state at its end. */
export function simulateFactor(seed: number, month: Month, start: FactorState): { path: RiskPath; end: FactorState } {
  const stream = namedStream(`seed=${seed}/sample/factor/${month.label}`);
  const bars = (month.end - month.start) / barMs;
  const path = allocateRisk(bars);
  const volatility = { ...start.volatility };
  const firstBar = month.start / barMs;
  let { level } = start;
  for (let bar = 0; bar < bars; bar++) {
    path.level[bar] = level;
    const logV = stepVolatility(volatility, bar % barsPerDay === 0, stream);
    const sigma = barVolatility * Math.exp(logV) * seasonality[(firstBar + bar) % seasonality.length]!;
    const shock = sigma * studentScale(stream);
    const jump = drawJump(jumps, sigma, stream);
    level += shock * quickNormal(stream) + jump + pullToBand(level, band);
    path.logVolatility[bar] = logV;
    path.shock[bar] = shock;
    path.jump[bar] = jump;
  }
  path.level[bars] = level;
  return { path, end: { level, volatility } };
}
