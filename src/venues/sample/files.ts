import { namedStream, nextIndex, nextUniform } from '../../core/random.ts';
import { hourMs } from '../../core/time.ts';
import type { Month } from '../../core/time.ts';
import { DecimalWriter } from './decimalWriter.ts';
import { fileDefects } from './defects.ts';
import type { SampleInstrument } from './instruments.ts';
import { markDecimals } from './mark.ts';
import { fundingRate, premiumHistory } from './premium.ts';
import type { BarSeries } from './series.ts';

const klinesHeader = 'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore';
const fundingHeader = 'calc_time,funding_interval_hours,last_funding_rate';
/** Share of settlements stamped some milliseconds late. */
const lateShare = 0.35;
const latestMs = 18;
/** What the venue goes on publishing per settlement when a contract is gone. */
const rateAfterEnd = 0.0001;

/** Decimals of the text of a file of bars. */
interface Decimals {
  readonly price: number;
  readonly quantity: number;
}

type KindAt = ReturnType<typeof fileDefects>;

/** Datasets of bars. */
export type BarsDataset = 'ohlcv_15m' | 'ohlcv_1m' | 'mark_15m' | 'spot_15m' | 'premium_15m';

/** Spot files have no header, and since this instant their stamps are microseconds. */
const spotMicrosecondsFrom = Date.UTC(2025, 0, 1);

/** Bytes of a file of bars in the layout of the real archive, file defects included. */
export function barsFile(
  instrument: SampleInstrument,
  series: BarSeries,
  { dataset, kindAt }: { readonly dataset: BarsDataset; readonly kindAt: KindAt },
): Uint8Array {
  const isIndex = dataset === 'mark_15m' || dataset === 'premium_15m';
  const decimals: Decimals = isIndex
    ? { price: markDecimals, quantity: 0 }
    : { price: instrument.priceDecimals, quantity: instrument.quantityDecimals };
  const perMs = dataset === 'spot_15m' && series.start >= spotMicrosecondsFrom ? 1_000 : 1;
  const writer = new DecimalWriter(dataset === 'spot_15m' ? null : klinesHeader, series.open.length * 140);
  const timeOf = (row: number) => series.start + row * series.stepMs;
  const present: number[] = [];
  for (let row = 0; row < series.open.length; row++) if (series.isAbsent[row] === 0) present.push(row);
  for (const row of rowsInFile(present, timeOf, kindAt)) writeBar(writer, series, { ...decimals, row, perMs });
  return writer.bytes();
}

function writeBar(
  writer: DecimalWriter,
  series: BarSeries,
  { row, price, quantity, perMs }: Decimals & { readonly row: number; readonly perMs: number },
): void {
  const openTime = series.start + row * series.stepMs;
  writer.field(openTime * perMs, 0);
  writer.field(series.open[row]!, price);
  writer.field(series.high[row]!, price);
  writer.field(series.low[row]!, price);
  writer.field(series.close[row]!, price);
  writer.field(series.volume[row]!, quantity);
  writer.field((openTime + series.stepMs) * perMs - 1, 0);
  const hasVolume = series.volume[row]! > 0;
  writer.field(series.quoteVolume[row]!, hasVolume ? price + quantity : 0);
  writer.field(series.tradeCount[row]!, 0);
  writer.field(series.takerVolume[row]!, hasVolume ? quantity : 0);
  writer.field(series.takerQuoteVolume[row]!, hasVolume ? price + quantity : 0);
  writer.lastField(0, 0);
}

/** Bytes of a month of funding settlements in the layout of the real archive, file defects included. */
export function fundingFile(
  seed: number,
  instrument: SampleInstrument,
  { month, premium, kindAt }: { readonly month: Month; readonly premium: Float64Array; readonly kindAt: KindAt },
): Uint8Array {
  const { symbol, delisting } = instrument;
  const stream = namedStream(`seed=${seed}/sample/funding-stamps/${symbol}/${month.label}`);
  const writer = new DecimalWriter(fundingHeader, premium.length * 48);
  const lines: { time: number; stamp: number; hours: number; rate: number }[] = [];
  for (let time = month.start; time < month.end; time += hourMs) {
    const isLate = nextUniform(stream) < lateShare;
    const stamp = time + (isLate ? 1 + nextIndex(stream, latestMs) : 0);
    const hours = intervalBefore(instrument, time);
    if (time % (hours * hourMs) !== 0 || time <= instrument.listedAt || (delisting !== null && time >= delisting.rowsEnd)) continue;
    const end = premiumHistory + (time - month.start) / hourMs + 1;
    const hasEnded = delisting !== null && time > delisting.settledAt;
    const rate = hasEnded ? rateAfterEnd : fundingRate(mean(premium.subarray(end - hours, end)), hours, instrument.fundingCap);
    lines.push({ time, stamp, hours, rate });
  }
  for (const line of rowsInFile(lines, ({ time }) => time, kindAt)) {
    writer.field(line.stamp, 0);
    writer.field(line.hours, 0);
    writer.lastField(Math.round(line.rate * 1e8), 8);
  }
  return writer.bytes();
}

/** Hours of the interval that a settlement ends. */
export function intervalBefore({ fundingIntervals }: SampleInstrument, time: number): number {
  return fundingIntervals.findLast(({ after }) => after < time)!.hours;
}

/** Rows in the order in which a file shows them. */
export function rowsInFile<T>(rows: readonly T[], timeOf: (row: T) => number, kindAt: KindAt): T[] {
  const shown: T[] = [];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const kind = kindAt(timeOf(row));
    if (kind === 'missing_rows' || kind === 'missing_day') continue;
    if (kind === 'disorder' && i + 1 < rows.length) shown.push(rows[++i]!);
    shown.push(row);
    if (kind === 'duplicate') shown.push(row);
  }
  return shown;
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
