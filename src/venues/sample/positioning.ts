import { namedStream, nextIndex, nextUniform } from '../../core/random.ts';
import { dayMs } from '../../core/time.ts';
import { quickNormal } from '../../core/normals.ts';
import { metricsStepMs } from '../binance/metrics.ts';
import { minuteMs } from './minutes.ts';
import type { SampleInstrument } from './instruments.ts';
import { type BasisInputs, premiumAt } from './spot.ts';
import type { BarSeries } from './series.ts';

/** Positioning at one instant. Quantities in steps, values in ticks x steps; ratios as they are, null where there is none. */
export interface PositioningRow {
  /** Start of the five minutes at whose end this was so, epoch ms. */
  readonly time: number;
  readonly openInterest: number;
  readonly openInterestValue: number;
  readonly topAccounts: number;
  readonly topPositions: number;
  readonly accounts: number;
  readonly takers: number | null;
}

/** Open interest in days of typical volume, and how much of it a crowded market adds per unit of premium. */
const typicalDays = 0.8;
const crowding = 120;
const barsPerDay = 96;
const minutesPerRow = metricsStepMs / minuteMs;

/**
 * Positioning of one day every five minutes: open interest and ratios follow the premium, which has crowded episodes; the
 * takers' ratio is that of the minutes. Minutes in which the venue has no row have none here either.
 *
 * @param day epoch ms
 */
export function positioningOfDay(seed: number, { instrument, month, minutes, premium }: BasisInputs, day: number): PositioningRow[] {
  const stream = namedStream(`seed=${seed}/sample/positioning/${instrument.symbol}/${new Date(day).toISOString().slice(0, 10)}`);
  const typical = (typicalDays * barsPerDay * instrument.quoteVolume * 10 ** instrument.quantityDecimals) / instrument.middlePrice;
  const rows: PositioningRow[] = [];
  for (let time = day; time < day + dayMs; time += metricsStepMs) {
    const first = (time - month.start) / minuteMs;
    const last = first + minutesPerRow - 1;
    const excess = premiumAt(premium, last) - 0.0002;
    const noise = () => Math.exp(0.02 * quickNormal(stream));
    const openInterest = Math.round(typical * Math.exp(crowding * excess + 0.001 * quickNormal(stream)));
    const ratios = {
      topAccounts: 1.4 * Math.exp(80 * excess) * noise(),
      topPositions: 1.1 * Math.exp(40 * excess) * noise(),
      accounts: 1.6 * Math.exp(100 * excess) * noise(),
    };
    if (minutes.isAbsent.subarray(first, last + 1).every((absent) => absent === 1)) continue;
    const value = openInterest * minutes.close[last]!;
    rows.push({ time, openInterest, openInterestValue: value, ...ratios, takers: takerRatio(minutes, first, last + 1) });
  }
  return rows;
}

function takerRatio(minutes: BarSeries, from: number, to: number): number | null {
  let bought = 0;
  let sold = 0;
  for (let i = from; i < to; i++) {
    bought += minutes.takerVolume[i]!;
    sold += minutes.volume[i]! - minutes.takerVolume[i]!;
  }
  return sold > 0 && bought > 0 ? bought / sold : null;
}

/** One forced order. Prices in ticks, quantity in steps. */
export interface LiquidationRow {
  /** Epoch ms. */
  readonly time: number;
  readonly side: 'BUY' | 'SELL';
  readonly quantity: number;
  readonly price: number;
  readonly averagePrice: number;
}

/** Daily volatility of the common factor; see factor.ts. */
const factorVolatility = 0.0185;
const minutesPerDay = 1_440;

/**
 * Forced orders of one day: the more a minute moves against its usual size, the more of them, at most one per second, in
 * the direction of the move and within the minute's prices and volume.
 *
 * @param day epoch ms
 */
export function liquidationsOfDay(
  seed: number,
  { instrument, minutes }: { readonly instrument: SampleInstrument; readonly minutes: BarSeries },
  day: number,
): LiquidationRow[] {
  const stream = namedStream(`seed=${seed}/sample/liquidations/${instrument.symbol}/${new Date(day).toISOString().slice(0, 10)}`);
  const usual = Math.hypot(instrument.ownDailyVolatility, instrument.beta * factorVolatility) / Math.sqrt(minutesPerDay);
  const rows: LiquidationRow[] = [];
  const first = (day - minutes.start) / minuteMs;
  for (let i = first; i < first + minutesPerDay; i++) {
    const move = minutes.close[i]! / minutes.open[i]! - 1;
    const wanted = Math.floor(1.5 * Math.max(0, Math.abs(move) / usual - 1) + nextUniform(stream) * 0.3);
    if (wanted === 0 || minutes.isAbsent[i] === 1 || !(minutes.volume[i]! > 0)) continue;
    const seconds = new Set(Array.from({ length: Math.min(20, wanted) }, () => nextIndex(stream, 60)));
    for (const second of [...seconds].sort((a, b) => a - b)) {
      const time = minutes.start + i * minuteMs + second * 1_000 + nextIndex(stream, 1_000);
      const averagePrice = minutes.low[i]! + nextIndex(stream, minutes.high[i]! - minutes.low[i]! + 1);
      const quantity = Math.max(1, Math.round(minutes.volume[i]! * (0.002 + 0.02 * nextUniform(stream))));
      const price = Math.max(1, Math.round(averagePrice * (move < 0 ? 0.998 : 1.002)));
      rows.push({ time, side: move < 0 ? 'SELL' : 'BUY', quantity, price, averagePrice });
    }
  }
  return rows;
}
