import { type AutoscaleInfo, BaselineSeries, createTextWatermark, type IChartApi, type ISeriesApi, LineSeries, LineStyle } from 'lightweight-charts';
import { decodeSteps } from '../candles.ts';
import { fixed, pageChart, seconds, utc, zoomButtons } from './chartBase.ts';
import { button, element, readData } from './dom.ts';

interface EquityData {
  readonly days: string;
  readonly initial: number;
  readonly fine: number;
  readonly equity: string;
  readonly beforeCosts: string;
  readonly market: string;
  readonly drawdown: string;
}

const dayMs = 86_400_000;

/** Equity above, drawdown below, on one time axis that zooms; the values of the day under the pointer stand above it. */
export function equityView(): void {
  const place = document.getElementById('equity-view');
  const data = readData<EquityData>('equity-data');
  if (place === null || data === null) return;
  const days = decodeSteps(data.days).map((day, at) => day + at);
  const money = (text: string) => decodeSteps(text).map((part) => data.initial * (1 + part / data.fine));
  const columns: Columns = {
    equity: money(data.equity),
    beforeCosts: money(data.beforeCosts),
    market: money(data.market),
    drawdown: decodeSteps(data.drawdown).map((part) => (part / data.fine) * 100),
  };
  const readout = element('p', { class: 'readout' });
  const canvas = element('div', { class: 'chart', role: 'group', 'aria-label': 'Equity and drawdown by day' });
  place.append(element('div', { class: 'toolbar' }), readout, canvas);
  const { chart, market } = draw(canvas, days, columns);
  const holdingButton = toggle('Holding the market', (isOn) => market.applyOptions({ visible: isOn }));
  place.firstElementChild!.append(
    yearButtons(chart, days),
    holdingButton,
    zoomButtons(chart, () => chart.timeScale().fitContent()),
  );
  const say = (at: number) => readout.replaceChildren(element('strong', {}, dayText(days[at]!)), ` ${valuesOf(columns, at)}`);
  chart.subscribeCrosshairMove(({ time }) => say(time === undefined ? days.length - 1 : indexOf(days, (time as number) / 86_400)));
  say(days.length - 1);
  chart.timeScale().fitContent();
}

type Columns = Readonly<Record<'equity' | 'beforeCosts' | 'market' | 'drawdown', Float64Array>>;

const dayText = (day: number) => utc((day * dayMs) / 1000, 10);

function valuesOf({ equity, beforeCosts, market, drawdown }: Columns, at: number): string {
  const amounts = [`equity ${fixed(equity[at]!, 0)}`, `before costs ${fixed(beforeCosts[at]!, 0)}`, `holding ${fixed(market[at]!, 0)}`];
  return [...amounts, `drawdown ${fixed(drawdown[at]!, 1)}%`].join(' \u00b7 ');
}

function draw(canvas: HTMLElement, days: Float64Array, columns: Columns): { chart: IChartApi; market: ISeriesApi<'Line'> } {
  const { chart, paint } = pageChart(canvas, {
    localization: { locale: 'en-US', timeFormatter: (time: unknown) => utc(time as number, 10) },
    timeScale: { fixLeftEdge: true, fixRightEdge: true, minBarSpacing: 0.01 },
  });
  const points = (values: Float64Array) => Array.from(days, (day, at) => ({ time: seconds(day * dayMs), value: values[at]! }));
  const quiet = { priceLineVisible: false, lastValueVisible: false, crosshairMarkerRadius: 3 } as const;
  const addLine = (values: Float64Array, color: string, look: { readonly lineWidth: 1 | 2; readonly lineStyle: LineStyle }) => {
    const line = chart.addSeries(LineSeries, { ...quiet, ...look, priceFormat: { type: 'custom', minMove: 1, formatter: shortMoney } });
    line.setData(points(values));
    paint((ink) => line.applyOptions({ color: ink(color) }));
    return line;
  };
  const market = addLine(columns.market, 'muted', { lineWidth: 1, lineStyle: LineStyle.Dotted });
  addLine(columns.beforeCosts, 'other', { lineWidth: 1, lineStyle: LineStyle.Dashed });
  addLine(columns.equity, 'net', { lineWidth: 2, lineStyle: LineStyle.Solid });
  // Hidden at first: next to a market that multiplied, a book is a flat line.
  market.applyOptions({ visible: false });
  const percent = (value: number) => `${fixed(value, Math.abs(value) < 10 ? 1 : 0)}%`;
  const fall = chart.addSeries(
    BaselineSeries,
    {
      ...quiet,
      lineWidth: 1,
      baseValue: { type: 'price', price: 0 },
      priceFormat: { type: 'custom', minMove: 0.01, formatter: percent },
      autoscaleInfoProvider: (original: () => AutoscaleInfo | null) => belowZero(original()),
    },
    1,
  );
  fall.setData(points(columns.drawdown));
  paint((ink) =>
    fall.applyOptions({
      bottomLineColor: ink('loss'),
      bottomFillColor1: ink('loss', 0.2),
      bottomFillColor2: ink('loss', 0.2),
      topLineColor: ink('loss'),
    }),
  );
  const panes = chart.panes();
  panes[0]!.setStretchFactor(2.2);
  ['Equity, quote currency', 'Drawdown, percent of the highest equity before'].forEach((text, at) => {
    const name = createTextWatermark(panes[at]!, { horzAlign: 'left', vertAlign: 'top' });
    paint((ink) =>
      name.applyOptions({ lines: [{ text, color: ink('muted'), fontSize: 12, fontFamily: getComputedStyle(document.body).fontFamily }] }),
    );
  });
  return { chart, market };
}

/** Drawdown hangs from zero, whatever part of it is shown. */
function belowZero(info: AutoscaleInfo | null): AutoscaleInfo | null {
  return info === null || info.priceRange === null ? info : { ...info, priceRange: { ...info.priceRange, maxValue: 0 } };
}

/** A button that stays pressed. */
function toggle(text: string, onChange: (isOn: boolean) => void): HTMLElement {
  const made = element('button', { type: 'button', 'aria-pressed': 'false' }, text);
  made.addEventListener('click', () => {
    const isOn = made.getAttribute('aria-pressed') !== 'true';
    made.setAttribute('aria-pressed', String(isOn));
    onChange(isOn);
  });
  return element('span', { class: 'buttons' }, made);
}

/** 1,250,000 as 1.25m, short enough for an axis. */
function shortMoney(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${fixed(value / 1e6, size >= 1e7 ? 0 : 1)}m`;
  return size >= 1e4 ? `${fixed(value / 1e3, 0)}k` : fixed(value, 0);
}

function indexOf(days: Float64Array, day: number): number {
  return Math.max(0, Math.min(days.length - 1, Math.round(day - days[0]!)));
}

/** Whole years to choose from, when there are several. */
function yearButtons(chart: IChartApi, days: Float64Array): HTMLElement {
  const yearOf = (day: number) => new Date(day * dayMs).getUTCFullYear();
  const [first, last] = [yearOf(days[0]!), yearOf(days[days.length - 1]!)];
  const years = Array.from({ length: last - first + 1 }, (_, at) => first + at);
  const show = (year: number) => {
    const range = { from: indexOf(days, Date.UTC(year, 0, 1) / dayMs), to: indexOf(days, Date.UTC(year, 11, 31) / dayMs) };
    chart.timeScale().setVisibleLogicalRange(range);
  };
  const choices = years.length < 2 || years.length > 10 ? [] : years.map((year) => button(String(year), `Show ${year}`, () => show(year)));
  return element('span', { class: 'buttons', role: 'group', 'aria-label': 'Year' }, ...choices);
}
