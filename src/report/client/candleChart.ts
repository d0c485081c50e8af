import {
  CandlestickSeries,
  createSeriesMarkers,
  type IChartApi,
  LineSeries,
  LineStyle,
  LineType,
  type SeriesMarker,
  type Time,
} from 'lightweight-charts';
import { type Candles, type CandleText, decodeCandles } from '../candles.ts';
import { type Band, bandShade } from './bandShade.ts';
import { fixed, type Ink, pageChart, seconds, utc } from './chartBase.ts';

/** One trade as the page carries it. */
export interface TradeData extends CandleText {
  /** Candles in which the trade begins and ends. */
  readonly entry: number;
  readonly exit: number;
  readonly isLong: boolean;
  readonly isOpen: boolean;
  readonly marks: Readonly<Record<'entry' | 'exit' | 'stop' | 'target', number | null>>;
}

export interface CandleChart {
  readonly chart: IChartApi;
  readonly show: (trade: TradeData) => void;
}

const barMs = 900_000;

/** Prices of a trade that are drawn from its entry to its exit. */
export const segments = {
  target: { color: 'gain', lineStyle: LineStyle.Dashed },
  entry: { color: 'ink', lineStyle: LineStyle.Solid },
  stop: { color: 'loss', lineStyle: LineStyle.Dashed },
} as const;
export const segmentNames = Object.keys(segments) as (keyof typeof segments)[];

/** A chart that shows one trade at a time: candles, where it began and ended, its prices, levels, and bars that are missing. */
export function candleChart(place: HTMLElement): CandleChart {
  const { chart, paint } = pageChart(place, {
    localization: { locale: 'en-US', timeFormatter: (time: unknown) => utc(time as number) },
    timeScale: { timeVisible: true, secondsVisible: false, fixLeftEdge: true, fixRightEdge: true, minBarSpacing: 1 },
  });
  const quiet = { priceLineVisible: false, lastValueVisible: false } as const;
  const line = (look: { lineStyle: LineStyle; lineType?: LineType; lineWidth: 1 | 2; lastValueVisible?: boolean }) =>
    chart.addSeries(LineSeries, { ...quiet, crosshairMarkerVisible: false, ...look });
  const shade = bandShade(chart);
  chart.panes()[0]!.attachPrimitive(shade.primitive);
  const levels = [0, 1].map(() => line({ lineStyle: LineStyle.Dotted, lineType: LineType.WithSteps, lineWidth: 1 }));
  const candles = chart.addSeries(CandlestickSeries, quiet);
  const markers = createSeriesMarkers(candles, []);
  const prices = segmentNames.map((name) => ({ name, line: line({ lineStyle: segments[name].lineStyle, lineWidth: 2, lastValueVisible: true }) }));
  let now: { trade: TradeData; candles: Candles } | null = null;
  let inks: Ink = () => '';
  const color = () => {
    if (now === null) return;
    shade.show(bandsOf(now.trade, now.candles, inks));
    markers.setMarkers(markersOf(now.trade, timesOf(now.candles), inks));
  };
  paint((ink) => {
    inks = ink;
    candles.applyOptions(candleInks(ink));
    for (const level of levels) level.applyOptions({ color: ink('muted') });
    for (const { name, line: priced } of prices) priced.applyOptions({ color: ink(segments[name].color) });
    color();
  });
  const show = (trade: TradeData) => {
    now = { trade, candles: decodeCandles(trade) };
    const times = timesOf(now.candles);
    const priceFormat = { type: 'custom', minMove: 10 ** -trade.decimals, formatter: (price: number) => fixed(price, trade.decimals) } as const;
    candles.applyOptions({ priceFormat });
    candles.setData(candlePoints(now.candles, times));
    const columns = Object.values(now.candles.levels);
    levels.forEach((level, at) => level.setData(levelPoints(columns[at], times)));
    for (const { name, line: priced } of prices) {
      priced.applyOptions({ priceFormat });
      priced.setData(segmentPoints(trade, trade.marks[name], times));
    }
    color();
    chart.timeScale().fitContent();
  };
  return { chart, show };
}

function candleInks(ink: Ink) {
  const [up, down] = [ink('net'), ink('muted')];
  return { upColor: ink('ground'), borderUpColor: up, wickUpColor: up, downColor: down, borderDownColor: down, wickDownColor: down };
}

type Timed = readonly Time[];

function timesOf({ start, barsEach, close }: Candles): Timed {
  return Array.from(close, (_, at) => seconds(start + at * barsEach * barMs));
}

/** Without values where the run has no bar: the slot stays and is shaded. */
function candlePoints({ open, high, low, close }: Candles, times: Timed) {
  return times.map((time, at) =>
    Number.isNaN(close[at]!) ? { time } : { time, open: open[at]!, high: high[at]!, low: low[at]!, close: close[at]! },
  );
}

function levelPoints(values: Float64Array | undefined, times: Timed) {
  return values === undefined ? [] : times.map((time, at) => (Number.isNaN(values[at]!) ? { time } : { time, value: values[at]! }));
}

/** From the entry's candle to the exit's, or to the next one where both are the same. */
function segmentPoints({ entry, exit }: TradeData, price: number | null, times: Timed) {
  if (price === null) return [];
  const end = Math.min(times.length - 1, Math.max(exit, entry + 1));
  return [entry, end].map((at) => ({ time: times[at]!, value: price }));
}

/** Where the trade was held, and where bars are missing. */
function bandsOf({ entry, exit }: TradeData, { close }: Candles, ink: Ink): Band[] {
  const bands: Band[] = exit > entry ? [{ from: entry + 1, to: exit, color: ink('net', 0.09) }] : [];
  for (let at = 0; at < close.length; at++) {
    if (!Number.isNaN(close[at]!)) continue;
    const from = at;
    while (at + 1 < close.length && Number.isNaN(close[at + 1]!)) at++;
    bands.push({ from, to: at, color: ink('other', 0.28) });
  }
  return bands;
}

function markersOf({ entry, exit, isLong, isOpen, marks }: TradeData, times: Timed, ink: Ink): SeriesMarker<Time>[] {
  const side = isLong ? ({ position: 'belowBar', shape: 'arrowUp' } as const) : ({ position: 'aboveBar', shape: 'arrowDown' } as const);
  const away = isLong ? ({ position: 'aboveBar', shape: 'square' } as const) : ({ position: 'belowBar', shape: 'square' } as const);
  const gained = marks.exit !== null && marks.entry !== null && (isLong ? marks.exit > marks.entry : marks.exit < marks.entry);
  return [
    { time: times[entry]!, ...side, color: ink('ink'), text: 'entry' },
    { time: times[exit]!, ...away, color: ink(gained ? 'gain' : 'loss'), text: isOpen ? 'open' : 'exit' },
  ];
}
