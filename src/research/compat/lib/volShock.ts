import { rollingMedian } from '../../../stats/rolling/rollingMedian.ts';
import { quantileOf } from './sample.ts';
import { type ReferenceFrame, requireColumn } from './frame.ts';
import { fullWindowMean } from './rolling.ts';

/** Frozen numbers of the volatility-shock definition v1, in bars unless said. */
export const shockDefinition = {
  version: 'v1',
  rvWindow: 12,
  baselineWindow: 288,
  shockQuantile: 0.99,
  /** Relaxed when the ratio is at most this, so many bars in a row. */
  relaxRatio: 1.25,
  relaxBars: 3,
  cooldownBars: 12,
  horizonBars: 96,
  /** Range, as a share of the price, that counts as an expansion. */
  rangeExpansion: 0.02,
} as const;

/** Series of the shock definition, [rows], NaN until their windows are full. */
export interface ShockSeries {
  readonly frame: ReferenceFrame;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly logReturn: Float64Array;
  /** Root mean square of the last 12 log returns, over gaps as well (S-36). */
  readonly rv: Float64Array;
  /** Median of the last 288 of them, this one included. */
  readonly base: Float64Array;
  /** rv / base. */
  readonly ratio: Float64Array;
}

/** A shock: from the bar on which the ratio crosses the threshold to the bar on which it has relaxed, or to the last bar (S-16). */
export interface Shock {
  readonly enter: number;
  readonly exit: number;
}

/**
 * Volatility against its own baseline.
 *
 * @throws RangeError when the frame lacks high, low or close
 * @source research specification 3.1
 */
export function shockSeries(frame: ReferenceFrame): ShockSeries {
  const [high, low, close] = [requireColumn(frame, 'high'), requireColumn(frame, 'low'), requireColumn(frame, 'close')];
  const logReturn = close.map((price, bar) => (bar === 0 ? Number.NaN : Math.log(price / close[bar - 1]!)));
  const meanSquare = fullWindowMean(
    logReturn.map((value) => value * value),
    shockDefinition.rvWindow,
  );
  // A sliding sum of squares may end a rounding error below zero.
  const rv = meanSquare.map((value) => Math.sqrt(Math.max(0, value)));
  const base = new Float64Array(frame.rows);
  rollingMedian(rv, shockDefinition.baselineWindow, base);
  const ratio = rv.map((value, bar) => {
    const share = value / base[bar]!;
    return Number.isFinite(share) ? share : Number.NaN;
  });
  return { frame, high, low, close, logReturn, rv, base, ratio };
}

/** The ratio's quantile over the whole sample, events' own bars and the future included (S-01); NaN without a finite ratio. */
export function shockThreshold({ ratio }: ShockSeries, level: number): number {
  return quantileOf(ratio, level);
}

/**
 * Shocks in order of time, none before the previous one has relaxed and cooled down.
 *
 * @param threshold NaN gives no shocks
 * @source          research specification 3.1
 */
export function detectShocks({ ratio, frame }: ShockSeries, threshold: number): Shock[] {
  const shocks: Shock[] = [];
  for (let bar = 1; bar < frame.rows; bar++) {
    if (!(ratio[bar]! >= threshold && ratio[bar - 1]! < threshold)) continue;
    const exit = relaxedAt(ratio, bar);
    shocks.push({ enter: bar, exit });
    bar = exit + shockDefinition.cooldownBars;
  }
  return shocks;
}

/** Bars on which a control may begin: outside every shock and its cooldown, below the threshold. */
export function quietBars({ ratio, frame }: ShockSeries, threshold: number, shocks: readonly Shock[]): number[] {
  const isBusy = new Uint8Array(frame.rows);
  for (const { enter, exit } of shocks) isBusy.fill(1, enter, exit + shockDefinition.cooldownBars + 1);
  const quiet: number[] = [];
  for (let bar = 0; bar < frame.rows; bar++) if (isBusy[bar] === 0 && ratio[bar]! < threshold) quiet.push(bar);
  return quiet;
}

/** The bar that completes the run of relaxed ones, or the last bar of the data. */
function relaxedAt(ratio: Float64Array, from: number): number {
  let run = 0;
  for (let bar = from; bar < ratio.length; bar++) {
    run = ratio[bar]! <= shockDefinition.relaxRatio ? run + 1 : 0;
    if (run === shockDefinition.relaxBars) return bar;
  }
  return ratio.length - 1;
}
