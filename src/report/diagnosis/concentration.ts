import { barMs } from '../../core/time.ts';
import { bookYears } from '../dailyBook.ts';
import { count, percent } from '../format.ts';
import type { ReportModel, ReportTrade } from '../model.ts';
import { groupTrades } from '../tradeGroups.ts';
import { bookFile, type Caution, metricsFile, type Rule, tradeFiles } from './rule.ts';

/** One way of cutting the result into parts that add up. */
interface Cut {
  readonly code: string;
  readonly severity: Caution['severity'];
  /** The best part, as in `without ...`. */
  readonly without: (name: string) => string;
  readonly parts: readonly { readonly name: string; readonly net: number }[];
  readonly advice: string;
  readonly files: readonly string[];
}

/** Whether the gain is that of one year, symbol, direction or hour of the day. */
export const concentration: Rule = (model) => {
  if (!(model.metrics.net_total_return > 0)) return null;
  return cutsOf(model).flatMap(concentrated);
};

function cutsOf(model: ReportModel): Cut[] {
  const { book, metrics, trades } = model;
  return [
    {
      code: 'CONCENTRATED_YEAR',
      severity: 'warning',
      without: (year) => year,
      parts: bookYears(book).map(({ year, net }) => ({ name: String(year), net })),
      advice: 'One good year is one observation: ask what was special about it and whether it can return.',
      files: bookFile,
    },
    {
      code: 'CONCENTRATED_SYMBOL',
      severity: 'warning',
      without: (symbol) => symbol,
      parts: Object.entries(metrics.symbols).map(([name, part]) => ({ name, net: part.net_total_return })),
      advice: 'An edge should show on related symbols; run more of them before believing in one.',
      files: metricsFile,
    },
    {
      code: 'CONCENTRATED_SIDE',
      severity: 'info',
      without: (direction) => `${direction} trades`,
      parts: netOf(trades, ({ direction }) => direction),
      advice: 'Compare with simply holding that side over the same time.',
      files: tradeFiles,
    },
    {
      code: 'CONCENTRATED_HOUR',
      severity: 'info',
      without: (hour) => `trades entered at ${hour} UTC`,
      parts: netOf(trades, ({ entryTime }) => hourOf(entryTime + barMs)),
      advice: 'Of 24 hours the best one often stands out by chance; ask for a reason before trading only then.',
      files: tradeFiles,
    },
  ];
}

/** The caution of a cut whose other parts together gained nothing. */
function concentrated({ code, severity, without, parts, advice, files }: Cut): Caution[] {
  if (parts.length < 2) return [];
  const best = parts.reduce((most, part) => (part.net > most.net ? part : most));
  const total = parts.reduce((sum, { net }) => sum + net, 0);
  const rest = total - best.net;
  if (!(total > 0) || rest > 0) return [];
  return [
    {
      code,
      severity,
      topic: 'result',
      text: `Without ${without(best.name)} (${percent(best.net).text}) the result would be ${percent(rest).text} instead of ${percent(total).text}.`,
      evidence: [
        { label: best.name, value: percent(best.net) },
        { label: 'all others', value: percent(rest) },
        { label: 'parts that gained', value: count(parts.filter(({ net }) => net > 0).length) },
        { label: 'of', value: count(parts.length) },
      ],
      advice,
      files,
    },
  ];
}

/** `09:00 to 09:59`. */
function hourOf(time: number): string {
  const hour = String(new Date(time).getUTCHours()).padStart(2, '0');
  return `${hour}:00 to ${hour}:59`;
}

function netOf(trades: readonly ReportTrade[], label: (trade: ReportTrade) => string): { name: string; net: number }[] {
  return groupTrades(trades, label).map(({ name, pnl }) => ({ name, net: pnl }));
}
