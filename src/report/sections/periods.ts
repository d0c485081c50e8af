import { barMs, monthOf } from '../../core/time.ts';
import { type BookYear, bookYears } from '../dailyBook.ts';
import { count, percent, plural } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { ReportModel } from '../model.ts';
import { source } from '../provenanceLinks.ts';
import { defineSection } from '../section.ts';
import { table } from '../table.ts';
import { basisOf } from '../verdict.ts';

const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

export default defineSection({
  id: 'periods',
  title: 'Months and years',
  order: 60,
  missing: ({ book }) => (book.rows === 0 ? 'the run has no bars' : null),
  render: (model) => {
    const years = bookYears(model.book);
    const months = years.flatMap((year) => year.months.filter((net) => net !== null));
    const gains = months.filter((net) => net > 0).length;
    return html`<p>${gains} of ${plural(months.length, 'month')} gained, ${years.filter(({ net }) => net > 0).length} of ${plural(years.length, 'calendar year')}.${partialNote(model)} <span class="note">${source(model, 'portfolio_returns.parquet')}</span></p>
<div class="calendar">${monthTable(model, years)}</div>
${yearTable(model, years)}`.markup;
  },
});

function monthTable(model: ReportModel, years: readonly BookYear[]): Html {
  const outside = 'no bars in this month';
  return table<BookYear>({
    caption: `Net return by month, percent of the initial equity, ${basisOf(model)}`,
    source: source(model, 'portfolio_returns.parquet'),
    columns: [
      { header: 'Year', cell: ({ year }) => String(year) },
      ...monthNames.map((name, at) => ({
        header: name,
        cell: ({ months }: BookYear) => bare(months[at] ?? null, outside),
        tint: ({ months }: BookYear) => tintOf(months[at] ?? 0),
      })),
      { header: 'Year', cell: ({ net }) => bare(net, outside) },
    ],
    rows: years,
  });
}

function yearTable(model: ReportModel, years: readonly BookYear[]): Html {
  const ended = (year: number) => model.trades.filter(({ exitTime }) => new Date(exitTime).getUTCFullYear() === year).length;
  return table<BookYear>({
    caption: 'By year',
    source: source(model, 'portfolio_returns.parquet', 'trades_*.csv'),
    columns: [
      { header: 'Year', cell: ({ year }) => String(year) },
      { header: 'Gross', cell: ({ gross }) => percent(gross, { decimals: 2 }) },
      { header: 'Costs', cell: ({ cost }) => percent(-cost, { decimals: 2 }) },
      { header: 'Funding', cell: ({ funding }) => percent(funding, { decimals: 2 }) },
      { header: 'Net', cell: ({ net }) => percent(net, { decimals: 2 }) },
      { header: 'Trades ended', cell: ({ year }) => count(ended(year)) },
    ],
    rows: years,
  });
}

/** Percent without the sign of percent, which the caption says. */
function bare(value: number | null, reason: string) {
  const shown = percent(value, { decimals: 2, reason });
  return { ...shown, text: shown.text.replace('%', '') };
}

function tintOf(value: number): string {
  return value > 0.00005 ? 'gain' : value < -0.00005 ? 'loss' : '';
}

/** Says so when the first or last month is not whole. */
function partialNote({ book }: ReportModel): string {
  const [first, last] = [book.openTime[0]!, book.openTime[book.rows - 1]! + barMs];
  const parts = [first > monthOf(first).start ? 'first' : '', last < monthOf(last - 1).end ? 'last' : ''].filter((part) => part !== '');
  return parts.length === 0 ? '' : ` The ${parts.join(' and the ')} month ${parts.length === 1 ? 'is' : 'are'} not whole.`;
}
