import type { Line, LineDiagnostics } from '../../engine/accounting.ts';
import type { Book } from '../../engine/book.ts';
import { sampleDeviation } from '../../engine/referenceMetrics.ts';

/** Pnl statistics per strategy and for the book, and how much of the data each strategy could use. */
export function engineMetrics(perStrategy: Readonly<Record<string, Book>>, book: Book, lines: readonly Line[]): Record<string, unknown> {
  const linesOf = (id: string) => lines.filter((line) => line.strategy === id);
  const ids = Object.keys(perStrategy);
  return {
    strategies: Object.fromEntries(
      ids.map((id) => [id, { ...pnlStatistics(perStrategy[id]!.pnl), entries: linesOf(id).reduce((sum, line) => sum + entries(line), 0) }]),
    ),
    portfolio: pnlStatistics(book.pnl),
    diagnostics: { strategies: Object.fromEntries(ids.map((id) => [id, shares(linesOf(id).map((line) => line.diagnostics))])) },
  };
}

function pnlStatistics(pnl: Float64Array): { total_pnl: number; mean_pnl: number; std_pnl: number | null } {
  const { mean, std } = sampleDeviation(pnl);
  let total = 0;
  for (let row = 0; row < pnl.length; row++) total += pnl[row]!;
  return { total_pnl: total, mean_pnl: mean, std_pnl: pnl.length < 2 ? null : std };
}

/** Changes from flat to a position. */
function entries(line: Line): number {
  const { position } = line.money;
  let count = 0;
  for (let row = 0; row < position.length; row++) if (position[row] !== 0 && (row === 0 || position[row - 1] === 0)) count++;
  return count;
}

function shares(parts: readonly LineDiagnostics[]): Record<string, number> {
  const sum = (key: keyof LineDiagnostics) => parts.reduce((total, part) => total + part[key], 0);
  const bars = sum('totalBars');
  const share = (count: number) => (bars === 0 ? 0 : count / bars);
  return {
    total_bars: bars,
    nan_return_bars: sum('nanReturnBars'),
    nan_return_pct: share(sum('nanReturnBars')),
    forced_flat_bars: sum('forcedFlatBars'),
    forced_flat_pct: share(sum('forcedFlatBars')),
    missing_feature_bars: sum('missingFeatureBars'),
    missing_feature_pct: share(sum('missingFeatureBars')),
    blocked_held_bars: sum('blockedHeldBars'),
    flagged_bars: sum('flaggedBars'),
    flagged_pnl: sum('flaggedPnl'),
    flagged_trades: sum('flaggedTrades'),
    flagged_trades_pnl: sum('flaggedTradesPnl'),
  };
}
