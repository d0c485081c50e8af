import { barsPerDay, dayMs } from '../../core/time.ts';
import { sampleStd } from '../../stats/moments.ts';
import { quantiles } from '../../stats/quantile.ts';
import { neumaierSum } from '../../stats/sums.ts';
import type { Market } from '../book/market.ts';
import type { DaySpan } from './portfolioMetrics.ts';

/** Pnl of some of the days: a calendar year, or those under a market condition. */
export interface PeriodResult {
  readonly period: string;
  readonly days: number;
  readonly pnl: number;
}

const conditionDays = 30;

/** Pnl by UTC year. */
export function byYear(daily: Float64Array, firstDay: number, span: DaySpan): PeriodResult[] {
  return grouped(daily, span, (day) => String(new Date(firstDay + day * dayMs).getUTCFullYear()));
}

/**
 * Pnl by condition of the market on the day before: thirds of volatility, trend and sign of funding, each from the thirty days up to then, the mean
 * over symbols. Thirds are those of the span.
 */
export function byCondition(daily: Float64Array, market: Market, span: DaySpan): PeriodResult[] {
  const move = meanByDay(market, market.returns);
  const funding = meanByDay(market, market.fundingRate);
  const before = (day: number, column: Float64Array) => column.subarray(Math.max(0, day - conditionDays), day);
  const days = Array.from({ length: span.to - span.from }, (_, i) => span.from + i).filter((day) => day >= conditionDays);
  if (days.length === 0) return [];
  const volatility = new Map(days.map((day) => [day, sampleStd(before(day, move)) ?? 0]));
  const [low, high] = quantiles([...volatility.values()], [1 / 3, 2 / 3]) as [number, number];
  const within = { from: days[0]!, to: span.to };
  return [
    ...grouped(daily, within, (day) => `volatility ${volatility.get(day)! <= low ? 'low' : volatility.get(day)! <= high ? 'middle' : 'high'}`),
    ...grouped(daily, within, (day) => `trend ${neumaierSum(before(day, move)) >= 0 ? 'up' : 'down'}`),
    ...grouped(daily, within, (day) => `funding ${neumaierSum(before(day, funding)) >= 0 ? 'positive' : 'negative'}`),
  ];
}

/**
 * Share of the periods with a profit or loss that have the dominant sign, which is negative on a tie; signed by it. Null without any.
 *
 * @source governance specification 11.2, 18.8
 */
export function signConsistency(
  periods: readonly PeriodResult[],
): { readonly sign: 1 | -1; readonly share: number; readonly periods: number } | null {
  const signs = periods.filter(({ pnl }) => pnl !== 0);
  if (signs.length === 0) return null;
  const gains = signs.filter(({ pnl }) => pnl > 0).length;
  const sign = gains > signs.length - gains ? 1 : -1;
  return { sign, share: (sign === 1 ? gains : signs.length - gains) / signs.length, periods: signs.length };
}

function grouped(daily: Float64Array, span: DaySpan, nameOf: (day: number) => string): PeriodResult[] {
  const groups = new Map<string, number[]>();
  for (let day = span.from; day < span.to; day++) {
    const name = nameOf(day);
    const known = groups.get(name);
    if (known === undefined) groups.set(name, [daily[day]!]);
    else known.push(daily[day]!);
  }
  return [...groups]
    .map(([period, values]) => ({ period, days: values.length, pnl: neumaierSum(values) }))
    .sort((a, b) => (a.period < b.period ? -1 : 1));
}

/** [days] mean over symbols of the day's sum. */
function meanByDay({ days, symbols }: Market, columns: readonly Float64Array[]): Float64Array {
  const mean = new Float64Array(days);
  for (const column of columns) for (let row = 0; row < column.length; row++) mean[Math.floor(row / barsPerDay)]! += column[row]! / symbols.length;
  return mean;
}
