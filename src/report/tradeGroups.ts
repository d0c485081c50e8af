import type { ReportTrade } from './model.ts';

/** Trades that share a label. */
export interface TradeGroup {
  readonly name: string;
  readonly trades: number;
  readonly wins: number;
  readonly pnl: number;
  readonly cost: number;
  readonly barsHeld: number;
}

/** Trades by label, the most frequent first, then by name. */
export function groupTrades(trades: readonly ReportTrade[], label: (trade: ReportTrade) => string): TradeGroup[] {
  const groups = new Map<string, { name: string; trades: number; wins: number; pnl: number; cost: number; barsHeld: number }>();
  for (const trade of trades) {
    const name = label(trade);
    let group = groups.get(name);
    if (group === undefined) groups.set(name, (group = { name, trades: 0, wins: 0, pnl: 0, cost: 0, barsHeld: 0 }));
    group.trades++;
    if (trade.pnl > 0) group.wins++;
    group.pnl += trade.pnl;
    group.cost += trade.cost;
    group.barsHeld += trade.barsHeld;
  }
  return [...groups.values()].sort((a, b) => b.trades - a.trades || (a.name < b.name ? -1 : 1));
}

/** Trades from best to worst pnl; equal ones in time order. */
export function rankTrades(trades: readonly ReportTrade[]): ReportTrade[] {
  return [...trades].sort((a, b) => b.pnl - a.pnl || a.entryTime - b.entryTime);
}

/** One bar of a histogram: values in [from, to). */
export interface Bin {
  readonly from: number;
  readonly to: number;
  count: number;
}

/** Bins of one round width with an edge at zero, about as many as asked for; the outermost hold what lies at the ends. */
export function histogram(values: readonly number[], about = 30): Bin[] {
  if (values.length === 0) return [];
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const width = roundWidth((high - low) / about);
  const first = Math.floor(low / width);
  const last = Math.max(first, Math.floor(high / width));
  const bins = Array.from({ length: last - first + 1 }, (_, i): Bin => ({ from: (first + i) * width, to: (first + i + 1) * width, count: 0 }));
  for (const value of values) bins[Math.floor(value / width) - first]!.count++;
  return bins;
}

function roundWidth(raw: number): number {
  if (!(raw > 0)) return 1e-4;
  const power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 2.5, 5, 10].map((step) => step * power).find((width) => width >= raw)!;
}
