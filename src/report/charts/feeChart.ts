import type { FeeScenario } from '../../engine/feeSensitivity.ts';
import { significant, typographic } from '../format.ts';
import type { ChartOption, ChartSpec } from './renderChart.ts';
import { axisLook, label, nameLook, valueLook } from './axes.ts';
import { ink } from './palette.ts';

/** Net return against the cost of trading; the run's own cost stands out. */
export function feeChart(fees: readonly FeeScenario[]): ChartSpec {
  return {
    key: 'fees',
    label: `Net return by cost: ${fees.map((fee) => `${significant(fee.netReturn * 100)} percent at ${fee.costBps} bps${fee.isOwn ? ' (this run)' : ''}`).join(', ')}.`,
    height: { wide: 250, narrow: 230 },
    option: ({ isNarrow }) => feeOption(fees, isNarrow),
  };
}

function feeOption(fees: readonly FeeScenario[], isNarrow: boolean): ChartOption {
  const point = (fee: FeeScenario) => [fee.costBps, fee.netReturn * 100];
  const zero = {
    symbol: 'none',
    silent: true,
    label: { show: false },
    lineStyle: { color: ink('ink'), width: 1, type: 'solid' as const },
    data: [{ yAxis: 0 }],
  };
  return {
    grid: { left: isNarrow ? 48 : 60, right: 40, top: 34, bottom: 48 },
    xAxis: {
      type: 'value',
      min: 0,
      ...axisLook,
      name: 'Cost per unit of turnover, basis points',
      nameLocation: 'middle',
      nameGap: 30,
      nameTextStyle: nameLook,
    },
    yAxis: {
      type: 'value',
      ...valueLook,
      splitNumber: 4,
      name: 'Net return, percent',
      nameLocation: 'end',
      nameTextStyle: { ...nameLook, align: 'left', padding: [0, 0, 0, isNarrow ? -44 : -56] },
      axisLabel: { ...valueLook.axisLabel, formatter: (value: number) => typographic(`${value}%`) },
    },
    series: [
      { type: 'line', silent: true, showSymbol: false, data: fees.map(point), lineStyle: { color: ink('net'), width: 1.75 }, markLine: zero },
      {
        type: 'scatter',
        z: 5,
        silent: true,
        data: fees.map((fee, at) => ({
          value: point(fee),
          symbol: fee.isOwn ? 'diamond' : 'circle',
          symbolSize: fee.isOwn ? 14 : 7,
          itemStyle: { color: ink(fee.isOwn ? 'other' : 'net'), opacity: 1 },
          ...(fee.isOwn
            ? {
                label: {
                  ...label(typographic(`this run ${significant(fee.netReturn * 100)}%`), ink('ink')),
                  ...(at < fees.length - 1
                    ? { position: 'right' as const, distance: 8, offset: [0, -9] }
                    : { position: 'top' as const, distance: 8 }),
                },
              }
            : {}),
        })),
      },
    ],
  };
}
