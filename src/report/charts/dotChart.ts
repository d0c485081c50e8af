import { typographic } from '../format.ts';
import type { ChartFrame, ChartOption, ChartSpec } from './renderChart.ts';
import { axisLook, label, nameLook } from './axes.ts';
import { type ColorName, ink } from './palette.ts';

/** One row: a point, on its interval where there is one. */
export interface DotRow {
  readonly name: string;
  readonly value: number | null;
  /** Ends of the interval; null where there is none. */
  readonly low: number | null;
  readonly high: number | null;
  /** What stands at the right of a wide drawing. */
  readonly text: string;
  readonly color?: ColorName;
}

export interface DotChartSpec extends Omit<ChartSpec, 'option' | 'height'> {
  /** The first on top. */
  readonly rows: readonly DotRow[];
  readonly axis: { readonly name: string; readonly format: (value: number) => string };
  /** Ends of the value axis; by default round ones that hold everything. */
  readonly bounds?: { readonly min: number; readonly max: number };
  /** Further values that a line marks; one at zero is always there. */
  readonly lines?: readonly { readonly at: number; readonly color: ColorName }[];
  /** Room for the text at the right, in pixels. */
  readonly textWidth?: number;
}

/** Points on their intervals, one row each, with a line at zero. */
export function dotChart({ rows, axis, lines = [], textWidth = 176, bounds, ...chart }: DotChartSpec): ChartSpec {
  const ends = bounds ?? boundsOf(rows, lines);
  return {
    ...chart,
    height: { wide: 56 + 34 * rows.length, narrow: 56 + 48 * rows.length },
    option: (frame) => dotOption({ rows, axis, lines, textWidth, bounds: ends }, frame),
  };
}

type Drawn = Required<Pick<DotChartSpec, 'rows' | 'axis' | 'lines' | 'textWidth' | 'bounds'>>;

function dotOption({ rows, axis, lines, textWidth, bounds }: Drawn, { isNarrow }: ChartFrame): ChartOption {
  const nameWidth = Math.min(300, 28 + 7.2 * Math.max(...rows.map(({ name }) => name.length)));
  const place = (at: number) => rows.length - 1 - at;
  const rule = (at: number, color: ColorName) => ({ xAxis: at, lineStyle: { color: ink(color), width: 1, type: [3, 3] } });
  const whiskers = rows.flatMap(({ low, high, color = 'net' }, at) =>
    low === null || high === null
      ? []
      : [[{ coord: [low, place(at)], lineStyle: { color: ink(color) } }, { coord: [high, place(at)] }] as [object, object]],
  );
  return {
    grid: { left: isNarrow ? 12 : nameWidth, right: isNarrow ? 14 : textWidth, top: isNarrow ? 8 : 4, bottom: 48 },
    xAxis: {
      type: 'value',
      ...axisLook,
      axisLine: { ...axisLook.axisLine, onZero: false },
      ...bounds,
      ...(isNarrow ? { splitNumber: 4 } : {}),
      name: axis.name,
      nameLocation: 'middle',
      nameGap: 30,
      nameTextStyle: nameLook,
      axisLabel: { ...axisLook.axisLabel, formatter: (value: number) => typographic(axis.format(Number(value.toPrecision(10)))) },
    },
    yAxis: { type: 'value', min: -0.6, max: rows.length - 0.4, interval: 1, show: false },
    series: [
      {
        type: 'scatter',
        silent: true,
        symbol: 'circle',
        symbolSize: 10,
        itemStyle: { color: ink('net'), opacity: 1 },
        data: rows.map(({ value, color = 'net' }, at) => ({ value: [value ?? Number.NaN, place(at)], itemStyle: { color: ink(color), opacity: 1 } })),
        markLine: {
          silent: true,
          symbol: 'none',
          label: { show: false },
          lineStyle: { color: ink('net'), width: 2, type: 'solid' },
          data: [...(whiskers as never[]), ...lines.map(({ at, color }) => rule(at, color)), rule(0, 'ink')],
        },
      },
      texts(
        rows.map(({ name }) => label(typographic(name), ink('ink'))),
        { at: bounds.min, side: isNarrow ? 'above' : 'left' },
      ),
      texts(isNarrow ? [] : rows.map(({ text }) => label(typographic(text), ink('muted'))), { at: bounds.max, side: 'right' }),
    ],
  };
}

/** Text per row beside one end of the axis, or above the row where it begins. */
function texts(labels: readonly ReturnType<typeof label>[], { at, side }: { at: number; side: 'left' | 'right' | 'above' }) {
  const looks = {
    left: { position: 'left' as const, distance: 12 },
    right: { position: 'right' as const, distance: 10 },
    above: { position: 'right' as const, distance: 0, offset: [0, -15] },
  };
  return {
    type: 'scatter' as const,
    silent: true,
    symbolSize: 0,
    itemStyle: { opacity: 1 },
    data: labels.map((text, row) => ({ value: [at, labels.length - 1 - row], label: { ...text, ...looks[side] } })),
  };
}

/** The nearest round values around zero and all that is drawn. */
function boundsOf(rows: readonly DotRow[], lines: readonly { readonly at: number }[]): { min: number; max: number } {
  const drawn = rows.flatMap(({ value, low, high }) => [value, low, high]).filter((value) => value !== null);
  const [low, high] = [Math.min(0, ...drawn, ...lines.map(({ at }) => at)), Math.max(0, ...drawn, ...lines.map(({ at }) => at))];
  const step = roundStep((high - low) / 6);
  return { min: Math.floor(low / step - 0.05) * step, max: Math.ceil(high / step + 0.05) * step };
}

/** 1, 2 or 5 times a power of ten, at least as large as asked for. */
export function roundStep(least: number): number {
  if (!(least > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= least * (1 - 1e-9))!;
}
