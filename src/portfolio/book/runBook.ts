import { barsPerDay } from '../../core/time.ts';
import type { UnitStream } from '../streams.ts';
import type { BookRun, Decide, Execution } from './book.ts';
import { accrue, advanceUnits, bookOf, endOfDay, openAll, openLedger, setActing, settle, takeWeights, throttled, trade } from './bookLedger.ts';
import type { Market } from './market.ts';

/**
 * Runs unit streams under weights. Weights decided at the end of day d act on targets from the first bar of d + 1; exposures in force after bar
 * t - 1 earn the return of bar t; edges net per symbol before they trade.
 *
 * @param given.decide asked once at the end of each day; what it says on the last one is in `next`
 * @formula pnl_t = sum_s(x_(s,t-1) (r_(s,t) - f_(s,t))) - sum_s(c_s |x_(s,t) - x_(s,t-1)|)
 * @source governance specification 18.5
 */
export function runBook(streams: readonly UnitStream[], market: Market, given: { readonly decide: Decide; readonly execution: Execution }): BookRun {
  const { execution, decide } = given;
  const delay = execution.delayBars ?? 0;
  const ledger = openLedger(streams, market, execution);
  let next: Float64Array | null = null;
  for (let day = 0; day < market.days; day++) {
    const acts = day * barsPerDay + delay;
    for (let row = day * barsPerDay; row < (day + 1) * barsPerDay; row++) {
      // What is decided at this close rests on the drawdown before this bar.
      if (throttled(ledger, day)) openAll(ledger);
      accrue(ledger, row, day);
      advanceUnits(ledger, row - delay);
      if (row === acts) setActing(ledger);
      if (!ledger.isSettled) trade(ledger, row, day);
      settle(ledger, row, day);
    }
    const decided = decide(endOfDay(ledger, day));
    if (day + 1 < market.days) takeWeights(ledger, decided, day + 1);
    else next = decided;
  }
  return bookOf(ledger, next);
}
