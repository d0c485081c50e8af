import type { FeeScenario } from '../../engine/feeSensitivity.ts';
import { feeChart } from '../charts/feeChart.ts';
import { figure } from '../charts/renderChart.ts';
import { count, money, percent, ratio, setting, type Shown } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { ReportModel } from '../model.ts';
import { source } from '../provenanceLinks.ts';
import { defineSection } from '../section.ts';
import { table } from '../table.ts';

export default defineSection({
  id: 'costs',
  title: 'Costs, funding and latency',
  order: 50,
  missing: ({ metrics }) => (metrics.total_trades === 0 ? 'no strategy traded, so nothing was paid' : null),
  render: async (model) => html`${waterfall(model)} ${await feeFigure(model)} ${feeTable(model)} ${latency(model)} `.markup,
});

interface Step {
  readonly name: string;
  readonly value: number;
}

function waterfall(model: ReportModel): Html {
  const { metrics, setup } = model;
  const gross = metrics.gross_return;
  const share = (value: number): Shown => percent(gross > 0 ? value / gross : null, { reason: 'the gross return is not above zero' });
  return html`${table<Step>({
    caption: 'From gross to net',
    source: source(model, 'metrics.json'),
    columns: [
      { header: 'Step', cell: ({ name }) => name },
      { header: 'Return', cell: ({ value }) => percent(value, { decimals: 2 }) },
      { header: 'Quote currency', cell: ({ value }) => money(value * setup.initialEquity) },
      { header: 'Share of gross', cell: ({ value }) => share(value) },
    ],
    rows: [
      { name: 'Price moves (gross)', value: gross },
      { name: `Costs: ${setting(setup.costBps)} bps per unit of turnover`, value: metrics.cost_return },
      { name: setup.fundingInPnl ? 'Funding received less paid' : 'Funding (not part of this run’s pnl)', value: metrics.funding_return },
      { name: 'Net', value: metrics.net_total_return },
    ],
    isTotal: ({ name }) => name === 'Net',
  })}
    <p class="note">Turnover is ${ratio(metrics.turnover_per_year, { reason: 'not known' }).text} times the initial equity per year.</p>`;
}

async function feeFigure(model: ReportModel): Promise<Html | null> {
  if (model.fees.length < 2) return null;
  const caption = html`Net return of the same positions under other all-in
  costs${model.setup.fundingInPnl ? ', funding included' : ', funding not included'}; the diamond is this run.
  ${source(model, 'fee_sensitivity.json')}`;
  return figure({ ...feeChart(model.fees), title: breakEven(model.fees), caption });
}

/** The cost at which the net return is zero: returns are linear in the cost, so any two points tell. */
function breakEven(fees: readonly FeeScenario[]): string {
  const [first, last] = [fees[0]!, fees.at(-1)!];
  const slope = (last.netReturn - first.netReturn) / (last.costBps - first.costBps);
  const at = first.costBps - first.netReturn / slope;
  if (!Number.isFinite(at)) return 'Costs do not change the result';
  return at < 0 ? 'The result is below zero even without costs' : `The result reaches zero at a cost of ${ratio(at).text} bps`;
}

function feeTable(model: ReportModel): Html {
  return table<FeeScenario>({
    caption: 'Under other costs, positions unchanged',
    source: source(model, 'fee_sensitivity.json'),
    columns: [
      { header: 'Cost, bps', cell: ({ costBps, isOwn }) => html`${setting(costBps)}${isOwn ? ' (this run)' : null}` },
      { header: 'Net return', cell: ({ netReturn }) => percent(netReturn, { decimals: 2 }) },
      { header: 'Average R, range edge', cell: ({ avgR }) => ratio(avgR, { decimals: 3 }) },
      { header: 'Maximum drawdown', cell: ({ maxDrawdown }) => percent(maxDrawdown, { decimals: 2 }) },
      { header: 'Trades', cell: ({ trades }) => count(trades) },
    ],
    rows: model.fees,
    isTotal: ({ isOwn }) => isOwn,
    empty: 'The run recorded no other costs.',
  });
}

function latency(model: ReportModel): Html {
  const { metrics } = model;
  const parts = [
    { name: 'Whole book', part: metrics },
    ...Object.entries({ ...metrics.strategies, ...metrics.symbols }).map(([name, part]) => ({ name, part })),
  ];
  return table<(typeof parts)[number]>({
    caption: 'The same decisions, executed one bar (15 minutes) late',
    source: source(model, 'metrics.json'),
    columns: [
      { header: 'Part', cell: ({ name }) => name },
      { header: 'On time', cell: ({ part }) => percent(part.net_total_return, { decimals: 2 }) },
      { header: 'One bar late', cell: ({ part }) => percent(part.net_return_one_bar_late, { decimals: 2 }) },
      { header: 'Difference', cell: ({ part }) => percent(part.net_return_one_bar_late - part.net_total_return, { decimals: 2 }) },
      { header: 'Sign changes', cell: ({ part }) => (part.net_total_return * part.net_return_one_bar_late < 0 ? 'yes' : 'no') },
    ],
    rows: parts,
    isTotal: ({ name }) => name === 'Whole book',
  });
}
