import { namedStream, nextNormal } from '../../core/random.ts';
import { barMs, monthsBetween } from '../../core/time.ts';
import type { ReportModel, ReportTrade } from '../model.ts';
import { candlesAround, pickTrades, type PriceColumns } from '../tradeWindows.ts';

/** Made-up bars around each shown trade that close at its prices; the first window has a gap. */
export function sampleWindows(trades: readonly ReportTrade[]): ReportModel['tradeWindows'] {
  const random = namedStream('seed=1/report-sample/windows/0');
  return pickTrades(trades).map((trade, at) => {
    const { entryTime, exitTime, entryPrice, exitPrice } = trades[trade]!;
    const rows = 140 + (exitTime - entryTime) / barMs;
    const [entry, exit] = [100, rows - 40];
    const column = () => new Float64Array(rows);
    const bars = { openTime: column(), open: column(), high: column(), low: column(), close: column() };
    const tick = (price: number) => Math.round(price * 100) / 100;
    let price = entryPrice!;
    for (let row = 0; row < rows; row++) {
      bars.openTime[row] = entryTime + (row - entry) * barMs;
      bars.open[row] = price;
      const share = Math.max(0, Math.min(1, (row - entry) / (exit - entry)));
      const aim = entryPrice! + (exitPrice! - entryPrice!) * share;
      price = row === entry || row === exit ? aim : tick(aim * (1 + 0.0018 * nextNormal(random)));
      bars.close[row] = price;
      bars.high[row] = tick(Math.max(bars.open[row]!, price) * (1 + 0.0008 * Math.abs(nextNormal(random))));
      bars.low[row] = tick(Math.min(bars.open[row]!, price) * (1 - 0.0008 * Math.abs(nextNormal(random))));
    }
    if (at === 0) for (const name of ['open', 'high', 'low', 'close'] as const) bars[name].fill(Number.NaN, 80, 84);
    return { trade, candles: candlesAround({ ...bars, levels: dayRange(bars) }, { entry: entryTime, exit: exitTime }) };
  });
}

function dayRange({ high, low }: Pick<PriceColumns, 'high' | 'low'>): PriceColumns['levels'] {
  const over = (values: Float64Array, pick: (...values: number[]) => number) =>
    values.map((_, row) => pick(...values.slice(Math.max(0, row - 95), row + 1).filter((value) => !Number.isNaN(value))));
  return { high_96: over(high, Math.max), low_96: over(low, Math.min) };
}

/** Months of which one lacks bars and one lacks funding. */
export function sampleCoverage(symbols: readonly string[], window: { start: number; end: number }): ReportModel['coverage'] {
  const months = monthsBetween(window.start, window.end).map(({ label, start, end }, at) => {
    const bars = (Math.min(end, window.end) - start) / barMs;
    const missing = at === 2 ? 40 : at === 4 ? 24 : 0;
    return { month: label, bars, missing, flatEmpty: at === 4 ? 24 : 0, fundingKnown: bars, fundingMissing: at === 5 ? 96 : 0 };
  });
  const rows = (window.end - window.start) / barMs;
  const features = { rows, missing: { ret_1: 3, rv_96: 288, rv_pct_2880: 8_640 }, segments: 3, shortestSegment: 900, longestSegment: rows - 4_000 };
  return Object.fromEntries(symbols.map((symbol) => [symbol, { months, fundingRate: { min: -0.0003, max: 0.0012, deviation: 0.00015 }, features }]));
}
