import { namedStream } from '../../core/random.ts';
import type { Month } from '../../core/time.ts';
import type { SampleInstrument } from './instruments.ts';
import { quickNormal } from '../../core/normals.ts';
import { minutesPerBar } from './path.ts';
import { aggregate, allocateSeries } from './series.ts';
import type { BarSeries } from './series.ts';

/** Mark prices have this many decimals whatever the contract's tick. */
export const markDecimals = 8;
/** Prices observed per minute, as the archive counts them. */
const observations = 60;

/** The last price strays from the mark by a noise with a half-life of 8 minutes and a standard deviation of 0.015 %. */
const decay = 0.5 ** (1 / 8);
const deviation = 0.00015;
const largest = 0.002;

/**
 * Mark-price bars of 15 minutes: last price / (1 + transient noise) minute by minute; the lasting premium over the index is in
 * both, as at the venue. Prices in 1e-8 quote units; no volume, 900 observations per bar.
 *
 * @param minutes one-minute bars of the month without planted defects (read only)
 */
export function markBars(seed: number, instrument: SampleInstrument, month: Month, minutes: BarSeries): BarSeries {
  const stream = namedStream(`seed=${seed}/sample/mark/${instrument.symbol}/${month.label}`);
  const shock = deviation * Math.sqrt(1 - decay * decay);
  const unit = 10 ** (markDecimals - instrument.priceDecimals);
  const rows = minutes.close.length;
  const marks = allocateSeries(minutes.start, minutes.stepMs, rows);
  let noise = deviation * quickNormal(stream);
  let mark = (minutes.open[0]! / (1 + noise)) * unit;
  for (let i = 0; i < rows; i++) {
    const open = mark;
    const drawn = Math.max(-largest, Math.min(largest, noise * decay + shock * quickNormal(stream)));
    noise = minutes.volume[i] === 0 ? 0 : drawn; // nothing is traded any more after a settlement
    mark = (minutes.close[i]! / (1 + noise)) * unit;
    marks.open[i] = Math.round(open);
    marks.close[i] = Math.round(mark);
    marks.high[i] = Math.max(marks.open[i]!, marks.close[i]!);
    marks.low[i] = Math.min(marks.open[i]!, marks.close[i]!);
    marks.tradeCount[i] = observations;
    marks.isAbsent[i] = minutes.isAbsent[i]!;
  }
  return aggregate(marks, minutesPerBar);
}
