import { quantile } from '../../stats/quantile.ts';
import type { BookRun } from '../book/book.ts';
import type { DaySpan } from './portfolioMetrics.ts';

/**
 * Capital that the volume carries: what it may be so that trades stay within a share of the day's volume on 19 of 20 traded symbol-days. Null when
 * nothing was traded.
 *
 * @param dollarVolume [symbols][days] quote currency
 * @formula 5 % quantile over traded symbol-days of share x volume / traded exposure
 * @source governance specification 18.8
 */
export function capacity(
  book: BookRun,
  given: { readonly dollarVolume: readonly Float64Array[]; readonly span: DaySpan; readonly participationMax: number },
): number | null {
  const { dollarVolume, span, participationMax } = given;
  const room: number[] = [];
  for (const [s, traded] of book.daily.tradedBySymbol.entries())
    for (let day = span.from; day < span.to; day++) if (traded[day]! > 0) room.push((participationMax * dollarVolume[s]![day]!) / traded[day]!);
  return quantile(room, 0.05);
}
