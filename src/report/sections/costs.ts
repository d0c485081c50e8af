import type { FeeScenario } from '../../engine/feeSensitivity.ts';
import type { LatencyScenario } from '../../engine/latencySensitivity.ts';
import { feeChart } from '../charts/feeChart.ts';
import { figure } from '../charts/renderChart.ts';
import { count, money, number, percent, plural, ratio, setting, type Shown } from '../format.ts';
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
  return html`<div>${table<Step>({
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
    <p class="note">Turnover is ${ratio(metrics.turnover_per_year, { reason: 'not known' }).text} times the initial equity per year.</p></div>`;
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

interface LatePart {
  readonly name: string;
  /** Net return on time, then under each delay. */
  readonly nets: readonly number[];
}

/** What is left of the book and of its parts when every decision is executed late. */
function latency(model: ReportModel): Html | null {
  const [onTime, ...late] = model.latency;
  if (onTime === undefined) return null;
  const partsOf = (nets: (scenario: LatencyScenario) => Readonly<Record<string, number>>): LatePart[] =>
    Object.keys(nets(onTime)).map((name) => ({ name, nets: model.latency.map((scenario) => nets(scenario)[name] ?? 0) }));
  const whole = { name: 'Whole book', nets: model.latency.map(({ netReturn }) => netReturn) };
  return html`<div>${table<LatePart>({
    caption: 'Net return when every decision is executed late',
    source: source(model, 'latency_sensitivity.json'),
    columns: [
      { header: 'Part', cell: ({ name }) => name },
      { header: 'On time', cell: ({ nets }) => percent(nets[0], { decimals: 2 }) },
      ...late.map(({ delayBars }, at) => ({
        header: `${plural(delayBars, 'bar')} late`,
        cell: ({ nets }: LatePart) => percent(nets[at + 1], { decimals: 2 }),
      })),
      { header: 'Sign changes', cell: ({ nets }) => signChange(nets) },
    ],
    rows: [whole, ...partsOf(({ strategies }) => strategies), ...partsOf(({ symbols }) => symbols)],
    isTotal: (part) => part === whole,
  })}
    <p class="note">
      The same decisions, costs and funding, fills at a later close; a bar is 15 minutes. Of the whole book, drawdown and daily Sharpe ratio go from
      ${riskOf(onTime)} on time to ${late.map((scenario, at) => html`${at === 0 ? null : ', then '}${riskOf(scenario)}`)}.
    </p></div>`;
}

function riskOf({ maxDrawdown, sharpeDaily }: LatencyScenario): Html {
  return html`${number(percent(maxDrawdown))} and ${number(ratio(sharpeDaily, { decimals: 2 }))}`;
}

/** The first delay, in bars, at which gain and loss change places. */
function signChange(nets: readonly number[]): string {
  const at = nets.findIndex((net) => net * nets[0]! < 0);
  return at < 0 ? 'no' : `from ${plural(at, 'bar')} on`;
}
