import { formatDay } from '../../core/time.ts';
import { equityChart } from '../charts/equityChart.ts';
import { figure } from '../charts/renderChart.ts';
import { dailyBook, deepestDrawdown } from '../dailyBook.ts';
import { percent } from '../format.ts';
import { type Html, html, trusted } from '../html.ts';
import type { ReportModel } from '../model.ts';
import { source } from '../provenanceLinks.ts';
import { defineSection } from '../section.ts';
import { basisOf } from '../verdict.ts';

export default defineSection({
  id: 'equity',
  title: 'Equity and drawdown',
  order: 20,
  missing: ({ book }) => (book.rows === 0 ? 'the run has no bars' : null),
  render: async (model) => {
    const daily = dailyBook(model.book, model.setup.initialEquity);
    const chart = await figure({ ...equityChart(daily, basisOf(model)), title: findingOf(model), caption: captionOf(model) });
    return html`${chart}`.markup;
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
  return html`${key('net', '', `Equity ${basisOf(model)}.`)} ${key('other', '5 4', 'Before costs and funding.')} ${key('loss', '', 'Drawdown:')} the
  lowest of each day’s bars. Equity is additive (every line keeps its notional), one point per UTC day at its close.
  ${source(model, 'portfolio_returns.parquet', 'equity_curve.csv')}`;
}

/** A sample of a line beside what it stands for. */
function key(color: 'net' | 'other' | 'loss', dash: string, text: string): Html {
  return html`<span class="key"
    >${trusted(`<svg viewBox="0 0 28 10" aria-hidden="true"><path d="M0 5H28" fill="none" stroke="var(--${color})" stroke-width="2"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}/></svg>`)}${text}</span
  >`;
}
