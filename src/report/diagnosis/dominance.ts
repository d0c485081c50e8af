import { formatDay } from '../../core/time.ts';
import { percent } from '../format.ts';
import type { ReportModel, ReportTrade } from '../model.ts';
import { rankTrades } from '../tradeGroups.ts';
import { type Caution, type Evidence, type Rule, tradeFiles } from './rule.ts';

/** A trade with more than this share of the net result carries it alone. */
const dominantShare = 0.5;
/** The best trades that are taken away together. */
const top = 5;
/** Of fewer trades than this the best five are most of them anyway. */
const enoughTrades = 20;

/** Whether one trade, or the best five, are the whole result. */
export const dominance: Rule = (model) => {
  const net = model.metrics.net_total_return;
  const ranked = rankTrades(model.trades);
  if (ranked.length === 0 || net === 0) return null;
  const extreme = net > 0 ? ranked : ranked.toReversed();
  const first = extreme[0]!;
  if (first.pnl / net > dominantShare) return oneTrade(model, first, extreme);
  const five = sumOf(extreme.slice(0, top));
  return net > 0 && ranked.length >= enoughTrades && five >= net ? fiveTrades(net, five, extreme) : null;
};

function oneTrade({ metrics }: ReportModel, trade: ReportTrade, ranked: readonly ReportTrade[]): Caution {
  const net = metrics.net_total_return;
  const without = percent(net - trade.pnl).text;
  const what = `A single trade (${trade.symbol}, ${formatDay(trade.entryTime)}, ${percent(trade.pnl).text})`;
  const outcome = `the net ${net > 0 ? 'gain' : 'loss'}`;
  const share = trade.pnl / net;
  const part = share > 1 ? `is more than ${outcome} of ${percent(net).text}` : `amounts to ${percent(share).text} of ${outcome}`;
  return {
    code: 'ONE_TRADE_DOMINATES',
    severity: 'warning',
    topic: 'result',
    text: `${what} ${part}; without it the result would be ${without}.`,
    evidence: evidenceOf(net, ranked),
    advice: 'Look at that trade bar by bar: is its price real, would the order have been filled, can it happen again?',
    files: tradeFiles,
  };
}

function fiveTrades(net: number, five: number, ranked: readonly ReportTrade[]): Caution {
  return {
    code: 'FEW_TRADES_DOMINATE',
    severity: 'warning',
    topic: 'result',
    text: `The best ${top} of ${ranked.length} trades made ${percent(five).text}, the whole book ${percent(net).text}: without them the result would be ${percent(net - five).text}.`,
    evidence: evidenceOf(net, ranked),
    advice: 'Ask whether the strategy is meant to live on rare large gains; if not, the other trades are the result.',
    files: tradeFiles,
  };
}

function evidenceOf(net: number, ranked: readonly ReportTrade[]): Evidence[] {
  const five = sumOf(ranked.slice(0, top));
  const name = net > 0 ? 'Best' : 'Worst';
  return [
    { label: `${name} trade`, value: percent(ranked[0]!.pnl) },
    { label: 'its share of the net', value: percent(ranked[0]!.pnl / net) },
    { label: 'net without it', value: percent(net - ranked[0]!.pnl) },
    ...(ranked.length <= top
      ? []
      : [
          { label: `${name} ${top} trades`, value: percent(five) },
          { label: 'their share', value: percent(five / net) },
          { label: 'net without them', value: percent(net - five) },
        ]),
  ];
}

function sumOf(trades: readonly ReportTrade[]): number {
  return trades.reduce((sum, { pnl }) => sum + pnl, 0);
}
