import { defectEnd, tradingDefects } from './defects.ts';
import type { PlantedDefect } from './defects.ts';
import { minutesPerBar } from './path.ts';
import { copySeries } from './series.ts';
import type { BarSeries } from './series.ts';

/** A spike's last minute closes this much too high. */
const spikeFactor = 1.3;

/**
 * One-minute bars of a symbol with the defects of trading that lie in them; the same object when there are none.
 *
 * @param minutes read only
 */
export function plantInMinutes(minutes: BarSeries, symbol: string, defects: readonly PlantedDefect[]): BarSeries {
  const end = minutes.start + minutes.open.length * minutes.stepMs;
  const here = tradingDefects(defects, symbol, minutes.start, end);
  if (here.length === 0) return minutes;
  const planted = copySeries(minutes);
  for (const defect of here) {
    const from = Math.max(0, (defect.start - minutes.start) / minutes.stepMs);
    const to = Math.min(minutes.open.length, (defectEnd(defect) - minutes.start) / minutes.stepMs);
    if (defect.kind === 'outage') planted.isAbsent.fill(1, from, to);
    else if (defect.kind === 'flat') flatten(planted, from, to, planted.open[from]!);
    else if (defect.kind === 'zero_volume') empty(planted, from, to);
    else spike(planted, from, to);
  }
  return planted;
}

/** Bars with the outages of trading taken out, for series that know no other defect of trading (changes its argument). */
export function removeOutages(series: BarSeries, symbol: string, defects: readonly PlantedDefect[]): BarSeries {
  const end = series.start + series.open.length * series.stepMs;
  for (const defect of tradingDefects(defects, symbol, series.start, end)) {
    if (defect.kind !== 'outage') continue;
    series.isAbsent.fill(1, Math.max(0, (defect.start - series.start) / series.stepMs), (defectEnd(defect) - series.start) / series.stepMs);
  }
  return series;
}

/** Makes rows [from, to) flat at a price and empty, in place. */
export function flatten(series: BarSeries, from: number, to: number, price: number): void {
  for (const column of [series.open, series.high, series.low, series.close]) column.fill(price, from, to);
  empty(series, from, to);
}

function empty(series: BarSeries, from: number, to: number): void {
  for (const column of [series.volume, series.quoteVolume, series.tradeCount, series.takerVolume, series.takerQuoteVolume]) column.fill(0, from, to);
}

function spike(series: BarSeries, from: number, to: number): void {
  for (let last = from + minutesPerBar - 1; last < to; last += minutesPerBar) {
    series.close[last] = Math.round(series.close[last]! * spikeFactor);
    series.high[last] = Math.max(series.high[last]!, series.close[last]!);
  }
}
