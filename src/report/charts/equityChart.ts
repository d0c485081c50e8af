import { formatDay } from '../../core/time.ts';
import type { DailyBook } from '../dailyBook.ts';
import { grouped, significant, typographic } from '../format.ts';
import type { ChartFrame, ChartOption, ChartSpec } from './renderChart.ts';
import { axisLook, nameLook, stillLine, valueLook } from './axes.ts';
import { ink } from './palette.ts';

/** Equity above, drawdown below, on one time axis of UTC days. */
export function equityChart(daily: DailyBook, costs: string): ChartSpec {
  const last = daily.equity.length - 1;
  const lowest = daily.drawdown.reduce((least, now) => Math.min(least, now), 0);
  return {
    key: 'equity',
    label: `Equity ${costs} and drawdown by day from ${formatDay(daily.day[0]!)} to ${formatDay(daily.day[last]!)}: equity ends at ${grouped(daily.equity[last]!.toFixed(0))}, the deepest drawdown is ${significant(lowest * 100)} percent.`,
    height: { wide: 440, narrow: 400 },
    option: (frame) => equityOption(daily, frame),
  };
}

/** About a point per pixel: six years of days are more than a page shows. */
const thinned = { ...stillLine, sampling: 'lttb' } as const;

function equityOption(daily: DailyBook, frame: ChartFrame): ChartOption {
  const sides = { left: frame.isNarrow ? 52 : 64, right: frame.isNarrow ? 12 : 16 };
  const upper = Math.round(frame.height * 0.56);
  const below = upper + 54;
  const time = { type: 'time' as const, min: daily.day[0]!, max: daily.day[daily.day.length - 1]! };
  const timeLabel = { ...axisLook.axisLabel, hideOverlap: true, formatter: { year: '{yyyy}', month: '{MMM}', day: '{d} {MMM}' } };
  const narrowSplit = frame.isNarrow ? { splitNumber: 3 } : { splitNumber: 8 };
  return {
    grid: [
      { ...sides, top: 34, height: upper - 34 },
      { ...sides, top: below, height: frame.height - below - 28 },
    ],
    xAxis: [
      { ...time, ...axisLook, ...narrowSplit, gridIndex: 0, axisLabel: { show: false }, axisLine: { ...axisLook.axisLine, onZero: false } },
      { ...time, ...axisLook, ...narrowSplit, gridIndex: 1, axisLabel: timeLabel, axisLine: { ...axisLook.axisLine, onZero: false } },
    ],
    yAxis: [
      {
        type: 'value',
        scale: true,
        gridIndex: 0,
        ...valueLook,
        name: 'Equity, quote currency',
        nameLocation: 'end',
        nameTextStyle: { ...nameLook, align: 'left', padding: [0, 0, 0, -sides.left + 4] },
        splitNumber: 4,
        axisLabel: { ...valueLook.axisLabel, formatter: short },
      },
      {
        type: 'value',
        max: 0,
        gridIndex: 1,
        ...valueLook,
        name: 'Drawdown, percent of the highest equity before',
        nameLocation: 'end',
        nameTextStyle: { ...nameLook, align: 'left', padding: [0, 0, 0, -sides.left + 4] },
        splitNumber: 3,
        axisLabel: { ...valueLook.axisLabel, formatter: (value: number) => typographic(`${value}%`) },
      },
    ],
    series: [
      {
        ...thinned,
        xAxisIndex: 0,
        yAxisIndex: 0,
        data: points(daily.day, daily.beforeCosts, 0),
        lineStyle: { color: ink('other'), width: 1.25, type: [5, 4] },
      },
      { ...thinned, xAxisIndex: 0, yAxisIndex: 0, data: points(daily.day, daily.equity, 0), lineStyle: { color: ink('net'), width: 1.75 } },
      {
        ...thinned,
        // The deepest point of each pixel, so that thinning never flatters.
        sampling: 'min',
        xAxisIndex: 1,
        yAxisIndex: 1,
        data: points(
          daily.day,
          daily.drawdown.map((drop) => drop * 100),
          3,
        ),
        lineStyle: { color: ink('loss'), width: 1 },
        areaStyle: { color: ink('loss'), opacity: 0.18, origin: 0 },
      },
    ],
  };
}

function points(day: Float64Array, values: Float64Array, decimals: number): [number, number][] {
  return Array.from(day, (time, at) => [time, Number(values[at]!.toFixed(decimals))]);
}

/** 1,250,000 as 1.25m, short enough for an axis. */
function short(value: number): string {
  const size = Math.abs(value);
  const text = size >= 1e6 ? `${Number((value / 1e6).toFixed(3))}m` : size >= 1e3 ? `${Number((value / 1e3).toFixed(1))}k` : String(value);
  return typographic(text);
}
