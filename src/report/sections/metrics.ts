import type { BookMetrics } from '../../engine/bookMetrics.ts';
import { figure } from '../charts/renderChart.ts';
import { type SharpeRow, sharpeChart } from '../charts/sharpeChart.ts';
import { type Html, html } from '../html.ts';
import { type MetricDefinition, metricDefinition, metricDefinitions } from '../metricDefinitions.ts';
import type { ReportModel } from '../model.ts';
import { plural } from '../format.ts';
import { source } from '../provenanceLinks.ts';
import { defineSection } from '../section.ts';
import { table } from '../table.ts';

/** More rows than this do not fit into one figure. */
const chartRows = 12;
/** The first of the definitions stand open, the others folded. */
const mainNumbers = 16;
const compared = [
  ['Trades', 'total_trades'],
  ['Won', 'win_rate'],
  ['Gross', 'gross_return'],
  ['Costs', 'cost_return'],
  ['Funding', 'funding_return'],
  ['Net', 'net_total_return'],
  ['One bar late', 'net_return_one_bar_late'],
  ['Drawdown', 'max_drawdown'],
  ['Sharpe, daily', 'sharpe_daily_annualized'],
] as const;

export default defineSection({
  id: 'metrics',
  title: 'Key numbers',
  order: 30,
  missing: ({ book }) => (book.rows === 0 ? 'the run has no bars' : null),
  render: async (model) => {
    const parts = partsOf(model);
    return html`${await intervals(model, parts)}
      ${table<SharpeRow>({
        caption: 'By strategy and symbol',
        source: source(model, 'metrics.json'),
        columns: [{ header: 'Part', cell: ({ name }) => name }, ...compared.map(([header, key]) => valueColumn(header, metricDefinition(key)))],
        rows: parts,
        isTotal: ({ name }) => name === bookName,
      })}
      ${meaningTable(model, 'The whole book, with what each number means', metricDefinitions.slice(0, mainNumbers))}
      <details>
        <summary>More numbers of the whole book</summary>
        ${meaningTable(model, 'More numbers, with what each means', metricDefinitions.slice(mainNumbers))}
      </details>
      <details>
        <summary>Every number of every part</summary>
        ${table<MetricDefinition>({
          caption: 'All numbers by strategy and symbol',
          source: source(model, 'metrics.json'),
          columns: [
            { header: 'Number', cell: ({ label }) => label },
            ...parts.map(({ name, metrics }) => ({ header: name, cell: ({ key, show }: MetricDefinition) => show(metrics[key]) })),
          ],
          rows: metricDefinitions,
        })}
      </details> `.markup;
  },
});

function meaningTable(model: ReportModel, caption: string, rows: readonly MetricDefinition[]): Html {
  return table<MetricDefinition>({
    caption,
    source: source(model, 'metrics.json'),
    columns: [
      {
        header: 'Number',
        cell: ({ label, isReference }) =>
          html`${label}${isReference === true ? html` <span class="code" title="one of the reference system’s seven numbers">ref</span>` : null}`,
      },
      { header: 'Value', cell: ({ key, show }) => show(model.metrics[key]) },
      { header: 'Meaning', cell: ({ meaning }) => html`${meaning}`, tint: () => 'means' },
    ],
    rows,
  });
}

const bookName = 'Whole book';

function partsOf({ metrics }: ReportModel): SharpeRow[] {
  const named = (parts: Readonly<Record<string, BookMetrics>>) => Object.entries(parts).map(([name, part]) => ({ name, metrics: part }));
  return [{ name: bookName, metrics }, ...named(metrics.strategies), ...named(metrics.symbols)];
}

function valueColumn(header: string, { key, show }: MetricDefinition) {
  return { header, cell: ({ metrics }: SharpeRow) => show(metrics[key]) };
}

async function intervals(model: ReportModel, parts: readonly SharpeRow[]): Promise<Html | null> {
  const known = parts.filter(({ metrics }) => metrics.sharpe_daily_low !== null && metrics.sharpe_daily_annualized !== null).slice(0, chartRows);
  if (known.length === 0) return null;
  const above = known.filter(({ metrics }) => metrics.sharpe_daily_low! > 0).length;
  const below = known.filter(({ metrics }) => metrics.sharpe_daily_high! < 0).length;
  const rest = known.length - above - below;
  const facts = [above > 0 ? `${above} above zero` : '', rest > 0 ? `${rest} include zero` : '', below > 0 ? `${below} below zero` : ''].filter(
    (fact) => fact !== '',
  );
  const title =
    rest === known.length ? 'Every interval of the daily Sharpe ratio includes zero' : `Intervals of the daily Sharpe ratio: ${facts.join(', ')}`;
  const caption = html`Point and 95% interval (non-normal days, taken as independent), ${plural(model.metrics.days, 'UTC day')}. Parts are not
  independent tests: some interval misses zero by chance when there are many. ${source(model, 'metrics.json')}`;
  return figure({ ...sharpeChart(known), title, caption });
}
