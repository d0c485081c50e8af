import { typographic } from '../format.ts';
import { histogram } from '../tradeGroups.ts';
import type { ChartFrame, ChartOption, ChartSpec } from './renderChart.ts';
import { axisLook, label, nameLook, valueLook } from './axes.ts';
import { type ColorName, ink } from './palette.ts';

/** One distribution of a stack that shares the value axis. */
export interface HistogramPanel {
  readonly name: string;
  readonly values: readonly number[];
  readonly color: ColorName;
}

export interface HistogramPanelsSpec extends Omit<ChartSpec, 'option' | 'height'> {
  readonly panels: readonly HistogramPanel[];
  readonly axis: { readonly name: string; readonly format: (value: number) => string };
  /** A value that a line through all panels marks. */
  readonly mark: { readonly at: number; readonly text: string } | null;
}

const panelHeight = 74;
const between = 34;
const [top, bottom] = [56, 52];
const about = { wide: 80, narrow: 40 };

/** Distributions below each other on one axis, each as shares of its own draws, with a line at zero. */
export function histogramPanels({ panels, axis, mark, ...chart }: HistogramPanelsSpec): ChartSpec {
  const height = top + bottom + panels.length * panelHeight + (panels.length - 1) * between;
  return { ...chart, height: { wide: height, narrow: height }, option: (frame) => panelsOption(panels, { axis, mark }, frame) };
}

function panelsOption(
  panels: readonly HistogramPanel[],
  { axis, mark }: Pick<HistogramPanelsSpec, 'axis' | 'mark'>,
  { isNarrow, width: frameWidth }: ChartFrame,
): ChartOption {
  const [left, right] = [isNarrow ? 40 : 52, 16];
  const all = panels.flatMap(({ values }) => [...values]);
  const bins = histogram(mark === null ? all : [...all, mark.at], isNarrow ? about.narrow : about.wide);
  const [from, to] = [bins[0]!.from, bins.at(-1)!.to];
  const width = (to - from) / bins.length;
  const barWidth = Math.max(1, (0.86 * (frameWidth - left - right)) / bins.length);
  const shares = (values: readonly number[]) => {
    const counts = new Float64Array(bins.length);
    for (const value of values) counts[Math.min(bins.length - 1, Math.floor((value - from) / width))]!++;
    return [...counts].flatMap((count, bin) =>
      count === 0 ? [] : [[Number((from + (bin + 0.5) * width).toPrecision(8)), (100 * count) / values.length]],
    );
  };
  return {
    grid: panels.map((_, at) => ({ left, right, top: top + at * (panelHeight + between), height: panelHeight })),
    xAxis: panels.map((_, at) => ({
      type: 'value' as const,
      gridIndex: at,
      min: from,
      max: to,
      ...axisLook,
      splitNumber: isNarrow ? 4 : 8,
      axisLabel:
        at < panels.length - 1
          ? { show: false }
          : {
              ...axisLook.axisLabel,
              showMinLabel: false,
              showMaxLabel: false,
              formatter: (value: number) => typographic(axis.format(Number(value.toPrecision(10)))),
            },
      ...(at < panels.length - 1 ? {} : { name: axis.name, nameLocation: 'middle' as const, nameGap: 30, nameTextStyle: nameLook }),
    })),
    yAxis: panels.map(({ name }, at) => ({
      type: 'value' as const,
      gridIndex: at,
      ...valueLook,
      splitNumber: 2,
      name,
      nameLocation: 'end' as const,
      nameGap: 8,
      nameTextStyle: { ...nameLook, align: 'left' as const, padding: [0, 0, 0, -left + 4] },
      axisLabel: { ...valueLook.axisLabel, formatter: (value: number) => `${value}%` },
    })),
    series: panels.map(({ values, color }, at) => ({
      type: 'bar' as const,
      silent: true,
      xAxisIndex: at,
      yAxisIndex: at,
      barWidth,
      itemStyle: { color: ink(color), borderWidth: 0 },
      data: shares(values),
      markLine: {
        silent: true,
        symbol: 'none',
        label: { show: false },
        lineStyle: { color: ink('ink'), width: 1, type: 'solid' as const },
        data: [{ xAxis: 0 }, ...(mark === null ? [] : [markLine(mark, { isNamed: at === 0, isRight: mark.at > (from + to) / 2 })])],
      },
    })),
  };
}

/** The marked value; the first panel says what it is, on the side where there is room. */
function markLine({ at, text }: NonNullable<HistogramPanelsSpec['mark']>, { isNamed, isRight }: { isNamed: boolean; isRight: boolean }) {
  const said = {
    ...label(typographic(text), ink('loss')),
    position: 'end' as const,
    distance: 20,
    align: isRight ? ('right' as const) : ('left' as const),
  };
  return { xAxis: at, lineStyle: { color: ink('loss'), width: 2, type: 'solid' as const }, ...(isNamed ? { label: said } : {}) };
}
