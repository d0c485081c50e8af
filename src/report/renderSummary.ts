import type { BookMetrics } from '../engine/bookMetrics.ts';
import type { Segment } from '../engine/segmentation.ts';
import { count, fixedHalfEven, grouped, money, percent, plural, ratio, setting } from './format.ts';
import { escapeMarkdown, item, lineWidth, markdownTable, wrapped } from './markdown.ts';
import { marketBenchmark } from './marketBenchmark.ts';
import { metricDefinitions } from './metricDefinitions.ts';
import type { ReportCandidates, ReportModel } from './model.ts';
import { candidateStatus } from './policy/candidateWords.ts';
import { cellName } from './policy/policyWords.ts';
import { countsTable, dataQuality, featureDiagnostics, plain } from './summaryData.ts';
import { groupTrades } from './tradeGroups.ts';
import { effectShown, pShown } from './study/units.ts';
import { triedFacts, triedSentence } from './triedFacts.ts';
import { type Verdict, verdictOf } from './verdict.ts';

/**
 * The run as Markdown for terminals and pull requests: the reference system's headings and bullets, with the verdict
 * first; no line is longer than 118 characters unless one word is. Ends with a newline.
 */
export function renderSummary(model: ReportModel): string {
  const verdict = verdictOf(model);
  const parts: readonly (readonly string[])[] = [
    title(model, verdict),
    cautions(verdict),
    ...(model.studies.length === 0 ? [] : [studies(model)]),
    ...(model.policies.length === 0 ? [] : [policies(model)]),
    ...(model.candidates === null ? [] : [candidates(model.candidates)]),
    ...(model.metrics.total_trades === 0 || model.book.rows === 0 ? [] : [trials(model)]),
    summaryMetrics(model),
    byPart(model),
    tradeTables(model),
    costs(model),
    dataQuality(model),
    featureDiagnostics(model),
    segmentation(model),
    ['## Engine Diagnostics', '', ...countsTable('strategy', model.diagnostics)],
    reproduce(model),
    provenance(model),
  ];
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function title({ runId, setup }: ReportModel, verdict: Verdict): string[] {
  const names = escapeMarkdown(setup.strategies.map(({ id }) => id).join(', '));
  const heading = `# ${names} report`;
  const cost = `cost ${setup.costBps} bps per unit of turnover, funding ${setup.fundingInPnl ? 'included' : 'not included'}`;
  const span = `${setup.start} to ${setup.end} (UTC)`;
  return [
    heading.length <= lineWidth ? heading : `# ${setup.strategies.length} strategies report`,
    '',
    ...wrapped(`**${escapeMarkdown(verdict.headline)}.** ${escapeMarkdown(verdict.sentence)}`),
    '',
    ...wrapped(`Run \`${runId}\`: ${escapeMarkdown(setup.symbols.join(', '))}, ${span}, accounting ${escapeMarkdown(setup.accounting.id)}, ${cost}.`),
  ];
}

const levels = { error: 'SERIOUS', warning: 'CAUTION', info: 'NOTE' } as const;

function cautions({ cautions: all }: Verdict): string[] {
  if (all.length === 0) return ['No cautions.'];
  return all.flatMap(({ code, severity, text }) => item(`${levels[severity]} ${code}: ${escapeMarkdown(text)}`));
}

function studies({ studies: all }: ReportModel): string[] {
  return [
    '## Studies',
    '',
    ...all.flatMap(({ id, verdict, label, page, missing, open, primary: { unit, effect, low, high, p } }) => {
      const interval = low === null || high === null ? '' : ` (${effectShown(unit, low).text} to ${effectShown(unit, high).text})`;
      const found = effect === null ? 'no effect could be estimated' : `effect ${effectShown(unit, effect).text}${interval}, p ${plain(pShown(p))}`;
      const rest = missing.length > 0 ? `; ${missing.join('; ')}` : open.length > 0 ? `; not passed: ${open.join(', ')}` : '';
      return item(`${verdict.toUpperCase()} ${id}: ${escapeMarkdown(`${label}; ${found}${rest}`)} ([page](${page}))`);
    }),
  ];
}

function policies({ policies: all }: ReportModel): string[] {
  return [
    '## Policies',
    '',
    ...all.flatMap(({ id, verdict, missing, promoted, trials: tried, best, page }) => {
      const found = promoted.length === 0 ? 'nothing promoted' : `promoted ${promoted.map(({ cell }) => cellName(cell)).join('; ')}`;
      const p = best === null ? '' : `, smallest adjusted p ${plain(pShown(best.pAdjusted))}`;
      const text = missing.length > 0 ? `nothing was tried; ${missing.join('; ')}` : `${found}; ${plural(tried, 'trial')}${p}`;
      return item(`${verdict.toUpperCase()} ${id}: ${escapeMarkdown(text)} ([page](${page}))`);
    }),
  ];
}

function candidates({ status, total, page }: ReportCandidates): string[] {
  const text = status === 'candidates' ? `${plural(total, 'candidate')}, ranked class by class.` : candidateStatus[status];
  return ['## Candidates', '', ...wrapped(`${text} [edge_candidates.csv](${page})`)];
}

function trials(model: ReportModel): string[] {
  const rows = triedFacts(model).map(({ label, shown }) => [label, plain(shown)]);
  return ['## What Was Tried', '', ...wrapped(escapeMarkdown(triedSentence(model))), '', ...markdownTable(['number', 'value'], rows)];
}

function summaryMetrics(model: ReportModel): string[] {
  const { metrics, book, setup } = model;
  const drawdown = metrics.max_drawdown;
  const isTiny = drawdown !== 0 && Math.abs(drawdown) < 0.0001;
  const rest = metricDefinitions.filter(({ isReference }) => isReference !== true);
  const market = marketBenchmark(book, setup.initialEquity);
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
    ...wrapped(
      `Holding the symbols in equal parts, without costs and funding: net return ${plain(percent(market.netReturn))}, daily Sharpe ratio ${plain(ratio(market.sharpeDaily, { decimals: 2 }))}, maximum drawdown ${plain(percent(market.maxDrawdown))}; correlation of the book with it ${plain(ratio(market.correlation, { decimals: 2 }))}.`,
    ),
  ];
}

/** The whole book, each strategy and each symbol beside each other. */
function byPart({ metrics }: ReportModel): string[] {
  const row = (name: string, part: BookMetrics) => [
    name,
    count(part.total_trades).text,
    percent(part.win_rate, { decimals: 1 }).text,
    percent(part.net_total_return).text,
    percent(part.net_return_one_bar_late).text,
    percent(part.max_drawdown).text,
    plain(ratio(part.sharpe_daily_annualized, { decimals: 2 })),
    part.sharpe_daily_low === null ? 'n/a' : `${part.sharpe_daily_low.toFixed(2)} to ${part.sharpe_daily_high!.toFixed(2)}`,
  ];
  const named = Object.entries({ ...metrics.strategies, ...metrics.symbols }).map(([name, part]) => row(name, part));
  const head = ['part', 'trades', 'won', 'net', '1 bar late', 'drawdown', 'Sharpe', '95% interval'];
  return ['## By Strategy and Symbol', '', ...markdownTable(head, [row('whole book', metrics), ...named])];
}

function tradeTables({ metrics, trades }: ReportModel): string[] {
  const symbols = Object.entries(metrics.symbols).map(([symbol, part]) => [
    symbol,
    count(part.total_trades).text,
    ratio(part.avg_r, { decimals: 2 }).text,
  ]);
  const exits = groupTrades(trades, ({ exitReason }) => exitReason).map((group) => [
    group.name,
    count(group.trades).text,
    percent(group.wins / group.trades, { decimals: 1 }).text,
    percent(group.pnl, { decimals: 2 }).text,
  ]);
  return [
    '## Trades by Symbol',
    '',
    ...(metrics.total_trades === 0 ? ['No trades.'] : markdownTable(['symbol', 'total_trades', 'avg_r'], symbols)),
    '',
    '## Exit Reasons',
    '',
    ...(exits.length === 0 ? ['No trades.'] : markdownTable(['exit_reason', 'trades', 'won', 'net pnl'], exits)),
  ];
}

function costs({ metrics, setup, fees }: ReportModel): string[] {
  const step = (name: string, value: number) => [name, percent(value, { decimals: 2 }).text, money(value * setup.initialEquity).text];
  const rows = fees.map(({ costBps, netReturn, avgR, maxDrawdown, trades, isOwn }) => [
    `${costBps}${isOwn ? ' (this run)' : ''}`,
    percent(netReturn, { decimals: 2 }).text,
    ratio(avgR, { decimals: 2 }).text,
    percent(maxDrawdown, { decimals: 2 }).text,
    count(trades).text,
  ]);
  return [
    '## Costs',
    '',
    ...markdownTable(
      ['step', 'return', 'quote currency'],
      [
        step('gross', metrics.gross_return),
        step(`costs, ${setting(setup.costBps)} bps`, metrics.cost_return),
        step(setup.fundingInPnl ? 'funding' : 'funding, not in the pnl', metrics.funding_return),
        step('net', metrics.net_total_return),
      ],
    ),
    '',
    '## Fee Sensitivity',
    '',
    ...(rows.length === 0 ? ['Not available.'] : markdownTable(['fee_bps_per_side', 'net_return', 'avg_r', 'max_drawdown', 'trades'], rows)),
  ];
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

function reproduce({ runId, setup }: ReportModel): string[] {
  const [first, ...rest] = setup.command;
  const command = [first!];
  for (const piece of rest) {
    if (command.at(-1)!.length + piece.length + 3 <= lineWidth) command[command.length - 1] += ` ${piece}`;
    else command.push(`  ${piece}`);
  }
  return [
    '## Reproduce',
    '',
    'The same run anywhere, and this one again in a scratch folder, every file compared:',
    '',
    '```sh',
    command.join(' \\\n'),
    `backtest runs reproduce ${runId}`,
    '```',
  ];
}

function provenance({ runId, provenance: stages }: ReportModel): string[] {
  const last = stages.find(({ stage }) => stage === 'backtest') ?? stages.at(-1);
  const files = stages.reduce((sum, { outputs }) => sum + outputs.length, 0);
  const key = last === undefined ? '' : ` Key of ${last.stage}: \`${last.key}\`.`;
  return [
    '## Provenance',
    '',
    ...wrapped(`${plural(stages.length, 'stage')}, ${plural(files, 'recorded file')}.${key} Check with \`backtest runs show ${runId}\`.`),
  ];
}
