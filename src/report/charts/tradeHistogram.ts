import { significant, typographic } from '../format.ts';
import type { Bin } from '../tradeGroups.ts';
import type { ChartFrame, ChartOption, ChartSpec } from './renderChart.ts';
import { axisLook, nameLook, valueLook } from './axes.ts';
import { ink } from './palette.ts';

/** How many trades ended with which pnl; bins begin and end at zero, losses left and gains right of it. */
export function tradeHistogram(bins: readonly Bin[]): ChartSpec {
  const most = bins.reduce((best, bin) => (bin.count > best.count ? bin : best), bins[0]!);
  return {
    key: 'trade-pnl',
    label: `Histogram of the pnl of trades: the most frequent range, with ${most.count} trades, is ${significant(most.from * 100)} to ${significant(most.to * 100)} percent.`,
    height: { wide: 260, narrow: 240 },
    option: (frame) => histogramOption(bins, frame),
  };
}

function histogramOption(bins: readonly Bin[], { isNarrow, width: frameWidth }: ChartFrame): ChartOption {
  const left = isNarrow ? 36 : 48;
  const right = 16;
  const width = (bins[0]!.to - bins[0]!.from) * 100;
  return {
    grid: { left, right, top: 30, bottom: 48 },
    xAxis: {
      type: 'value',
      min: bins[0]!.from * 100,
      max: bins.at(-1)!.to * 100,
      ...axisLook,
      name: 'Pnl of a trade, percent of its notional',
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
      name: 'Trades',
      nameLocation: 'end',
      nameTextStyle: { ...nameLook, align: 'left', padding: [0, 0, 0, isNarrow ? -32 : -44] },
    },
    series: [
      {
        type: 'bar',
        silent: true,
        barWidth: Math.max(1, (0.86 * (frameWidth - left - right)) / bins.length),
        data: bins.map((bin) => ({
          value: [bin.from * 100 + width / 2, bin.count],
          itemStyle: { color: ink(bin.from < 0 ? 'loss' : 'net'), borderWidth: 0 },
        })),
        markLine: {
          silent: true,
          symbol: 'none',
          label: { show: false },
          lineStyle: { color: ink('ink'), width: 1, type: 'solid' },
          data: [{ xAxis: 0 }],
        },
      },
    ],
  };
}
