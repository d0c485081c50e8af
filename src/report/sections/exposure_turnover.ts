import { barMs, hourMs, monthOf } from '../../core/time.ts';
import { figure } from '../charts/renderChart.ts';
import { fillOpacity, timePanels } from '../charts/timePanels.ts';
import {
  barsByLines,
  type ExposureSpan,
  exposureByMonth,
  exposureByYear,
  heldLines,
  type HeldLine,
  type Holding,
  holdingTimes,
} from '../exposure.ts';
import { count, percent, plural, ratio, setting, type Shown } from '../format.ts';
import { type Html, html } from '../html.ts';
import { areaKey, lineKey } from '../legend.ts';
import type { ReportModel } from '../model.ts';
import { source } from '../provenanceLinks.ts';
import { defineSection } from '../section.ts';
import { table } from '../table.ts';

/** A matrix of more lines than this cannot be read; the pairs that share most are listed instead. */
const matrixLines = 8;
const listedPairs = 10;

export default defineSection({
  id: 'exposure_turnover',
  title: 'Exposure and turnover',
  order: 45,
  missing: ({ book, trades }) => (book.rows === 0 ? 'the run has no bars' : trades.length === 0 ? 'no strategy traded' : null),
  render: async (model) => html`${await exposureFigure(model)} ${yearTable(model)} ${holdingTable(model)} ${concurrency(model)}`.markup,
});

async function exposureFigure(model: ReportModel): Promise<Html> {
  const months = exposureByMonth(model.book);
  const end = monthOf(months.at(-1)!.start).end;
  // Steps from month to month: the last one reaches to the end of its month.
  const time = Float64Array.of(...months.map(({ start }) => start), end);
  const of = (value: (month: ExposureSpan) => number) => Float64Array.of(...months.map(value), value(months.at(-1)!));
  const whole = totalOf(months);
  const chart = timePanels({
    key: 'exposure',
    label: `Share of bars in the market by month, between ${percent(Math.min(...months.map(({ inMarket }) => inMarket))).text} and ${percent(Math.max(...months.map(({ inMarket }) => inMarket))).text}; mean long exposure ${ratio(whole.meanLong).text} and mean short exposure ${ratio(whole.meanShort).text} lines.`,
    height: { wide: 420, narrow: 380 },
    time,
    panels: [
      {
        name: 'Bars in the market, percent of the month',
        format: (value) => `${value}%`,
        min: 0,
        lines: [{ values: of(({ inMarket }) => inMarket * 100), color: 'muted', isStep: true, isFilled: true }],
      },
      {
        name: 'Mean exposure, lines',
        format: String,
        lines: [
          { values: of(({ meanLong }) => meanLong), color: 'net', isStep: true, isFilled: true },
          { values: of(({ meanShort }) => -meanShort), color: 'loss', isStep: true, isFilled: true },
          { values: of(({ meanLong, meanShort }) => meanLong - meanShort), color: 'ink', isStep: true },
        ],
      },
    ],
  });
  const caption = html`Above: share of bars after whose close any position stood. Below: ${areaKey('net', 'long', fillOpacity)} and ${areaKey('loss', 'short', fillOpacity)} exposure,
    their sum the gross exposure, and ${lineKey('ink', 'net exposure,')} means over all bars of a month; 1 is one line (strategy on symbol) with its full
    notional all the time. ${source(model, 'portfolio_returns.parquet')}`;
  return figure({ ...chart, title: exposureFinding(whole), caption });
}

function exposureFinding({ inMarket, meanLong, meanShort, most }: ExposureSpan): string {
  const gross = meanLong + meanShort;
  const long = gross === 0 ? 0 : meanLong / gross;
  const side = long > 0.6 ? 'mostly long' : long < 0.4 ? 'mostly short' : 'long and short in balance';
  return `In the market on ${percent(inMarket).text} of bars, ${side} (${percent(long, { decimals: 0 }).text} of the exposure is long), with at most ${setting(most)} ${most === 1 ? 'line' : 'lines'} at once`;
}

/** All spans as one. */
function totalOf(spans: readonly ExposureSpan[]): ExposureSpan {
  const bars = spans.reduce((sum, span) => sum + span.bars, 0);
  const mean = (value: (span: ExposureSpan) => number) => spans.reduce((sum, span) => sum + value(span) * span.bars, 0) / bars;
  return {
    start: spans[0]!.start,
    bars,
    inMarket: mean(({ inMarket }) => inMarket),
    meanLong: mean(({ meanLong }) => meanLong),
    meanShort: mean(({ meanShort }) => meanShort),
    most: Math.max(...spans.map(({ most }) => most)),
    turnover: spans.reduce((sum, { turnover }) => sum + turnover, 0),
  };
}

function yearTable(model: ReportModel): Html {
  const years = exposureByYear(model.book);
  const whole = totalOf(years);
  const yearOf = ({ start }: ExposureSpan) => new Date(start).getUTCFullYear();
  const entered = (span: ExposureSpan) =>
    span === whole ? model.trades.length : model.trades.filter(({ entryTime }) => new Date(entryTime).getUTCFullYear() === yearOf(span)).length;
  const lines = (value: number) => ratio(value, { decimals: 3 });
  return table<ExposureSpan>({
    caption: 'Turnover and exposure by year, in lines',
    source: source(model, 'portfolio_returns.parquet', 'trades_*.csv'),
    columns: [
      { header: 'Year', cell: (span) => (span === whole ? 'All' : String(yearOf(span))) },
      { header: 'Turnover', cell: ({ turnover }) => count(turnover) },
      { header: 'Trades entered', cell: (span) => count(entered(span)) },
      { header: 'Bars in the market', cell: ({ inMarket }) => percent(inMarket, { decimals: 1 }) },
      { header: 'Mean gross', cell: ({ meanLong, meanShort }) => lines(meanLong + meanShort) },
      { header: 'Mean long', cell: ({ meanLong }) => lines(meanLong) },
      { header: 'Mean short', cell: ({ meanShort }) => lines(meanShort) },
      { header: 'Mean net', cell: ({ meanLong, meanShort }) => lines(meanLong - meanShort) },
      { header: 'Most at once', cell: ({ most }) => count(most) },
    ],
    rows: [...years, whole],
    isTotal: (span) => span === whole,
  });
}

function holdingTable(model: ReportModel): Html {
  const strategies = holdingTimes(model.trades, ({ strategy }) => strategy);
  const sides = holdingTimes(model.trades, ({ direction }) => `All, ${direction}`);
  const [all] = holdingTimes(model.trades, () => 'All') as [Holding];
  const hours = (bars: number): Shown => ratio((bars * barMs) / hourMs, { decimals: 2 });
  return table<Holding>({
    caption: 'Holding times, hours',
    source: source(model, 'trades_*.csv'),
    columns: [
      { header: 'Trades of', cell: ({ name }) => name },
      { header: 'Trades', cell: ({ trades }) => count(trades) },
      { header: 'Shortest', cell: ({ shortest }) => hours(shortest) },
      { header: 'Median', cell: ({ median }) => hours(median) },
      { header: 'Mean', cell: ({ mean }) => hours(mean) },
      { header: 'Nine of ten within', cell: ({ ninety }) => hours(ninety) },
      { header: 'Longest', cell: ({ longest }) => hours(longest) },
    ],
    rows: [...strategies, ...sides, all],
    isTotal: (row) => row === all,
  });
}

function concurrency(model: ReportModel): Html {
  const lines = heldLines(model.trades);
  if (lines.length < 2) return html`<p>Only one line traded, so nothing was held at the same time.</p>`;
  const bars = barsByLines(model.trades);
  const held = bars.reduce((sum, now) => sum + now, 0);
  const alone = held === 0 ? null : bars[0]! / held;
  const rows = bars.map((now, at) => ({ lines: at + 1, bars: now }));
  return html`<h3>Lines that hold at the same time</h3>
    <p>
      ${percent(alone, { decimals: 1 }).text} of the bars with a position had one line in the market; at most ${count(bars.length).text} of ${plural(lines.length, 'line')} held at once. Lines that hold together in one direction are one bet, not several. <span class="source">${source(model, 'trades_*.csv')}</span>
    </p>
    ${table<(typeof rows)[number]>({
      caption: 'Bars by the number of lines in the market',
      source: source(model, 'trades_*.csv'),
      columns: [
        { header: 'Lines', cell: ({ lines: many }) => count(many).text },
        { header: 'Bars', cell: ({ bars: now }) => count(now) },
        { header: 'Share of bars held', cell: ({ bars: now }) => percent(now / held, { decimals: 1 }) },
        { header: 'Share of all bars', cell: ({ bars: now }) => percent(now / model.book.rows, { decimals: 2 }) },
      ],
      rows,
    })}
    ${lines.length <= matrixLines ? overlapMatrix(model, lines) : overlapPairs(model, lines)}`;
}

function overlapMatrix(model: ReportModel, lines: readonly HeldLine[]): Html {
  return table<HeldLine>({
    caption: 'Bars shared with another line (in the same direction)',
    source: source(model, 'trades_*.csv'),
    columns: [
      { header: 'Line', cell: ({ name }, at) => `${at + 1}. ${name}` },
      { header: 'Bars held', cell: ({ bars }) => count(bars) },
      ...lines.map(({ name: other }, at) => ({
        header: html`<span title="${other}">with ${at + 1}.</span>`,
        cell: (line: HeldLine) => (line.name === other ? '' : shareOf(line, at)),
        isNumeric: true,
      })),
    ],
    rows: lines,
  });
}

/** `45% (38%)`: shared, and of it aligned. */
function shareOf({ bars, shared, aligned }: HeldLine, at: number): Html {
  if (bars === 0) return html`–`;
  const text = (part: number) => percent(part / bars, { decimals: 0 }).text;
  return html`<span class="n" title="${shared[at]} bars, ${aligned[at]} of them in the same direction">${text(shared[at]!)} (${text(aligned[at]!)})</span>`;
}

function overlapPairs(model: ReportModel, lines: readonly HeldLine[]): Html {
  const pairs = lines
    .flatMap((line, i) => lines.slice(i + 1).map((other, k) => ({ line, other, at: i + 1 + k })))
    .sort((a, b) => b.line.shared[b.at]! - a.line.shared[a.at]!)
    .slice(0, listedPairs);
  return table<(typeof pairs)[number]>({
    caption: `The ${listedPairs} pairs of lines that held together longest`,
    source: source(model, 'trades_*.csv'),
    columns: [
      { header: 'Line', cell: ({ line }) => line.name },
      { header: 'Other line', cell: ({ other }) => other.name },
      { header: 'Bars together', cell: ({ line, at }) => count(line.shared[at]) },
      { header: 'In one direction', cell: ({ line, at }) => count(line.aligned[at]) },
      { header: 'Share of the line’s bars', cell: ({ line, at }) => percent(line.bars === 0 ? null : line.shared[at]! / line.bars, { decimals: 1 }) },
      {
        header: 'Share of the other’s',
        cell: ({ line, other, at }) => percent(other.bars === 0 ? null : line.shared[at]! / other.bars, { decimals: 1 }),
      },
    ],
    rows: pairs,
  });
}
