import { sampleStd } from '../../stats/moments.ts';
import { percent, plural, type Shown, count } from '../format.ts';
import type { ReportModel, ReportTrade } from '../model.ts';
import { type Caution, type Evidence, type Rule, tradeFiles } from './rule.ts';

/** Fewer trades than this say little, whatever their result. */
export const fewTradesLimit = 30;
/** Standard errors that the mean trade must lie away from zero to be told from chance. */
const needed = 1.96;

/** Too few round trips, in the book or in one strategy of it. */
export const fewTrades: Rule = (model) => {
  const trades = model.metrics.total_trades;
  if (trades === 0) return noTrades();
  if (trades >= fewTradesLimit) return fewInParts(model);
  return {
    code: 'FEW_TRADES',
    severity: 'warning',
    topic: 'result',
    text: `Only ${plural(trades, 'trade')}: fewer than ${fewTradesLimit} say little, whatever their result.`,
    evidence: evidenceOf(model.trades),
    advice: 'Run more symbols or more years; do not tune on these trades.',
    files: tradeFiles,
  };
};

function noTrades(): Caution {
  return {
    code: 'NO_TRADES',
    severity: 'error',
    topic: 'result',
    text: 'No strategy traded, so there is nothing to judge.',
    evidence: [],
    advice: 'See how many bars the strategies could not use (Data quality), then loosen the entry conditions (Setup).',
    files: tradeFiles,
  };
}

function fewInParts({ metrics }: ReportModel): Caution | null {
  const few = Object.entries(metrics.strategies).filter(([, part]) => part.total_trades < fewTradesLimit);
  if (few.length === 0 || Object.keys(metrics.strategies).length === 1) return null;
  return {
    code: 'FEW_TRADES_PART',
    severity: 'info',
    topic: 'result',
    text: `Fewer than ${fewTradesLimit} trades each: ${few.map(([id, part]) => `${id} (${part.total_trades})`).join(', ')}.`,
    evidence: few.map(([id, part]) => ({ label: id, value: count(part.total_trades) })),
    advice: 'Judge such a strategy as part of the book only.',
    files: ['metrics.json'],
  };
}

function evidenceOf(trades: readonly ReportTrade[]): Evidence[] {
  const pnl = trades.map((trade) => trade.pnl);
  const mean = pnl.reduce((sum, value) => sum + value, 0) / pnl.length;
  const spread = sampleStd(pnl);
  const enough = spread === null || mean === 0 ? null : Math.ceil(((needed * spread) / mean) ** 2);
  const shown: Shown = count(enough, { reason: 'needs two trades and a mean other than zero' });
  return [
    { label: 'Trades', value: count(trades.length) },
    { label: 'Mean trade', value: percent(pnl.length === 0 ? null : mean) },
    { label: 'Standard deviation', value: percent(spread) },
    { label: 'Trades that would tell such a mean from zero', value: shown },
  ];
}
