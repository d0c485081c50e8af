import type { BookMetrics } from '../../engine/bookMetrics.ts';
import { typographic } from '../format.ts';
import type { ChartOption, ChartSpec } from './renderChart.ts';
import { axisLook, label, nameLook } from './axes.ts';
import { ink } from './palette.ts';

export interface SharpeRow {
  readonly name: string;
  readonly metrics: BookMetrics;
}

/** Daily Sharpe ratios as points on their 95% intervals, one row each, the first on top. */
export function sharpeChart(rows: readonly SharpeRow[]): ChartSpec {
  const figures = rows.map(({ name, metrics }) => `${name} ${text(metrics)}`);
  const height = 56 + 34 * rows.length;
  return {
    key: 'sharpe',
    label: `Annualized daily Sharpe ratios with 95 percent intervals: ${figures.join('; ')}.`,
    height: { wide: height, narrow: 56 + 48 * rows.length },
    option: ({ isNarrow }) => sharpeOption(rows, isNarrow),
  };
}

function sharpeOption(rows: readonly SharpeRow[], isNarrow: boolean): ChartOption {
  const names = rows.map(({ name }) => name.replace(/[{}|]/g, ' '));
  const nameWidth = Math.min(300, 28 + 7.2 * Math.max(...names.map((name) => name.length)));
  const place = (at: number) => rows.length - 1 - at;
  const whiskers = rows.flatMap(({ metrics }, at) =>
    metrics.sharpe_daily_low === null
      ? []
      : [
          [{ coord: [metrics.sharpe_daily_low, place(at)] }, { coord: [metrics.sharpe_daily_high!, place(at)] }] as [
            { coord: number[] },
            { coord: number[] },
          ],
        ],
  );
  return {
    grid: { left: isNarrow ? 12 : nameWidth, right: isNarrow ? 14 : 150, top: isNarrow ? 8 : 4, bottom: 48 },
    xAxis: {
      type: 'value',
      ...axisLook,
      axisLine: { ...axisLook.axisLine, onZero: false },
      min: bound(rows, -1),
      max: bound(rows, 1),
      name: 'Sharpe ratio per year, from daily returns',
      nameLocation: 'middle',
      nameGap: 30,
      nameTextStyle: nameLook,
      axisLabel: { ...axisLook.axisLabel, formatter: (value: number) => typographic(String(value)) },
    },
    yAxis: { type: 'value', min: -0.6, max: rows.length - 0.4, interval: 1, show: false },
    series: [
      {
        type: 'scatter',
        silent: true,
        symbol: 'circle',
        symbolSize: 10,
        itemStyle: { color: ink('net'), opacity: 1 },
        data: rows.map(({ metrics }, at) => ({ value: [metrics.sharpe_daily_annualized ?? Number.NaN, place(at)] })),
        markLine: {
          silent: true,
          symbol: 'none',
          label: { show: false },
          lineStyle: { color: ink('net'), width: 2, type: 'solid' },
          data: [...whiskers, { xAxis: 0, lineStyle: { color: ink('ink'), width: 1, type: [3, 3] } }],
        },
      },
      {
        type: 'scatter',
        silent: true,
        symbolSize: 0,
        itemStyle: { opacity: 1 },
        data: rows.map((_, at) => ({
          value: [bound(rows, -1), place(at)],
          label: {
            ...label(names[at]!, ink('ink')),
            position: isNarrow ? ('right' as const) : ('left' as const),
            distance: isNarrow ? 0 : 12,
            ...(isNarrow ? { offset: [0, -15] } : {}),
          },
        })),
      },
      {
        type: 'scatter',
        silent: true,
        symbolSize: 0,
        itemStyle: { opacity: 1 },
        data: isNarrow
          ? []
          : rows.map(({ metrics }, at) => ({
              value: [bound(rows, 1), place(at)],
              label: { ...label(typographic(text(metrics)), ink('muted')), position: 'right' as const, distance: 10 },
            })),
      },
    ],
  };
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
