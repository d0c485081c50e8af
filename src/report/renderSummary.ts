import type { Segment } from '../engine/segmentation.ts';
import { count, counted, fixedHalfEven, grouped, percent, plural, ratio, type Shown, words } from './format.ts';
import { printable } from './html.ts';
import { metricDefinitions } from './metricDefinitions.ts';
import type { ReportModel } from './model.ts';
import { groupTrades } from './tradeGroups.ts';
import { type Verdict, verdictOf } from './verdict.ts';

/**
 * The run as Markdown for terminals and pull requests: the reference system's headings and bullets, with the verdict
 * first. Ends with a newline.
 */
export function renderSummary(model: ReportModel): string {
  const verdict = verdictOf(model);
  const parts: readonly (readonly string[])[] = [
    title(model, verdict),
    cautions(verdict),
    summaryMetrics(model),
    tradeTables(model),
    feeTable(model),
    dataQuality(model),
    segmentation(model),
    diagnostics(model),
    provenance(model),
  ];
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** Text that is no markup in Markdown: one line, no HTML, no cell ends, no links. */
export function escapeMarkdown(text: string): string {
  return printable(text)
    .replace(/\s+/g, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/[\\|`[\]]/g, '\\$&');
}

function title({ runId, setup }: ReportModel, verdict: Verdict): string[] {
  const cost = `cost ${setup.costBps} bps per unit of turnover, funding ${setup.fundingInPnl ? 'included' : 'not included'}`;
  return [
    `# ${escapeMarkdown(setup.strategies.map(({ id }) => id).join(', '))} report`,
    '',
    `Run \`${runId}\`: ${escapeMarkdown(setup.symbols.join(', '))}, ${setup.start} to ${setup.end} (UTC), accounting ${escapeMarkdown(setup.accounting.id)}, ${cost}.`,
    '',
    `**${escapeMarkdown(verdict.headline)}.** ${escapeMarkdown(verdict.sentence)}`,
  ];
}

const levels = { error: 'SERIOUS', warning: 'CAUTION', info: 'NOTE' } as const;

function cautions({ cautions: all }: Verdict): string[] {
  if (all.length === 0) return ['No cautions.'];
  return all.map(({ code, severity, text }) => `- ${levels[severity]} ${code}: ${escapeMarkdown(text)}`);
}

function summaryMetrics({ metrics }: ReportModel): string[] {
  const drawdown = metrics.max_drawdown;
  const isTiny = drawdown !== 0 && Math.abs(drawdown) < 0.0001;
  const rest = metricDefinitions.filter(({ isReference }) => isReference !== true);
  return [
    '## Summary Metrics',
    '',
    `- Total trades (combined): ${metrics.total_trades}`,
    `- Win rate (combined): ${fixedHalfEven(metrics.win_rate * 100, 2)}%`,
    `- Avg R (combined): ${fixedHalfEven(metrics.avg_r, 2)}`,
    `- Net total return (combined): ${fixedHalfEven(metrics.net_total_return * 100, 2)}%`,
    `- Ending equity (combined): ${grouped(fixedHalfEven(metrics.ending_equity, 2))}`,
    `- Max drawdown (combined): ${fixedHalfEven(drawdown * 100, isTiny ? 6 : 2)}%`,
    `- Sharpe (annualized): ${fixedHalfEven(metrics.sharpe_annualized, 2)}`,
    '',
    ...markdownTable(
      ['number', 'value'],
      rest.map(({ key, label, show }) => [label, plain(show(metrics[key]))]),
    ),
    '',
    ...strategyTable(metrics),
  ];
}

function strategyTable(metrics: ReportModel['metrics']): string[] {
  const shown = [
    'total_trades',
    'win_rate',
    'net_total_return',
    'net_return_one_bar_late',
    'max_drawdown',
    'sharpe_daily_annualized',
    'sharpe_daily_low',
    'sharpe_daily_high',
  ] as const;
  const columns = shown.map((key) => metricDefinitions.find((definition) => definition.key === key)!);
  const rows = Object.entries({ ...metrics.strategies, ...metrics.symbols }).map(([name, part]) => [
    name,
    ...columns.map(({ key, show }) => plain(show(part[key]))),
  ]);
  return markdownTable(['part', ...columns.map(({ label }) => label)], rows);
}

function tradeTables({ metrics, trades }: ReportModel): string[] {
  const symbols = Object.entries(metrics.symbols).map(([symbol, part]) => [
    symbol,
    count(part.total_trades).text,
    ratio(part.avg_r, { decimals: 2 }).text,
  ]);
  const exits = groupTrades(trades, ({ exitReason }) => exitReason);
  return [
    '## Trades by Symbol',
    '',
    ...(metrics.total_trades === 0 ? ['No trades.'] : markdownTable(['symbol', 'total_trades', 'avg_r'], symbols)),
    '',
    '## Exit Reasons',
    '',
    ...(exits.length === 0
      ? ['No trades.']
      : markdownTable(
          ['exit_reason', 'trades', 'won', 'net pnl'],
          exits.map((group) => [
            group.name,
            count(group.trades).text,
            percent(group.wins / group.trades, { decimals: 1 }).text,
            percent(group.pnl, { decimals: 2 }).text,
          ]),
        )),
  ];
}

function feeTable({ fees }: ReportModel): string[] {
  const rows = fees.map(({ costBps, netReturn, avgR, maxDrawdown, trades, isOwn }) => [
    `${costBps}${isOwn ? ' (this run)' : ''}`,
    percent(netReturn, { decimals: 2 }).text,
    ratio(avgR, { decimals: 2 }).text,
    percent(maxDrawdown, { decimals: 2 }).text,
    count(trades).text,
  ]);
  return [
    '## Fee Sensitivity',
    '',
    ...(rows.length === 0 ? ['Not available.'] : markdownTable(['fee_bps_per_side', 'net_return', 'avg_r', 'max_drawdown', 'trades'], rows)),
  ];
}

function dataQuality({ quality, findings }: ReportModel): string[] {
  const kinds = new Map<string, number>();
  for (const { severity, stage, code } of findings) kinds.set(`${severity} ${stage} ${code}`, (kinds.get(`${severity} ${stage} ${code}`) ?? 0) + 1);
  const found = [...kinds.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, n]) => `- ${escapeMarkdown(kind)}: ${plural(n, 'finding')}`);
  return ['## Data Quality', '', ...countsTable('symbol', quality), '', ...(found.length === 0 ? ['No findings.'] : found)];
}

function segmentation({ fundingSegments }: ReportModel): string[] {
  const rows = (segments: readonly Segment[]) =>
    segments.map(({ segment, bars, totalPnl, meanPnl }) => [
      segment,
      count(bars).text,
      percent(totalPnl, { decimals: 2 }).text,
      meanPnl.toExponential(2),
    ]);
  const table = (header: string, segments: readonly Segment[]) => markdownTable([header, 'bars', 'total_pnl', 'mean_pnl'], rows(segments));
  return [
    '## Context Segmentation (Funding Persistence)',
    '',
    '### By fp_active',
    '',
    ...table('fp_active', fundingSegments.byActive),
    '',
    '### By fp_age_bars bucket',
    '',
    ...table('fp_age_bars', fundingSegments.byAge),
  ];
}

function diagnostics({ diagnostics: counts }: ReportModel): string[] {
  return ['## Engine Diagnostics', '', ...countsTable('strategy', counts)];
}

function provenance({ runId, provenance: stages }: ReportModel): string[] {
  const last = stages.find(({ stage }) => stage === 'backtest') ?? stages.at(-1);
  const files = stages.reduce((sum, { outputs }) => sum + outputs.length, 0);
  const key = last === undefined ? '' : ` Key of ${last.stage}: \`${last.key}\`.`;
  return [
    '## Provenance',
    '',
    `${plural(stages.length, 'stage')}, ${plural(files, 'recorded file')}.${key} Check with \`backtest runs show ${runId}\`.`,
  ];
}

function countsTable(header: string, counts: Readonly<Record<string, Readonly<Record<string, number>>>>): string[] {
  const names = Object.keys(counts);
  if (names.length === 0) return ['No counts recorded.'];
  const keys = [...new Set(names.flatMap((name) => Object.keys(counts[name]!)))];
  const value = (name: string, key: string) => plain(counted(key, counts[name]![key]));
  return markdownTable(
    [header, ...names],
    keys.map((key) => [words(key), ...names.map((name) => value(name, key))]),
  );
}

/** A table whose columns line up in a terminal: the first to the left, the others to the right. */
function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cells = [head, ...rows].map((row) => row.map(escapeMarkdown));
  const widths = head.map((_, at) => Math.max(3, ...cells.map((row) => row[at]!.length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join(' | ')} |`;
  const rule = `| ${widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(cells[0]!), rule, ...cells.slice(1).map(line)];
}

function plain(shown: Shown): string {
  return shown.isMissing ? 'n/a' : shown.text;
}
