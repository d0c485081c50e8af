import { AppError } from '../core/errors.ts';
import { requireFinite } from './requireFinite.ts';
import { neumaierSum, sumOver } from './sums.ts';

/** Everything said about falls from a running maximum. Indices are bars of the equity series; durations are in bars. */
export interface Drawdown {
  /** [bars] equity over its running maximum, minus 1: zero or negative fractions. */
  readonly drawdowns: Float64Array;
  /** Deepest fall as a positive fraction; 0 when equity never falls; null for no equity. */
  readonly maxDrawdown: number | null;
  /** Last bar at the running maximum before the trough; null when equity never falls. */
  readonly peakIndex: number | null;
  /** First bar at the deepest fall. */
  readonly troughIndex: number | null;
  /** First bar after the trough back at the peak's equity; null when there is none. */
  readonly recoveryIndex: number | null;
  /** Most bars from a peak to its recovery, or to the last bar when it never recovered. */
  readonly longestDuration: number | null;
  /** Share of bars below the running maximum, 0..1. */
  readonly timeUnderWater: number | null;
  /** Root mean square of the drawdowns, a fraction. */
  readonly ulcerIndex: number | null;
  /** Mean depth over all bars, a positive fraction. */
  readonly averageDrawdown: number | null;
}

/**
 * Drawdowns of an equity series with their depth, place, length and averages.
 *
 * @param equity [bars] mark-to-market equity, finite, its running maximum above zero, read only
 * @returns      null numbers for empty equity; null indices when equity never falls
 * @throws E_INTERNAL on NaN, Infinity or a first value that is not positive
 * @formula D_t = E_t / max over s <= t(E_s) - 1; maximum = -min(D); Ulcer index = sqrt(sum(D^2) / n)
 * @source Magdon-Ismail & Atiya 2004; Martin 1987
 * @vector risk.drawdown
 */
export function drawdown(equity: ArrayLike<number>): Drawdown {
  requireFinite(equity, 'equity');
  const drawdowns = drawdownSeries(equity);
  const n = drawdowns.length;
  if (n === 0) return noDrawdown;
  const { peakIndex, troughIndex, recoveryIndex } = deepest(equity, drawdowns);
  return {
    drawdowns,
    maxDrawdown: troughIndex === null ? 0 : -drawdowns[troughIndex]!,
    peakIndex,
    troughIndex,
    recoveryIndex,
    longestDuration: longestDuration(drawdowns),
    timeUnderWater: drawdowns.reduce((count, depth) => (depth < 0 ? count + 1 : count), 0) / n,
    ulcerIndex: Math.sqrt(sumOver(n, (i) => drawdowns[i]! * drawdowns[i]!) / n),
    averageDrawdown: Math.abs(neumaierSum(drawdowns)) / n,
  };
}

/**
 * Equity over its running maximum, minus 1, at every bar.
 *
 * @param equity [bars] mark-to-market equity, finite, first value above zero, read only
 * @throws E_INTERNAL when the first value is not positive
 * @formula E_t / max over s <= t(E_s) - 1
 * @source Magdon-Ismail & Atiya 2004
 * @vector risk.drawdown
 */
export function drawdownSeries(equity: ArrayLike<number>): Float64Array {
  if (equity.length > 0 && !(equity[0]! > 0)) {
    throw new AppError('E_INTERNAL', { problem: `equity starts at ${equity[0]}; a drawdown needs a positive start` });
  }
  const drawdowns = new Float64Array(equity.length);
  let maximum = equity[0]!;
  for (let i = 0; i < equity.length; i++) {
    maximum = Math.max(maximum, equity[i]!);
    drawdowns[i] = equity[i]! / maximum - 1;
  }
  return drawdowns;
}

const noDrawdown: Drawdown = {
  drawdowns: new Float64Array(0),
  maxDrawdown: null,
  peakIndex: null,
  troughIndex: null,
  recoveryIndex: null,
  longestDuration: null,
  timeUnderWater: null,
  ulcerIndex: null,
  averageDrawdown: null,
};

function deepest(equity: ArrayLike<number>, drawdowns: Float64Array): Pick<Drawdown, 'peakIndex' | 'troughIndex' | 'recoveryIndex'> {
  let trough = 0;
  for (let i = 1; i < drawdowns.length; i++) if (drawdowns[i]! < drawdowns[trough]!) trough = i;
  if (!(drawdowns[trough]! < 0)) return { peakIndex: null, troughIndex: null, recoveryIndex: null };
  let peak = trough;
  while (drawdowns[peak]! < 0) peak--;
  let recovery = trough;
  while (recovery < equity.length && equity[recovery]! < equity[peak]!) recovery++;
  return { peakIndex: peak, troughIndex: trough, recoveryIndex: recovery < equity.length ? recovery : null };
}

function longestDuration(drawdowns: Float64Array): number {
  let longest = 0;
  let peak = 0;
  for (let i = 1; i < drawdowns.length; i++) {
    if (drawdowns[i]! < 0 || drawdowns[i - 1]! < 0) longest = Math.max(longest, i - peak);
    if (drawdowns[i]! >= 0) peak = i;
  }
  return longest;
}
