import type { BookMetrics } from '../../engine/bookMetrics.ts';
import { dotChart } from './dotChart.ts';
import type { ChartSpec } from './renderChart.ts';

export interface SharpeRow {
  readonly name: string;
  readonly metrics: BookMetrics;
}

/** Daily Sharpe ratios as points on their 95% intervals, one row each, the first on top. */
export function sharpeChart(rows: readonly SharpeRow[]): ChartSpec {
  const figures = rows.map(({ name, metrics }) => `${name} ${text(metrics)}`);
  return dotChart({
    key: 'sharpe',
    label: `Annualized daily Sharpe ratios with 95 percent intervals: ${figures.join('; ')}.`,
    rows: rows.map(({ name, metrics }) => ({
      name,
      value: metrics.sharpe_daily_annualized,
      low: metrics.sharpe_daily_low,
      high: metrics.sharpe_daily_high,
      text: text(metrics),
    })),
    axis: { name: 'Sharpe ratio per year, from daily returns', format: String },
    bounds: { min: bound(rows, -1), max: bound(rows, 1) },
  });
}

/** The lowest or highest whole number that holds every interval and zero. */
function bound(rows: readonly SharpeRow[], side: 1 | -1): number {
  const ends = rows.map(({ metrics }) => (side === 1 ? metrics.sharpe_daily_high : metrics.sharpe_daily_low) ?? metrics.sharpe_daily_annualized ?? 0);
  return side * Math.ceil(Math.max(0.4, ...ends.map((end) => side * end)) + 0.1);
}

function text({ sharpe_daily_annualized: sharpe, sharpe_daily_low: low, sharpe_daily_high: high }: BookMetrics): string {
  if (sharpe === null) return 'not defined';
  return low === null || high === null ? sharpe.toFixed(2) : `${sharpe.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}
