import { typographic } from '../format.ts';
import type { Bin } from '../tradeGroups.ts';
import { axisLook, nameLook, stillLine, valueLook } from './axes.ts';
import { ink } from './palette.ts';
import type { ChartFrame, ChartOption } from './renderChart.ts';

export interface HistogramNames {
  /** What the values are, below the horizontal axis. */
  readonly value: string;
  /** What is counted. */
  readonly counted: string;
  /** Room for the counts, left of the bars, in pixels. */
  readonly left: number;
}

/**
 * Counts of fractions as bars over percent: losses left of a line at zero and in another ink, a curve over them where there is one.
 *
 * @param bins  of one width, ascending
 * @param curve points (fraction, count)
 */
export function histogramOption(
  bins: readonly Bin[],
  { isNarrow, width }: ChartFrame,
  { names, curve = null }: { readonly names: HistogramNames; readonly curve?: readonly (readonly [number, number])[] | null },
): ChartOption {
  const { left } = names;
  const right = 16;
  const binWidth = (bins[0]!.to - bins[0]!.from) * 100;
  const middle = (bin: Bin) => Number((bin.from * 100 + binWidth / 2).toPrecision(8));
  return {
    grid: { left, right, top: 30, bottom: 48 },
    xAxis: {
      type: 'value',
      min: bins[0]!.from * 100,
      max: bins.at(-1)!.to * 100,
      ...axisLook,
      name: names.value,
      nameLocation: 'middle',
      nameGap: 30,
      nameTextStyle: nameLook,
      splitNumber: isNarrow ? 4 : 10,
      axisLabel: {
        ...axisLook.axisLabel,
        showMinLabel: false,
        showMaxLabel: false,
        formatter: (value: number) => typographic(`${Number(value.toPrecision(6))}%`),
      },
    },
    yAxis: {
      type: 'value',
      minInterval: 1,
      ...valueLook,
      name: names.counted,
      nameLocation: 'end',
      nameTextStyle: { ...nameLook, align: 'left', padding: [0, 0, 0, -left + 4] },
    },
    series: [
      {
        type: 'bar',
        silent: true,
        barWidth: Math.max(1, (0.86 * (width - left - right)) / bins.length),
        data: bins.map((bin) => ({ value: [middle(bin), bin.count], itemStyle: { color: ink(bin.from < 0 ? 'loss' : 'net'), borderWidth: 0 } })),
        markLine: {
          silent: true,
          symbol: 'none',
          label: { show: false },
          lineStyle: { color: ink('ink'), width: 1, type: 'solid' },
          data: [{ xAxis: 0 }],
        },
      },
      ...(curve === null
        ? []
        : [
            {
              ...stillLine,
              clip: true,
              data: curve.map(([value, count]) => [Number((value * 100).toPrecision(6)), Number(count.toPrecision(4))]),
              lineStyle: { color: ink('ink'), width: 1.5, type: [5, 4] },
            },
          ]),
    ],
  };
}
