import { type Caution, cautionsOf } from './cautions.ts';
import { percent, ratio, setting } from './format.ts';
import type { ReportModel } from './model.ts';

export interface Verdict {
  /** A few words, for the title. */
  readonly headline: string;
  /** One sentence with the numbers. */
  readonly sentence: string;
  readonly outcome: 'empty' | 'negative' | 'inconclusive' | 'positive';
  /** The most severe first. */
  readonly cautions: readonly Caution[];
}

/** What the numbers of a run support, in words; computed from the model alone. */
export function verdictOf(model: ReportModel): Verdict {
  const outcome = outcomeOf(model);
  return { headline: headlineOf(model, outcome), sentence: sentenceOf(model), outcome, cautions: cautionsOf(model) };
}

/** Whether costs and funding are in a number, for captions: `after costs of 6 bps and funding`. */
export function basisOf(model: ReportModel): string {
  const { costBps, fundingInPnl } = model.setup;
  return `after costs of ${setting(costBps)} bps ${fundingInPnl ? 'and funding' : '(funding not included)'}`;
}

/** True when one bar of latency turns a gain into a loss or a loss into a gain. */
export function lateFlipsSign(model: ReportModel): boolean {
  const { net_total_return: net, net_return_one_bar_late: late } = model.metrics;
  return net * late < 0;
}

function outcomeOf(model: ReportModel): Verdict['outcome'] {
  const { sharpe_daily_low: low, sharpe_daily_high: high, total_trades: trades } = model.metrics;
  if (trades === 0 || model.book.rows === 0) return 'empty';
  if (low === null || high === null) return 'inconclusive';
  return high < 0 ? 'negative' : low > 0 ? 'positive' : 'inconclusive';
}

function headlineOf(model: ReportModel, outcome: Verdict['outcome']): string {
  const { metrics, setup } = model;
  const gain = metrics.net_total_return > 0 ? 'Net gain' : metrics.net_total_return < 0 ? 'Net loss' : 'No gain or loss';
  if (outcome === 'empty') return 'No trades, nothing to judge';
  if (outcome === 'negative') return `${gain}, distinguishable from zero`;
  if (metrics.sharpe_daily_low === null) return `${gain}, uncertainty unknown`;
  if (outcome === 'inconclusive') return `${gain}, not distinguishable from zero`;
  if (lateFlipsSign(model)) return `${gain} that one bar of latency removes`;
  return setup.accounting.isEvidence ? `${gain}, distinguishable from zero` : `${gain} in a first look, not evidence`;
}

function sentenceOf(model: ReportModel): string {
  const { metrics, setup } = model;
  const span = `from ${setup.start} to ${setup.end}`;
  if (model.book.rows === 0) return `There are no bars ${span}.`;
  if (metrics.total_trades === 0) return `No strategy traded ${span}.`;
  const net = `The net return ${span} is ${percent(metrics.net_total_return).text} ${basisOf(model)}`;
  return `${net}; ${sharpeClause(model)}; ${lateClause(model)}.`;
}

function sharpeClause({ metrics }: ReportModel): string {
  const { sharpe_daily_annualized: sharpe, sharpe_daily_low: low, sharpe_daily_high: high, days } = metrics;
  if (sharpe === null) return `a daily Sharpe ratio is not defined on ${days} days`;
  const figure = `the daily Sharpe ratio is ${ratio(sharpe, { decimals: 2 }).text}`;
  if (low === null || high === null) return `${figure}, without an interval`;
  const side = low > 0 ? 'lies above zero' : high < 0 ? 'lies below zero' : 'includes zero';
  return `${figure} with a 95% interval from ${ratio(low, { decimals: 2 }).text} to ${ratio(high, { decimals: 2 }).text}, which ${side}`;
}

function lateClause(model: ReportModel): string {
  const late = percent(model.metrics.net_return_one_bar_late).text;
  return lateFlipsSign(model) ? `executed one bar late, the result changes its sign to ${late}` : `executed one bar late, it would be ${late}`;
}
