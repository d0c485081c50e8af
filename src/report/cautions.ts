import { type Finding, type Severity, sortFindings } from '../core/findings.ts';
import { lowestEquity } from './dailyBook.ts';
import { count, money, percent, plural, setting } from './format.ts';
import type { ReportModel } from './model.ts';
import { rankTrades } from './tradeGroups.ts';

/** Something that limits what the numbers support. */
export interface Caution {
  readonly code: string;
  readonly text: string;
  readonly severity: Severity;
  /** Whether it comes from the result or from the data behind it. */
  readonly topic: 'result' | 'data';
}

/** Fewer trades than this say little, whatever their result. */
export const fewTrades = 30;
/** A trade with more than this share of the net result carries it alone. */
export const dominantShare = 0.5;
/** A year of days, below which seasons and regimes are not covered. */
const shortDays = 365;

type Rule = (model: ReportModel) => readonly [code: string, severity: Severity, text: string] | null;

const rules: readonly Rule[] = [
  negativeEquity,
  lateExecution,
  grossLoss,
  costShare,
  fewOrNoTrades,
  dominatedByOneTrade,
  sharpeInterval,
  notEvidence,
  compatibility,
  fundingLeftOut,
  leverage,
  shortSample,
  openTrades,
];

/** Everything that limits the result, then what the data stages found, each list with the most severe first. */
export function cautionsOf(model: ReportModel): Caution[] {
  const found = rules.flatMap((rule): Caution[] => {
    const hit = rule(model);
    return hit === null ? [] : [{ code: hit[0], severity: hit[1], text: hit[2], topic: 'result' }];
  });
  const rank: Record<Severity, number> = { error: 0, warning: 1, info: 2 };
  return [...found.sort((a, b) => rank[a.severity] - rank[b.severity]), ...dataCautions(model.findings)];
}

/** Findings that are more than information, one line per code. */
function dataCautions(findings: readonly Finding[]): Caution[] {
  const byCode = new Map<string, Finding[]>();
  for (const finding of sortFindings(findings.filter(({ severity }) => severity !== 'info'))) {
    const key = `${finding.severity} ${finding.code}`;
    byCode.set(key, [...(byCode.get(key) ?? []), finding]);
  }
  return [...byCode.values()].map((group) => {
    const first = group[0]!;
    const more = group.length === 1 ? '' : `; and ${plural(group.length - 1, 'more finding')} of this kind`;
    return { code: first.code, severity: first.severity, topic: 'data', text: `${first.subject}: ${first.message}${more}` };
  });
}

function negativeEquity({ book, setup }: ReportModel): ReturnType<Rule> {
  const lowest = lowestEquity(book, setup.initialEquity);
  if (lowest > 0) return null;
  return [
    'EQUITY_NEGATIVE',
    'error',
    `Equity fell to ${money(lowest).text}: a real account would have been closed; what follows that moment could not have happened.`,
  ];
}

function lateExecution({ metrics }: ReportModel): ReturnType<Rule> {
  const { net_total_return: net, net_return_one_bar_late: late } = metrics;
  const change = `from ${percent(net).text} to ${percent(late).text}`;
  if (net * late < 0) return ['LATE_FLIPS_SIGN', 'error', `One bar (15 minutes) of latency turns the result ${change}.`];
  if (net > 0 && late < net / 2) return ['LATE_HALVES', 'warning', `One bar (15 minutes) of latency takes more than half of the result: ${change}.`];
  return null;
}

function grossLoss({ metrics }: ReportModel): ReturnType<Rule> {
  if (metrics.total_trades === 0 || metrics.gross_return > 0) return null;
  return ['GROSS_LOSS', 'warning', `The trades lose before any cost (${percent(metrics.gross_return).text}): costs are not the reason.`];
}

function costShare({ metrics }: ReportModel): ReturnType<Rule> {
  const share = -metrics.cost_return / metrics.gross_return;
  if (!(metrics.gross_return > 0) || share <= 0.5) return null;
  return [
    'COST_SHARE',
    'warning',
    `Costs take ${percent(share).text} of the gross return (${percent(metrics.gross_return).text}); the result depends on the cost assumption.`,
  ];
}

function fewOrNoTrades({ metrics }: ReportModel): ReturnType<Rule> {
  const trades = metrics.total_trades;
  if (trades === 0) return ['NO_TRADES', 'error', 'No strategy traded, so there is nothing to judge.'];
  return trades < fewTrades
    ? ['FEW_TRADES', 'warning', `Only ${plural(trades, 'trade')}: fewer than ${fewTrades} say little, whatever their result.`]
    : null;
}

function dominatedByOneTrade({ metrics, trades }: ReportModel): ReturnType<Rule> {
  const net = metrics.net_total_return;
  const ranked = rankTrades(trades);
  const extreme = net > 0 ? ranked[0] : net < 0 ? ranked.at(-1) : undefined;
  if (extreme === undefined || extreme.pnl / net <= dominantShare) return null;
  const share = percent(extreme.pnl / net).text;
  return [
    'ONE_TRADE_DOMINATES',
    'warning',
    `A single trade (${extreme.symbol}, ${new Date(extreme.entryTime).toISOString().slice(0, 10)}, ${percent(extreme.pnl).text}) amounts to ${share} of the net ${net > 0 ? 'gain' : 'loss'}.`,
  ];
}

function sharpeInterval({ metrics }: ReportModel): ReturnType<Rule> {
  const { sharpe_daily_low: low, sharpe_daily_high: high, total_trades: trades } = metrics;
  if (trades === 0) return null;
  if (low === null || high === null)
    return ['INTERVAL_UNDEFINED', 'warning', 'The daily returns are too few or too uniform for an interval around the Sharpe ratio.'];
  if (low > 0) return null;
  if (high < 0)
    return [
      'INTERVAL_BELOW_ZERO',
      'warning',
      'The whole interval of the daily Sharpe ratio lies below zero: chance alone would rarely give such a loss.',
    ];
  return ['INTERVAL_INCLUDES_ZERO', 'warning', 'The interval of the daily Sharpe ratio includes zero: chance alone could explain such a result.'];
}

function notEvidence({ setup }: ReportModel): ReturnType<Rule> {
  if (setup.accounting.isEvidence) return null;
  return ['NOT_EVIDENCE', 'warning', `Accounting \u201c${setup.accounting.id}\u201d is never evidence: ${setup.accounting.summary}.`];
}

function compatibility({ setup }: ReportModel): ReturnType<Rule> {
  return setup.compat === null
    ? null
    : ['COMPAT_REFERENCE', 'warning', 'Reference compatibility is on: known weaknesses of the reference system are reproduced on purpose.'];
}

function fundingLeftOut({ setup }: ReportModel): ReturnType<Rule> {
  return setup.fundingInPnl ? null : ['FUNDING_EXCLUDED', 'warning', 'Funding payments are not part of the result.'];
}

function leverage({ book, setup }: ReportModel): ReturnType<Rule> {
  const peak = book.grossExposure.reduce((most, now) => Math.max(most, now), 0);
  if (peak <= 1) return null;
  const lines = setup.symbols.length * setup.strategies.length;
  return [
    'LEVERAGE',
    'info',
    `Each of the ${count(lines).text} lines (strategy on symbol) trades the full initial equity: at most ${setting(peak)} times the equity was in the market at once.`,
  ];
}

function shortSample({ metrics }: ReportModel): ReturnType<Rule> {
  if (metrics.days === 0 || metrics.days >= shortDays) return null;
  return ['SHORT_SAMPLE', 'warning', `Only ${plural(metrics.days, 'day')} of data: less than a year covers few market conditions.`];
}

function openTrades({ metrics }: ReportModel): ReturnType<Rule> {
  const open = metrics.open_trades;
  return open > 0 ? ['OPEN_TRADES', 'info', `${plural(open, 'trade')} still open at the end, valued at the last close without an exit cost.`] : null;
}
