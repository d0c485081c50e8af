import { ColorType, createChart, type DeepPartial, type IChartApi, LineStyle, type TimeChartOptions, type UTCTimestamp } from 'lightweight-charts';
import { button, element } from './dom.ts';

/** Colors by the names of the page's custom properties, as they are now. */
export type Ink = (name: string, opacity?: number) => string;

export const seconds = (ms: number) => (ms / 1000) as UTCTimestamp;

/** `2024-03-01 13:45`, or the day alone, of UTC seconds. */
export function utc(time: number, digits = 16): string {
  return new Date(time * 1000).toISOString().slice(0, digits).replace('T', ' ');
}

/** A number with true minus sign and thousands separators. */
export function fixed(value: number, decimals: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).replace('-', '\u2212');
}

const paper: Ink = (name, opacity = 1) => {
  const color = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  return opacity === 1
    ? color
    : color +
        Math.round(opacity * 255)
          .toString(16)
          .padStart(2, '0');
};

export interface PageChart {
  readonly chart: IChartApi;
  /** Sets what has a color: now, and again whenever the page turns light, dark or into print. */
  readonly paint: (how: (ink: Ink) => void) => void;
}

/**
 * A chart in the page's type and colors. It pans by dragging and zooms by pinching or dragging an axis; the wheel stays
 * with the page.
 */
export function pageChart(place: HTMLElement, options: DeepPartial<TimeChartOptions>): PageChart {
  const chart = createChart(place, {
    autoSize: true,
    handleScroll: { mouseWheel: false, pressedMouseMove: true, horzTouchDrag: true, vertTouchDrag: false },
    handleScale: { mouseWheel: false, pinch: true, axisPressedMouseMove: true, axisDoubleClickReset: true },
    ...options,
  });
  const painters = [paperOf(chart)];
  const repaint = () => painters.forEach((paint) => paint(paper));
  for (const query of ['(prefers-color-scheme: dark)', 'print']) matchMedia(query).addEventListener('change', repaint);
  repaint();
  return {
    chart,
    paint: (how) => {
      painters.push(how);
      how(paper);
    },
  };
}

const paperOf = (chart: IChartApi) => (ink: Ink) => {
  const cross = { color: ink('axis'), style: LineStyle.Dashed, labelBackgroundColor: ink('muted') } as const;
  chart.applyOptions({
    layout: {
      background: { type: ColorType.Solid, color: 'transparent' },
      textColor: ink('muted'),
      fontFamily: getComputedStyle(document.body).fontFamily,
      fontSize: 12,
      panes: { separatorColor: ink('line'), separatorHoverColor: ink('line'), enableResize: false },
    },
    grid: { vertLines: { visible: false }, horzLines: { color: ink('line') } },
    rightPriceScale: { borderVisible: false },
    timeScale: { borderColor: ink('axis') },
    crosshair: { vertLine: cross, horzLine: cross },
  });
};

/** Buttons that do what dragging and pinching do, for those who use a keyboard. */
export function zoomButtons(chart: IChartApi, showAll: () => void): HTMLElement {
  const scale = chart.timeScale();
  const change = (zoom: number, shift: number) => {
    const range = scale.getVisibleLogicalRange();
    if (range === null) return;
    const [size, middle] = [range.to - range.from, (range.from + range.to) / 2 + shift * (range.to - range.from)];
    scale.setVisibleLogicalRange({ from: middle - (size * zoom) / 2, to: middle + (size * zoom) / 2 });
  };
  return element(
    'span',
    { class: 'buttons', role: 'group', 'aria-label': 'Zoom and move' },
    button('\u2190', 'Earlier', () => change(1, -0.5)),
    button('\u2192', 'Later', () => change(1, 0.5)),
    button('+', 'Zoom in', () => change(0.5, 0)),
    button('\u2212', 'Zoom out', () => change(2, 0)),
    button('All', 'All: show everything', showAll),
  );
}
