import type { Month } from '../../core/time.ts';
import type { ChartFrame, ChartOption, ChartSpec } from './renderChart.ts';
import { axisLook, nameLook, valueLook } from './axes.ts';
import { type ColorName, ink } from './palette.ts';

export interface MonthBarsSpec extends Omit<ChartSpec, 'option'> {
  readonly months: readonly Month[];
  /** Stacked from below; counts are [months]. */
  readonly parts: readonly { readonly counts: readonly number[]; readonly color: ColorName }[];
  /** What the value axis counts. */
  readonly name: string;
}

/** Counts per calendar month (UTC), stacked. */
export function monthBars({ months, parts, name, ...chart }: MonthBarsSpec): ChartSpec {
  return { ...chart, option: (frame) => barsOption({ months, parts, name }, frame) };
}

function barsOption({ months, parts, name }: Pick<MonthBarsSpec, 'months' | 'parts' | 'name'>, { isNarrow, width }: ChartFrame): ChartOption {
  const [left, right] = [isNarrow ? 36 : 44, 16];
  return {
    grid: { left, right, top: 34, bottom: 28 },
    xAxis: {
      type: 'time',
      min: months[0]!.start,
      max: months.at(-1)!.end,
      ...axisLook,
      splitNumber: isNarrow ? 3 : 8,
      axisLabel: { ...axisLook.axisLabel, hideOverlap: true, formatter: { year: '{yyyy}', month: '{MMM}', day: '{d} {MMM}' } },
    },
    yAxis: {
      type: 'value',
      minInterval: 1,
      ...valueLook,
      splitNumber: 4,
      name,
      nameLocation: 'end',
      nameTextStyle: { ...nameLook, align: 'left', padding: [0, 0, 0, -left + 4] },
    },
    series: parts.map(({ counts, color }) => ({
      type: 'bar' as const,
      silent: true,
      stack: 'month',
      barWidth: Math.max(1, (0.8 * (width - left - right)) / months.length),
      itemStyle: { color: ink(color), borderWidth: 0 },
      data: months.map(({ start, end }, at) => [(start + end) / 2, counts[at]!]),
    })),
  };
}
