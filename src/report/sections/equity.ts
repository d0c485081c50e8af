import { dayMs, formatDay } from '../../core/time.ts';
import { encodeSteps } from '../candles.ts';
import { equityChart } from '../charts/equityChart.ts';
import { figure } from '../charts/renderChart.ts';
import { type DailyBook, dailyBook, deepestDrawdown } from '../dailyBook.ts';
import { percent, ratio, type Shown } from '../format.ts';
import { type Html, html } from '../html.ts';
import { lineKey } from '../legend.ts';
import { marketBenchmark } from '../marketBenchmark.ts';
import type { ReportModel } from '../model.ts';
import { dataBlock } from '../page.ts';
import { source } from '../provenanceLinks.ts';
import { defineSection } from '../section.ts';
import { table } from '../table.ts';
import { basisOf } from '../verdict.ts';

export default defineSection({
  id: 'equity',
  title: 'Equity and drawdown',
  order: 20,
  missing: ({ book }) => (book.rows === 0 ? 'the run has no bars' : null),
  render: async (model) => {
    const daily = dailyBook(model.book, model.setup.initialEquity);
    const chart = await figure({
      ...equityChart(daily, basisOf(model)),
      title: findingOf(model),
      caption: captionOf(model),
      ...(model.tradeWindows.length === 0 ? {} : { live: liveChart(daily, model.setup.initialEquity) }),
    });
    return html`${chart}${benchmarkTable(model)}`.markup;
  },
});

function findingOf(model: ReportModel): string {
  const net = model.metrics.net_total_return;
  const moved = net === 0 ? 'Equity is unchanged' : `Equity ${net > 0 ? 'rose' : 'fell'} by ${percent(Math.abs(net)).text}`;
  const deepest = deepestDrawdown(model.book, model.setup.initialEquity);
  if (deepest === null) return `${moved}; it never fell`;
  const recovered = deepest.recoveryTime === null ? 'and has not recovered since' : `and recovered on ${formatDay(deepest.recoveryTime)}`;
  return `${moved}; its deepest drawdown, ${percent(deepest.depth).text}, ran from ${formatDay(deepest.peakTime)} to ${formatDay(deepest.troughTime)} ${recovered}`;
}

function captionOf(model: ReportModel): Html {
  return html`${lineKey('net', `Equity ${basisOf(model)}.`)} ${lineKey('other', 'Before costs and funding.', '5 4')} ${lineKey('loss', 'Drawdown:')} the lowest of each day’s bars. Equity is additive (every line keeps its notional), one point per UTC day at its close. ${source(model, 'portfolio_returns.parquet', 'equity_curve.csv')}`;
}

/** Parts of a million of the initial equity: finer than a pixel at any zoom. */
const fine = 1e6;

/** The daily points for the zoomable chart, and the place where it is drawn. */
function liveChart(daily: DailyBook, initial: number): Html {
  const parts = (values: Float64Array) => encodeSteps(values.map((value) => Math.round((value / initial - 1) * fine)));
  const data = {
    // Days follow each other, so that this is one number and a count.
    days: encodeSteps(daily.day.map((day, at) => day / dayMs - at)),
    initial,
    fine,
    equity: parts(daily.equity),
    beforeCosts: parts(daily.beforeCosts),
    market: parts(daily.market),
    drawdown: encodeSteps(daily.drawdown.map((drop) => Math.round(drop * fine))),
  };
  return html`<div class="live" id="equity-view"></div>
${dataBlock('equity-data', data)}
`;
}

interface Comparison {
  readonly name: string;
  readonly own: Shown;
  readonly market: Shown;
}

function benchmarkTable(model: ReportModel): Html {
  const { metrics, book, setup } = model;
  const market = marketBenchmark(book, setup.initialEquity);
  const few = { reason: 'too few days' };
  const rows: readonly Comparison[] = [
    { name: 'Net return', own: percent(metrics.net_total_return), market: percent(market.netReturn) },
    { name: 'Compounded return', own: percent(metrics.compounded_return, few), market: percent(market.compoundedReturn, few) },
    {
      name: 'Sharpe ratio, daily',
      own: ratio(metrics.sharpe_daily_annualized, { ...few, decimals: 2 }),
      market: ratio(market.sharpeDaily, { ...few, decimals: 2 }),
    },
    { name: 'Volatility per year', own: percent(metrics.volatility_annualized, few), market: percent(market.volatility, few) },
    { name: 'Maximum drawdown', own: percent(metrics.max_drawdown), market: percent(market.maxDrawdown) },
  ];
  const { correlation, beta } = market;
  return html`<div>${table<Comparison>({
    caption: 'Beside holding the market',
    source: source(model, 'portfolio_returns.parquet', 'metrics.json'),
    columns: [
      { header: 'Number', cell: ({ name }) => name },
      { header: 'This book', cell: ({ own }) => own },
      { header: 'Holding', cell: (row) => row.market },
    ],
    rows,
  })}
<p class="note">Holding: every symbol in equal parts of the initial equity at constant notional, from its first bar, without costs and funding, so the comparison flatters it. ${relation(correlation, beta)}</p></div>`;
}

/** How the book moves with the market, in a sentence. */
function relation(correlation: number | null, beta: number | null): string {
  if (correlation === null || beta === null) return 'Days are too few or too uniform to compare the two day by day.';
  const figure = (value: number) => ratio(value, { decimals: 2 }).text;
  return `Day by day the book’s return has a correlation of ${figure(correlation)} with the market’s and a slope (beta) of ${figure(beta)} on it.`;
}
