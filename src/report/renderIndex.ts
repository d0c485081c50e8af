import indexCode from 'script:./client/index.ts';
import { count, percent, plural, ratio } from './format.ts';
import { type Html, html } from './html.ts';
import { renderPage } from './page.ts';
import { type Column, table } from './table.ts';

/** One run of a data root as the index lists it. Null is unknown or undefined. */
export interface IndexedRun {
  readonly run_id: string;
  readonly status: 'done' | 'running' | 'unreadable';
  /** What is wrong with a run that cannot be read. */
  readonly problem: string | null;
  readonly symbols: readonly string[];
  readonly strategies: readonly string[];
  /** `YYYY-MM-DD`, last day included. */
  readonly start: string | null;
  readonly end: string | null;
  readonly source: string | null;
  readonly accounting: string | null;
  /** All-in cost per unit of turnover. */
  readonly cost_bps: number | null;
  readonly is_evidence: boolean | null;
  readonly verdict: string | null;
  readonly net_total_return: number | null;
  readonly sharpe_daily_annualized: number | null;
  readonly max_drawdown: number | null;
  readonly total_trades: number | null;
  /** When its last stage ended, from the host's clock. */
  readonly finished_at: string | null;
  readonly tree_hash: string | null;
  /** Path of the report, relative to the index; null when there is none. */
  readonly report: string | null;
}

/**
 * All runs of a data root as one self-contained page, the newest first: a table that a script makes sortable by its
 * headers and filterable by text.
 */
export function renderIndex(runs: readonly IndexedRun[]): string {
  return renderPage({
    title: `Backtest runs: ${runs.length}`,
    skip: 'Skip to the runs',
    header: html`<p class="eyebrow">Backtest</p>
<h1>Runs</h1>
<p class="subtitle">${tally(runs)}</p>`,
    main: html`<div class="index">${runTable(runs)}</div>
<p class="note">The best of many runs looks better than it is: whoever chooses among them has tried them all. Returns are additive fractions of the initial equity after costs; each report says more.</p>`,
    footer: html`<p>Made from the run records, manifests and <code>metrics.json</code> of each run; renewed when a run ends, and by <code>backtest runs index</code>. Times are UTC.</p>`,
    scripts: [indexCode],
  });
}

function tally(runs: readonly IndexedRun[]): string {
  const of = (status: IndexedRun['status']) => runs.filter((run) => run.status === status).length;
  const parts = [`${of('done')} finished`];
  if (of('running') > 0) parts.push(`${of('running')} not finished`);
  if (of('unreadable') > 0) parts.push(`${of('unreadable')} that cannot be read`);
  return `${plural(runs.length, 'run')}: ${parts.join(', ')}.`;
}

function runTable(runs: readonly IndexedRun[]): Html {
  const none = { reason: 'not known' };
  const columns: Column<IndexedRun>[] = [
    { header: 'Run', cell: ({ run_id, report }) => (report === null ? html`${run_id}` : html`<a href="${report}">${run_id}</a>`) },
    { header: 'Verdict', cell: verdictCell },
    { header: 'Net return', cell: (run) => percent(run.net_total_return, none) },
    { header: 'Sharpe, daily', cell: (run) => ratio(run.sharpe_daily_annualized, { ...none, decimals: 2 }) },
    { header: 'Maximum drawdown', cell: (run) => percent(run.max_drawdown, none) },
    { header: 'Trades', cell: (run) => count(run.total_trades, none) },
    { header: 'Cost, bps', cell: ({ cost_bps: bps }) => html`${bps}`, isNumeric: true },
    { header: 'Days', cell: ({ start, end }) => (start === null ? '' : html`<span class="n">${start} –</span> <span class="n">${end}</span>`) },
    { header: 'Symbols', cell: ({ symbols }) => symbols.join(', ') },
    { header: 'Strategies', cell: ({ strategies }) => strategies.join(', '), className: 'ids' },
    { header: 'Evidence', cell: evidenceCell },
    { header: 'Finished', cell: ({ finished_at: at }) => (at === null ? '' : html`<span class="n">${at.slice(0, 10)}</span> ${at.slice(11, 16)}`) },
  ];
  return table<IndexedRun>({
    caption: 'All runs of this data root',
    isSortable: true,
    columns,
    rows: runs,
    empty: 'No runs yet; try: backtest run --source sample --symbols BTCUSDT --start 2023-01-01 --end 2024-12-31',
  });
}

function verdictCell({ status, problem, verdict }: IndexedRun): Html {
  if (status === 'unreadable') return html`<span class="error">Cannot be read:</span> ${problem}`;
  if (status === 'running') return html`<span class="info">Not finished</span>`;
  return html`${verdict ?? 'No report'}`;
}

function evidenceCell({ accounting, is_evidence: isEvidence }: IndexedRun): Html {
  if (accounting === null) return html``;
  return html`${isEvidence === true ? 'may be' : 'no'} (${accounting})`;
}
