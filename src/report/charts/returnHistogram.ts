import { significant, typographic } from '../format.ts';
import type { Bin } from '../tradeGroups.ts';
import type { ChartFrame, ChartOption, ChartSpec } from './renderChart.ts';
import { axisLook, nameLook, stillLine, valueLook } from './axes.ts';
import { ink } from './palette.ts';

/**
 * How many days had which return, under a normal curve.
 *
 * @param curve points (return, days) of the normal of the same mean and deviation
 */
export function returnHistogram(bins: readonly Bin[], curve: readonly (readonly [number, number])[] | null): ChartSpec {
  const most = bins.reduce((best, bin) => (bin.count > best.count ? bin : best), bins[0]!);
  return {
    key: 'daily-returns',
    label: `Histogram of daily net returns beside a normal curve: the most frequent range, with ${most.count} days, is ${significant(most.from * 100)} to ${significant(most.to * 100)} percent; the worst day lies at ${significant(bins[0]!.from * 100)} to ${significant(bins[0]!.to * 100)} percent.`,
    height: { wide: 300, narrow: 260 },
    option: (frame) => histogramOption(bins, curve, frame),
  };
}

function histogramOption(
  bins: readonly Bin[],
  curve: readonly (readonly [number, number])[] | null,
  { isNarrow, width: frameWidth }: ChartFrame,
): ChartOption {
  const [left, right] = [isNarrow ? 40 : 52, 16];
  const width = (bins[0]!.to - bins[0]!.from) * 100;
  const middle = (bin: Bin) => Number((bin.from * 100 + width / 2).toPrecision(8));
  return {
    grid: { left, right, top: 30, bottom: 48 },
    xAxis: {
      type: 'value',
      min: bins[0]!.from * 100,
      max: bins.at(-1)!.to * 100,
      ...axisLook,
      name: isNarrow ? 'Net return of a day, percent' : 'Net return of a day, percent of the initial equity',
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
      name: 'Days',
      nameLocation: 'end',
      nameTextStyle: { ...nameLook, align: 'left', padding: [0, 0, 0, -left + 4] },
    },
    series: [
      {
        type: 'bar',
        silent: true,
        barWidth: Math.max(1, (0.86 * (frameWidth - left - right)) / bins.length),
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
              data: curve.map(([value, days]) => [Number((value * 100).toPrecision(6)), Number(days.toPrecision(4))]),
              lineStyle: { color: ink('ink'), width: 1.5, type: [5, 4] },
            },
          ]),
    ],
  };
}
