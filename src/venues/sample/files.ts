import { namedStream, nextIndex, nextUniform } from '../../core/random.ts';
import { barMs, hourMs } from '../../core/time.ts';
import type { Month } from '../../core/time.ts';
import { DecimalWriter } from './decimalWriter.ts';
import { defectsOf } from './defects.ts';
import type { SampleInstrument } from './instruments.ts';
import { fundingRate } from './premium.ts';
import type { SymbolMonth } from './symbol.ts';

const klinesHeader = 'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore';
const fundingHeader = 'calc_time,funding_interval_hours,last_funding_rate';
const premiumMs = 4 * hourMs;
/** Share of settlements stamped some milliseconds late. */
const lateShare = 0.35;
const latestMs = 18;

/** Bytes of a month of bars in the layout of the real archive, planted defects included. */
export function klinesCsv(instrument: SampleInstrument, month: Month, path: SymbolMonth): Uint8Array {
  const { symbol, priceDecimals, quantityDecimals } = instrument;
  const defects = defectsOf(symbol);
  const writer = new DecimalWriter(klinesHeader, path.open.length * 160);
  const writeBar = (bar: number) => {
    const openTime = month.start + bar * barMs;
    const isFlat = defects.get(openTime) === 'flat';
    const last = isFlat ? path.close[lastTradedBar(defects, month, bar)]! : 0;
    const [high, low] = [path.high[bar]!, path.low[bar]!];
    const average = Math.min(high, Math.max(low, path.averagePrice[bar]! * 10 ** priceDecimals)) / 10 ** (priceDecimals + quantityDecimals);
    const volume = isFlat ? 0 : path.volume[bar]!;
    const takerVolume = isFlat ? 0 : path.takerVolume[bar]!;
    writer.field(openTime, 0);
    writer.field(isFlat ? last : path.open[bar]!, priceDecimals);
    writer.field(isFlat ? last : high, priceDecimals);
    writer.field(isFlat ? last : low, priceDecimals);
    writer.field(isFlat ? last : path.close[bar]!, priceDecimals);
    writer.field(volume, quantityDecimals);
    writer.field(openTime + barMs - 1, 0);
    writer.field(Math.round(volume * average * 1e5), 5);
    writer.field(isFlat ? 0 : path.tradeCount[bar]!, 0);
    writer.field(takerVolume, quantityDecimals);
    writer.field(Math.round(takerVolume * average * 1e5), 5);
    writer.lastField(0, 0);
  };
  for (let bar = 0; bar < path.open.length; bar++) {
    const kind = defects.get(month.start + bar * barMs);
    if (kind === 'outage') continue;
    if (kind === 'disorder') writeBar(++bar);
    writeBar(kind === 'disorder' ? bar - 1 : bar);
    if (kind === 'duplicate') writeBar(bar);
  }
  return writer.bytes();
}

/** Bytes of a month of funding settlements in the layout of the real archive. */
export function fundingCsv(seed: number, instrument: SampleInstrument, month: Month, premium: Float64Array): Uint8Array {
  const stream = namedStream(`seed=${seed}/sample/funding-stamps/${instrument.symbol}/${month.label}`);
  const writer = new DecimalWriter(fundingHeader, premium.length * 48);
  for (let step = 0; step < premium.length; step++) {
    const time = month.start + step * premiumMs;
    const isFourHour = time > instrument.fourHourFundingFrom;
    const isLate = nextUniform(stream) < lateShare;
    const lateMs = 1 + nextIndex(stream, latestMs);
    if (!isFourHour && time % (2 * premiumMs) !== 0) continue;
    const intervalHours = isFourHour ? 4 : 8;
    writer.field(time + (isLate ? lateMs : 0), 0);
    writer.field(intervalHours, 0);
    writer.lastField(Math.round(fundingRate(premium[step]!, intervalHours) * 1e8), 8);
  }
  return writer.bytes();
}

/** The bar before a run of flat ones (planted runs never start a month). */
function lastTradedBar(defects: ReturnType<typeof defectsOf>, month: Month, flatBar: number): number {
  let bar = flatBar - 1;
  while (bar > 0 && defects.get(month.start + bar * barMs) === 'flat') bar--;
  return bar;
}
