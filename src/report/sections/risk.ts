import { costMultiples } from '../../engine/risk/bookDays.ts';
import type { RiskReport } from '../../engine/risk/riskReport.ts';
import { bps, count, number, percent, ratio, setting, type Shown, typographic, words } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { ReportModel } from '../model.ts';
import { source } from '../provenanceLinks.ts';
import { defineSection } from '../section.ts';
import { table } from '../table.ts';

export default defineSection({
  id: 'risk',
  title: 'Risk and stability',
  order: 47,
  missing: ({ metrics }) => (metrics.total_trades === 0 ? 'no strategy traded, so nothing was at risk' : null),
  render: (model) => html`<div>${limits(model)}${objectives(model)}${stability(model)}${byRegime(model)}</div>`.markup,
});

const file = 'risk_metrics.json';

interface Line {
  readonly name: string;
  readonly value: (part: RiskReport) => Shown | Html | string;
}

/** One column for the book and one for each of several strategies. */
function sideBySide(model: ReportModel, caption: string, lines: readonly Line[]): Html {
  const strategies = Object.entries(model.risk.strategies);
  const parts: [string, RiskReport][] = [['Whole book', model.risk], ...(strategies.length > 1 ? strategies : [])];
  return table<Line>({
    caption,
    source: source(model, file),
    columns: [
      { header: 'Figure', cell: ({ name }) => name },
      ...parts.map(([header, part]) => ({ header, cell: ({ value }: Line) => value(part), isNumeric: true })),
    ],
    rows: lines,
  });
}

function limits(model: ReportModel): Html {
  return html`${sideBySide(model, 'Tail, turnover and exposure', [
    {
      name: 'Mean loss of the worst hundredth of days',
      value: ({ risk_metrics: risk }) => percent(risk.cvar_99_1d, { decimals: 2, reason: `${risk.cvar_tail_days} days in the tail, 3 are needed` }),
    },
    { name: 'Costs, bps a day', value: ({ risk_metrics: risk }) => ratio(risk.bps_per_day, { reason: 'no days' }) },
    { name: 'Trades a day', value: ({ risk_metrics: risk }) => ratio(risk.trades_per_day, { reason: 'no days' }) },
    { name: 'Largest gross exposure', value: ({ risk_metrics: risk }) => ratio(risk.max_gross) },
    { name: 'Largest net exposure', value: ({ risk_metrics: risk }) => ratio(risk.max_net) },
    { name: 'Largest exposure of one symbol', value: ({ risk_metrics: risk }) => ratio(risk.max_per_symbol) },
    { name: 'Time in market', value: ({ risk_metrics: risk }) => percent(risk.max_time_in_market, { reason: 'no bars' }) },
  ])}
<p class="note">Exposure in multiples of one line’s notional. A position of one line on one symbol is 1; the book adds them up.</p>`;
}

/** The mean day under multiples of the run's cost. */
function objectives(model: ReportModel): Html {
  const { risk, setup } = model;
  const rows = costMultiples.map((multiple) => ({ multiple, key: `${multiple}x` as const }));
  type Row = (typeof rows)[number];
  const of = (metric: keyof RiskReport['objective']) => (row: Row) => risk.objective[metric][row.key]!.point;
  const { lower95 } = risk.objective.avg_period_return['1x']!;
  return html`${table<Row>({
    caption: 'Net results under multiples of the cost, positions unchanged',
    source: source(model, file),
    columns: [
      { header: 'Cost', cell: ({ multiple }) => html`${setting(multiple)} × ${setting(setup.costBps)} bps` },
      { header: 'Net return', cell: (row) => percent(of('net_total_return')(row), { decimals: 2, reason: 'no days' }) },
      { header: 'Net return a year', cell: (row) => percent(of('net_cagr')(row), { decimals: 2, reason: 'a day lost everything' }) },
      { header: 'Mean day, bps', cell: (row) => bps(of('avg_period_return')(row), { decimals: 2, reason: 'no days' }) },
      { header: 'Geometric mean day, bps', cell: (row) => bps(of('geometric_mean_return')(row), { decimals: 2, reason: 'a day lost everything' }) },
    ],
    rows,
    isTotal: ({ multiple }) => multiple === 1,
  })}
<p class="note">At the run’s cost the 95% interval of the mean day begins at ${number(bps(lower95, { decimals: 2, reason: 'fewer than 30 days, or no variance' }))} bps.</p>`;
}

function stability(model: ReportModel): Html {
  const rate = (of: (part: RiskReport) => number | null) => (part: RiskReport) => percent(of(part), { decimals: 1, reason: 'no positions' });
  return html`${sideBySide(model, 'Does it hold over time, markets and chance?', [
    {
      name: 'Mean day, bps, with 95% interval',
      value: ({ stability_checks: { effect, ci_low: low, ci_high: high } }) =>
        html`${number(bps(effect, { decimals: 2, isSigned: true, reason: 'no days' }))}${low === null || high === null ? null : html`<br><span class="code" title="${low} to ${high}">${typographic(`${bps(low, { decimals: 2, isSigned: true }).text} to ${bps(high, { decimals: 2, isSigned: true }).text}`)}</span>`}`,
    },
    {
      name: 'Events: trades, and those that share no day',
      value: ({ stability_checks: checks }) => `${count(checks.n_events).text} and ${count(checks.n_effective).text}`,
    },
    {
      name: 'Periods with a gain: years, or quarters below three years',
      value: ({ stability_checks: checks }) => percent(checks.sign_consistency, { decimals: 0, reason: checks.sign_consistency_reason ?? '' }),
    },
    {
      name: 'Regimes that lost',
      value: ({ stability_checks: checks }) =>
        checks.regime_flip_count === null
          ? count(null, { reason: checks.regime_flip_reason ?? '' })
          : `${count(checks.regime_flip_count).text} of ${checks.regimes.filter(({ counts }) => counts).length}`,
    },
    { name: 'Kept one bar late', value: rate(({ latency }) => latency.one_bar_share) },
    { name: 'Kept two bars late', value: rate(({ latency }) => latency.two_bar_share) },
    { name: 'As good when moved by whole days', value: rate(({ placebo }) => placebo.shifted_entries.pass_rate) },
    { name: 'As good with entries at random', value: rate(({ placebo }) => placebo.random_entry.pass_rate) },
    {
      name: 'As good on the other side',
      value: ({ placebo: { reversed_direction: reversed } }) => (reversed.pass_rate === null ? '–' : reversed.pass_rate === 1 ? 'yes' : 'no'),
    },
  ])}
<p class="note">The last three lines count placebos with the same positions and costs that earn at least as much: a strategy that knows when to trade leaves few. Kept shares need a gain
to begin with.</p>`;
}

/** Trades of the book by the state of the market at their entry. */
function byRegime(model: ReportModel): Html {
  const { regimes } = model.risk.stability_checks;
  type Row = (typeof regimes)[number];
  return html`${table<Row>({
    caption: 'Trades by regime of their entry',
    source: source(model, file),
    columns: [
      { header: 'Regime', cell: ({ regime }) => words(regime) },
      { header: 'Trades', cell: ({ events }) => count(events) },
      { header: 'Net return', cell: ({ net_return: net, events }) => percent(events === 0 ? null : net, { decimals: 2, reason: 'no trades' }) },
      { header: 'Counts', cell: ({ counts }) => (counts ? 'yes' : 'no: fewer than 10 trades') },
    ],
    rows: regimes,
  })}
<p class="note">Told at the close of the entry: volatility by thirds of its trailing rank, trend over 28 days, sign of the funding rate, session of the UTC day. Each split has every trade once, where its state is known.</p>`;
}
