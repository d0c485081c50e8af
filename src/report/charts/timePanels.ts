import { typographic } from '../format.ts';
import type { ChartFrame, ChartOption, ChartSpec } from './renderChart.ts';
import { axisLook, label, nameLook, valueLook } from './axes.ts';
import { type ColorName, ink } from './palette.ts';

/** One drawing of a stack that shares the time axis. */
export interface TimePanel {
  /** What the value axis measures, with its unit. */
  readonly name: string;
  /** Text of a value on the axis. */
  readonly format: (value: number) => string;
  readonly lines: readonly TimeLine[];
  /** Ends of the value axis, where they are known. */
  readonly min?: number;
  readonly max?: number;
  /** Distance of the grid lines; round numbers by default. */
  readonly step?: number;
}

/** A line over time; NaN leaves it open. */
export interface TimeLine {
  readonly values: Float64Array;
  readonly color: ColorName;
  readonly dash?: readonly number[];
  /** Held from point to point instead of drawn straight. */
  readonly isStep?: boolean;
  /** Filled down to zero. */
  readonly isFilled?: boolean;
  /** Ends of an interval around the line, filled between. */
  readonly band?: { readonly low: Float64Array; readonly high: Float64Array };
}

export interface TimePanelsSpec extends Omit<ChartSpec, 'option'> {
  /** Epoch ms of the points, one axis for all panels; ages where `ages` is given. */
  readonly time: Float64Array;
  /** Ends of the time axis when it reaches further than the points. */
  readonly span?: { readonly from: number; readonly to: number };
  /** A number axis instead of the calendar. */
  readonly ages?: AgeAxis;
  readonly panels: readonly TimePanel[];
}

/** Time since something: its name with the unit, the distance of the ticks, and a moment that a line through all panels shows. */
export interface AgeAxis {
  readonly name: string;
  readonly step: number;
  readonly mark?: { readonly at: number; readonly text: string };
}

/** Every point is drawn: thinning would take different points from the two ends of a band. */
const wholeLine = { type: 'line', showSymbol: false, silent: true, animation: false } as const;
/** Of the fill between a line and zero, and inside a band. */
export const fillOpacity = 0.45;
export const bandOpacity = 0.2;
const top = 34;
const bottom = 28;
const between = 50;
const axisNameHeight = 20;

/** Panels below each other on one axis of time (UTC) or of age, with a line at zero and intervals as bands. */
export function timePanels({ time, span, ages, panels, ...chart }: TimePanelsSpec): ChartSpec {
  const times = { time, ages: ages ?? null, span: span ?? { from: time[0]!, to: time[time.length - 1]! } };
  return { ...chart, option: (frame) => panelsOption(panels, times, frame) };
}

interface Times {
  readonly time: Float64Array;
  readonly span: { readonly from: number; readonly to: number };
  readonly ages: AgeAxis | null;
}

function panelsOption(panels: readonly TimePanel[], times: Times, frame: ChartFrame): ChartOption {
  const sides = { left: frame.isNarrow ? 52 : 64, right: frame.isNarrow ? 12 : 16 };
  const below = times.ages === null ? bottom : bottom + axisNameHeight;
  const height = (frame.height - top - below - between * (panels.length - 1)) / panels.length;
  return {
    grid: panels.map((_, at) => ({ ...sides, top: top + at * (height + between), height })),
    xAxis: panels.map((_, at) => ({
      min: times.span.from,
      max: times.span.to,
      ...axisLook,
      gridIndex: at,
      axisLine: { ...axisLook.axisLine, onZero: false },
      ...(times.ages === null ? calendarAxis(frame) : ageAxis(times.ages, frame, at === panels.length - 1)),
      ...(at === panels.length - 1 ? {} : { axisLabel: { show: false } }),
    })),
    yAxis: panels.map(({ name, format, min, max, step }, at) => ({
      type: 'value' as const,
      gridIndex: at,
      ...valueLook,
      axisLine: { ...valueLook.axisLine, onZero: false },
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
      ...(step === undefined ? {} : { interval: step }),
      name,
      nameLocation: 'end' as const,
      nameTextStyle: { ...nameLook, align: 'left' as const, padding: [0, 0, 0, -sides.left + 4] },
      splitNumber: 4,
      axisLabel: { ...valueLook.axisLabel, formatter: (value: number) => typographic(format(value)) },
    })),
    series: panels.flatMap((panel, at) => panelSeries(panel, times, at)),
  };
}

function calendarAxis({ isNarrow }: ChartFrame) {
  return {
    type: 'time' as const,
    splitNumber: isNarrow ? 3 : 8,
    axisLabel: { ...axisLook.axisLabel, hideOverlap: true, formatter: { year: '{yyyy}', month: '{MMM}', day: '{d} {MMM}' } },
  };
}

function ageAxis({ name, step }: AgeAxis, { isNarrow }: ChartFrame, isNamed: boolean) {
  return {
    type: 'value' as const,
    interval: isNarrow ? 2 * step : step,
    axisLabel: { ...axisLook.axisLabel, formatter: (value: number) => typographic(String(value)) },
    ...(isNamed ? { name, nameLocation: 'middle' as const, nameGap: 28, nameTextStyle: nameLook } : {}),
  };
}

type Series = NonNullable<Extract<ChartOption['series'], readonly unknown[]>>;

function panelSeries({ lines }: TimePanel, { time, ages }: Times, at: number): Series {
  const place = { xAxisIndex: at, yAxisIndex: at };
  const zero = {
    silent: true,
    symbol: 'none',
    label: { show: false },
    lineStyle: { color: ink('ink'), width: 1, type: 'solid' as const },
    data: [{ yAxis: 0 }, ...(ages?.mark === undefined ? [] : [moment(ages.mark, at === 0)])],
  };
  const all: Series = lines.flatMap(({ values, color, dash, band, isStep, isFilled }, index) => [
    ...(band === undefined ? [] : bandSeries(time, band, { color, key: `band-${at}-${index}`, place, step: isStep === true ? { step: 'end' } : {} })),
    {
      ...wholeLine,
      ...place,
      data: points(time, values),
      lineStyle: { color: ink(color), width: 1.75, ...(dash === undefined ? {} : { type: [...dash] }) },
      ...(isStep === true ? { step: 'end' as const } : {}),
      ...(isFilled === true ? { areaStyle: { color: ink(color), opacity: fillOpacity, origin: 0 } } : {}),
    },
  ]);
  return all.map((series, index) => (index === all.length - 1 ? { ...series, markLine: zero } : series)) as Series;
}

/** A line down through the panel; the first one says what it is. */
function moment({ at, text }: NonNullable<AgeAxis['mark']>, isNamed: boolean) {
  const said = { ...label(text, ink('muted')), position: 'start' as const, distance: 6 };
  return { xAxis: at, lineStyle: { color: ink('axis'), width: 1, type: [3, 3] }, ...(isNamed ? { label: said } : {}) };
}

/** The lower end, unseen, and what fills from it to the upper end. */
function bandSeries(
  time: Float64Array,
  { low, high }: NonNullable<TimeLine['band']>,
  look: {
    readonly color: ColorName;
    readonly key: string;
    readonly place: { readonly xAxisIndex: number; readonly yAxisIndex: number };
    readonly step: { readonly step?: 'end' };
  },
): Series {
  const unseen = { ...wholeLine, ...look.place, ...look.step, stack: look.key, stackStrategy: 'all' as const, lineStyle: { width: 0, opacity: 0 } };
  return [
    { ...unseen, data: points(time, low) },
    {
      ...unseen,
      data: points(
        time,
        high.map((value, at) => value - low[at]!),
      ),
      areaStyle: { color: ink(look.color), opacity: bandOpacity },
    },
  ];
}

/** Time and value, short enough to draw; a value that is not there leaves the line open. */
function points(time: Float64Array, values: Float64Array): [number, number | '-'][] {
  return Array.from(time, (at, index) => {
    const value = values[index]!;
    return [at, value === value ? Number(value.toPrecision(6)) : '-'];
  });
}
