import type { BindingStats } from '../../engine/overlay/bindings.ts';
import type { Counterfactual, Delta } from '../../engine/risk/counterfactual.ts';
import { bps, count, number, type NumberOptions, percent, ratio, type Shown, typographic, words } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { ReportModel, ReportOverlays } from '../model.ts';
import { source } from '../provenanceLinks.ts';
import { defineSection } from '../section.ts';
import { table } from '../table.ts';

export default defineSection({
  id: 'overlays',
  title: 'Overlays',
  order: 46,
  missing: ({ overlays }) => (overlays === null ? 'the run has no overlays; --overlays NAME lets one act on its strategies' : null),
  render: (model) => {
    const overlays = model.overlays!;
    return html`<div>${documents(model, overlays)}${bookTable(model, overlays)}${parts(model, overlays)}${bindings(model, overlays)}</div>`.markup;
  },
});

const file = 'overlay_bindings.json';

/** What a level of trust means. */
const trustWords = {
  declared: 'its file alone',
  candidate: 'registered, on its way to approval',
  recorded: 'approved in the ledger',
  verified: 'approved, all evidence re-hashed',
} as const;

function documents(model: ReportModel, { documents: all, bindings: found }: ReportOverlays): Html {
  return table<(typeof all)[number]>({
    caption: 'Overlays of the run',
    source: source(model, file),
    columns: [
      { header: 'Overlay', cell: ({ name, version }) => `${name} ${version}` },
      { header: 'What stands behind it', cell: ({ trust }) => `${trust}: ${trustWords[trust]}` },
      { header: 'Acts when', cell: ({ condition }) => condition, tint: () => 'means' },
      { header: 'Does', cell: ({ action }) => action, tint: () => 'means' },
      { header: 'Bars changed', cell: ({ name }) => percent(found.overlays[name]!.changed_share, { decimals: 2 }) },
    ],
    rows: all,
  });
}

interface Figure {
  readonly name: string;
  readonly delta: Delta;
  readonly show: (value: number | null, options?: NumberOptions) => Shown;
}

const shares = (value: number | null, options: NumberOptions = {}): Shown => percent(value, { decimals: 2, reason: 'not defined', ...options });
const times = (value: number | null, options: NumberOptions = {}): Shown => ratio(value, { reason: 'not defined', ...options });

const figuresOf = (given: Counterfactual): Figure[] => [
  { name: 'Net return', delta: given.net_total_return, show: shares },
  { name: 'Maximum drawdown, days compounded', delta: given.max_drawdown, show: shares },
  { name: 'Turnover per year', delta: given.turnover_per_year, show: times },
  { name: 'Time in market', delta: given.time_in_market, show: shares },
];

function bookTable(model: ReportModel, { bindings: { counterfactual } }: ReportOverlays): Html {
  return html`${table<Figure>({
    caption: 'The book with its overlays, and the same lines without any',
    source: source(model, file),
    columns: [
      { header: 'Figure', cell: ({ name }) => name },
      { header: 'With', cell: ({ delta, show }) => show(delta.with) },
      { header: 'Without', cell: ({ delta, show }) => show(delta.without) },
      { header: 'Difference', cell: ({ delta, show }) => show(delta.delta, { isSigned: true }) },
      { header: '95% interval', cell: interval, isNumeric: true },
    ],
    rows: figuresOf(counterfactual.book),
  })}
<p class="note">${effect(counterfactual.book)} Intervals resample UTC days in blocks, the same days for both books; there is none where nothing differs. Trading less saves costs
and, in a losing book, losses: a gain alone does not say that an overlay knows anything.</p>`;
}

function effect({ stability_checks: checks }: Counterfactual): Html {
  const shown = (value: number | null) => number(bps(value, { isSigned: true, decimals: 2, reason: 'fewer than 30 days, or nothing differs' }));
  return html`The overlays changed ${number(count(checks.n_events))} trades and made ${shown(checks.effect)} bps a day (95% interval ${shown(checks.ci_low)} to ${shown(checks.ci_high)}).`;
}

function interval({ delta: { low, high }, show }: Figure): Html | string {
  if (low === null || high === null) return '–';
  const [from, to] = [low, high].map((bound) => show(bound, { isSigned: true }).text) as [string, string];
  return html`<span class="code" title="${low} to ${high}">${typographic(`${from} to ${to}`)}</span>`;
}

interface Part {
  readonly name: string;
  readonly compared: Counterfactual;
}

/** Each overlay by itself, and each strategy; left out where there is one of both, because the table above says it. */
function parts(model: ReportModel, { bindings: { overlays, counterfactual } }: ReportOverlays): Html | null {
  const alone = Object.entries(overlays).map(([name, { counterfactual: compared }]) => ({ name: `Without ${name} alone`, compared }));
  const strategies = Object.entries(counterfactual.strategies).map(([id, compared]) => ({ name: `${id}, without any`, compared }));
  const rows: Part[] = [...(alone.length > 1 ? alone : []), ...(strategies.length > 1 ? strategies : [])];
  if (rows.length === 0) return null;
  const column = (header: string, at: number) => ({
    header,
    cell: ({ compared }: Part) => {
      const figure = figuresOf(compared)[at]!;
      return html`${number(figure.show(figure.delta.delta, { isSigned: true }))}<br>${interval(figure)}`;
    },
    isNumeric: true,
  });
  return table<Part>({
    caption: 'Differences that single overlays make, and differences by strategy, with 95% intervals',
    source: source(model, file),
    columns: [
      { header: 'Compared with', cell: ({ name }) => name },
      column('Net return', 0),
      column('Maximum drawdown', 1),
      column('Turnover per year', 2),
      column('Time in market', 3),
    ],
    rows,
  });
}

interface BindingRow extends BindingStats {
  readonly strategy: string;
}

function bindings(model: ReportModel, { bindings: { overlay_bindings: byStrategy, precedence } }: ReportOverlays): Html {
  const rows: BindingRow[] = Object.entries(byStrategy).flatMap(([strategy, { symbols }]) =>
    symbols.flatMap(({ binding_stats: stats }) => stats.map((row) => ({ strategy, ...row }))),
  );
  const counted = (header: string, of: (row: BindingRow) => number) => ({ header, cell: (row: BindingRow) => count(of(row)) });
  return html`${table<BindingRow>({
    caption: 'What each overlay did, by strategy and symbol',
    source: source(model, file),
    isSortable: true,
    columns: [
      { header: 'Overlay', cell: ({ overlay }) => overlay },
      { header: 'Strategy', cell: ({ strategy }) => strategy },
      { header: 'Symbol', cell: ({ symbol }) => symbol },
      { header: 'Effect', cell: ({ effect: kind }) => words(kind) },
      {
        header: 'Condition held',
        cell: (row) => percent(row.bars_evaluated === 0 ? null : row.condition_true_bars / row.bars_evaluated, { reason: 'no bars' }),
      },
      {
        header: 'Not known',
        cell: (row) => percent(row.bars_evaluated === 0 ? null : row.missing_input_bars / row.bars_evaluated, { reason: 'no bars' }),
      },
      counted('Offered', (row) => row.intents_seen),
      counted('Blocked', (row) => row.blocked_entries),
      counted('Delayed', (row) => row.delayed_entries),
      counted('Expired', (row) => row.expired_entries),
      counted('Resized', (row) => row.resized_entries),
      counted('Flattened', (row) => row.flattened_positions),
      { header: 'Bars changed', cell: (row) => percent(row.changed_share, { decimals: 2 }) },
    ],
    rows,
  })}
<p class="note">Offered: entries of the strategy’s own rules on that line, each passed, blocked, delayed or expired by one of the overlays. A signal that stays on is offered, and blocked, bar by bar.
Not known: bars on which the condition’s inputs are missing; it does not hold there. Where several overlays act on one bar the order is ${precedence.map(words).join(', ')}.</p>`;
}
