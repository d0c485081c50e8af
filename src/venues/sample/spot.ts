import { namedStream } from '../../core/random.ts';
import type { Month } from '../../core/time.ts';
import { quickNormal } from '../../core/normals.ts';
import type { SampleInstrument } from './instruments.ts';
import { markDecimals } from './mark.ts';
import { minutesPerBar } from './path.ts';
import { premiumHistory } from './premium.ts';
import { aggregate, allocateSeries } from './series.ts';
import type { BarSeries } from './series.ts';

const minutesPerHour = 60;
/** The premium strays from its hourly path by a noise of this size, fraction. */
const deviation = 0.00004;
/** Volume of the spot market as a share of the contract's, and the size of its own noise. */
const volumeShare = 0.35;
const volumeNoise = 0.3;
/** Observations of the premium index in 15 minutes, as the archive counts them: one every five seconds. */
const observations = 180;

/** What the series of a month are made from. */
export interface BasisInputs {
  readonly instrument: SampleInstrument;
  readonly month: Month;
  /** One-minute bars of the month without planted defects (read only). */
  readonly minutes: BarSeries;
  /** Hourly premium over the index, after `premiumHistory` hours of the month before. */
  readonly premium: Float64Array;
}

/**
 * 15-minute bars of the spot market: the contract's price without its premium over the index, minute by minute. Prices in
 * the contract's ticks; volumes are a noisy share of the contract's.
 */
export function spotBars(seed: number, { instrument, month, minutes, premium }: BasisInputs): BarSeries {
  const stream = namedStream(`seed=${seed}/sample/spot/${instrument.symbol}/${month.label}`);
  const rows = minutes.close.length;
  const spot = allocateSeries(minutes.start, minutes.stepMs, rows);
  for (let i = 0; i < rows; i++) {
    const ratio = 1 / (1 + premiumAt(premium, i) + deviation * quickNormal(stream));
    const open = i === 0 ? Math.round(minutes.open[0]! * ratio) : spot.close[i - 1]!;
    const close = Math.max(1, Math.round(minutes.close[i]! * ratio));
    spot.open[i] = open;
    spot.close[i] = close;
    spot.high[i] = Math.max(open, close, Math.round(minutes.high[i]! * ratio));
    spot.low[i] = Math.max(1, Math.min(open, close, Math.round(minutes.low[i]! * ratio)));
    const share = volumeShare * Math.exp(volumeNoise * quickNormal(stream));
    const steps = Math.max(1, Math.round(minutes.volume[i]! * share));
    const taken = Math.min(steps, Math.round(minutes.takerVolume[i]! * share));
    const average = Math.round((open + spot.high[i]! + spot.low[i]! + close) / 4);
    spot.volume[i] = steps;
    spot.quoteVolume[i] = steps * average;
    spot.tradeCount[i] = Math.max(1, Math.round(minutes.tradeCount[i]! * share));
    spot.takerVolume[i] = taken;
    spot.takerQuoteVolume[i] = taken * average;
    spot.isAbsent[i] = minutes.isAbsent[i]!;
  }
  return aggregate(spot, minutesPerBar);
}

/** 15-minute bars of the premium index in 1e-8, around zero; no volume. */
export function premiumBars(seed: number, { instrument, month, minutes, premium }: BasisInputs): BarSeries {
  const stream = namedStream(`seed=${seed}/sample/premium-minutes/${instrument.symbol}/${month.label}`);
  const unit = 10 ** markDecimals;
  const rows = minutes.close.length;
  const index = allocateSeries(minutes.start, minutes.stepMs, rows);
  let open = Math.round((premiumAt(premium, 0) + deviation * quickNormal(stream)) * unit);
  for (let i = 0; i < rows; i++) {
    const close = Math.round((premiumAt(premium, i) + deviation * quickNormal(stream)) * unit);
    index.open[i] = open;
    index.close[i] = close;
    index.high[i] = Math.max(open, close);
    index.low[i] = Math.min(open, close);
    index.tradeCount[i] = observations / minutesPerBar;
    index.isAbsent[i] = minutes.isAbsent[i]!;
    open = close;
  }
  return aggregate(index, minutesPerBar);
}

/** The premium at the end of a month's minute: it walks from each hour's value to the next, an hour late. */
export function premiumAt(premium: Float64Array, minute: number): number {
  const hour = Math.floor(minute / minutesPerHour);
  const [before, now] = [premium[premiumHistory + hour - 1]!, premium[premiumHistory + hour]!];
  return before + ((now - before) * ((minute % minutesPerHour) + 1)) / minutesPerHour;
}
