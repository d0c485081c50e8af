import { namedStream, nextIndex, nextUniform } from '../../core/random.ts';
import { dayMs } from '../../core/time.ts';
import type { SampleInstrument } from './instruments.ts';
import { minuteMs } from './minutes.ts';
import type { BarSeries } from './series.ts';

/** One aggregate trade. Price in ticks, quantity in steps; ids count trades. */
export interface TradeTick {
  readonly id: number;
  readonly price: number;
  readonly quantity: number;
  readonly firstId: number;
  readonly lastId: number;
  /** Epoch ms. */
  readonly time: number;
  readonly isBuyerMaker: boolean;
}

/** Best quotes after one change. Prices in ticks, sizes in steps. */
export interface QuoteTick {
  readonly id: number;
  readonly bid: number;
  readonly bidSize: number;
  readonly ask: number;
  readonly askSize: number;
  readonly time: number;
}

/** Far fewer than at a real venue, and enough: an aggregate trade stands for as many trades as it takes. */
const tradesPerMinute = 12;
/** Room for the ids of a day, so that they ascend from day to day. */
const idsPerDay = 1e8;
const quoteLeadMs = 4;

/**
 * Aggregate trades of one day that make its minutes: they open, turn at the extremes and close as the minutes do, and their
 * volumes, taker volumes and counts add up to the minutes' wherever a minute has trades enough to do so.
 *
 * @param minutes one-minute bars of the day's month, defects planted (read only)
 * @param day     epoch ms
 */
export function tradesOfDay(seed: number, inputs: { readonly instrument: SampleInstrument; readonly minutes: BarSeries }, day: number): TradeTick[] {
  const { instrument, minutes } = inputs;
  const stream = namedStream(`seed=${seed}/sample/trades/${instrument.symbol}/${new Date(day).toISOString().slice(0, 10)}`);
  const ticks: TradeTick[] = [];
  const base = (day / dayMs) * idsPerDay;
  let tradeId = base;
  const first = (day - minutes.start) / minuteMs;
  for (let i = first; i < first + dayMs / minuteMs; i++) {
    if (minutes.isAbsent[i] === 1 || minutes.volume[i] === 0) continue;
    const parts = partsOf(minutes, i);
    const step = minuteMs / parts.length;
    let counted = 0;
    parts.forEach(({ quantity, isBuyerMaker }, n) => {
      const count = n === parts.length - 1 ? minutes.tradeCount[i]! - counted : Math.floor(minutes.tradeCount[i]! / parts.length);
      counted += count;
      const trades = Math.max(1, count);
      const time = minutes.start + i * minuteMs + Math.floor(n * step) + nextIndex(stream, Math.floor(step));
      ticks.push({
        id: base + ticks.length,
        price: priceAt(minutes, i, { n, of: parts.length }),
        quantity,
        firstId: tradeId,
        lastId: tradeId + trades - 1,
        time,
        isBuyerMaker,
      });
      tradeId += trades;
    });
  }
  return ticks;
}

/** Quantities and sides of a minute's trades: takers' buys first filled up exactly, spread over the minute by turns. */
function partsOf(minutes: BarSeries, i: number): { quantity: number; isBuyerMaker: boolean }[] {
  const [volume, bought] = [minutes.volume[i]!, minutes.takerVolume[i]!];
  const sides = [
    { left: bought, isBuyerMaker: false },
    { left: volume - bought, isBuyerMaker: true },
  ].filter(({ left }) => left > 0);
  const each = Math.max(1, Math.min(tradesPerMinute, minutes.tradeCount[i]!, volume) / sides.length);
  const parts: { quantity: number; isBuyerMaker: boolean }[] = [];
  const shares = sides.map(({ left }) => Math.max(1, Math.ceil(left / Math.floor(each))));
  while (sides.some(({ left }) => left > 0)) {
    sides.forEach((side, n) => {
      const quantity = Math.min(side.left, shares[n]!);
      if (quantity > 0) parts.push({ quantity, isBuyerMaker: side.isBuyerMaker });
      side.left -= quantity;
    });
  }
  return parts;
}

/** The minute's path: open, the extreme behind it, the other, close, with trades in proportion to each way's length. */
function priceAt(minutes: BarSeries, i: number, { n, of }: { readonly n: number; readonly of: number }): number {
  const [open, high, low, close] = [minutes.open[i]!, minutes.high[i]!, minutes.low[i]!, minutes.close[i]!];
  const corners = close >= open ? [open, low, high, close] : [open, high, low, close];
  if (of < corners.length) return n === of - 1 ? close : open;
  const ways = [0, 1, 2].map((leg) => Math.abs(corners[leg + 1]! - corners[leg]!));
  const whole = Math.max(1, ways[0]! + ways[1]! + ways[2]!);
  // Whole steps of the index, at least one for each way, so that each corner is a trade.
  const first = Math.min(of - 3, Math.max(1, Math.round(((of - 1) * ways[0]!) / whole)));
  const second = Math.min(of - 2, Math.max(first + 1, Math.round(((of - 1) * (ways[0]! + ways[1]!)) / whole)));
  const turns = [0, first, second, of - 1];
  const leg = n < first ? 0 : n < second ? 1 : 2;
  const share = (n - turns[leg]!) / (turns[leg + 1]! - turns[leg]!);
  return Math.round(corners[leg]! + (corners[leg + 1]! - corners[leg]!) * share);
}

/** Best quotes of one day: around each trade, just before it, with the trade's price on the side that it takes. */
export function quotesOfDay(seed: number, inputs: { readonly instrument: SampleInstrument; readonly minutes: BarSeries }, day: number): QuoteTick[] {
  const { instrument } = inputs;
  const stream = namedStream(`seed=${seed}/sample/quotes/${instrument.symbol}/${new Date(day).toISOString().slice(0, 10)}`);
  const base = (day / dayMs) * idsPerDay;
  const typical = (instrument.tradeValue / instrument.middlePrice) * 10 ** instrument.quantityDecimals;
  const size = () => Math.max(1, Math.round(typical * (0.3 + 3 * nextUniform(stream))));
  return tradesOfDay(seed, inputs, day).map(({ price, time, isBuyerMaker }, n) => {
    const spread = 1 + (nextUniform(stream) < 0.2 ? nextIndex(stream, 4) : 0);
    const bid = Math.max(1, isBuyerMaker ? price : price - spread);
    return { id: base + n, bid, bidSize: size(), ask: bid + spread, askSize: size(), time: Math.max(day, time - quoteLeadMs) };
  });
}
