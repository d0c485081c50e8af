import { barMs, barsPerDay, dayMs } from '../../core/time.ts';
import type { CompiledBracket } from '../compileBracket.ts';
import type { Frame } from '../frame.ts';
import type { OverlayStack } from '../overlay/overlayStack.ts';
import { civilDay } from '../tradeDays.ts';
import { admitEntry } from './admitEntry.ts';
import type { BracketEntries } from './bracketEntries.ts';

/** A trade as it was taken. One object serves for all trades of a walk: read it when it is handed over. */
export interface TakenTrade {
  entry: number;
  /** Row of the exit; the number of rows when it is open at the end. */
  exit: number;
  side: 1 | -1;
  /** Share of the unit position, 0 to 1. */
  size: number;
  /** Place of the overlay that ended it; -1 where the strategy's own rules did. */
  leftBy: number;
}

export interface TradeWalk {
  readonly entries: BracketEntries;
  readonly stack?: OverlayStack | undefined;
  /** Row from which entries are looked for, and the row of the last entry before it (for the once-a-day rule); from the start when left out. */
  readonly start?: { readonly from: number; readonly lastEntry: number | null } | undefined;
  /** No trade begins at or after this row; all rows when left out. */
  readonly until?: number | undefined;
}

/**
 * The trades of a bracket, one after another: the next entry that the rules allow once the trade before it is over.
 *
 * Under overlays a refused entry is none: it uses up no day and starts no cool-down, and a later row may enter. Day, stop, target and
 * holding time of a trade are those of the row on which it was really opened.
 *
 * @param take called for each trade, in time order
 */
export function walkTrades(
  bracket: CompiledBracket,
  { rows, openTime }: Frame,
  { entries, stack, start, until = rows, take }: TradeWalk & { readonly take: (trade: TakenTrade) => void },
): void {
  const trade: TakenTrade = { entry: 0, exit: 0, side: 1, size: 1, leftBy: -1 };
  const day = bracket.oncePerDay ? dayOfRow(bracket.timezone, openTime) : null;
  const lastEntry = start?.lastEntry ?? null;
  let lastDay = day === null || lastEntry === null ? Number.NaN : day(lastEntry);
  let from = start?.from ?? 0;
  while (from < until) {
    const found = entries.next(from);
    if (found === 0) break;
    const side = found > 0 ? 1 : -1;
    let entry = Math.abs(found) - 1;
    from = entry + 1;
    if (day !== null && day(entry) === lastDay) {
      // A signal that stays on would be asked about on every bar left of the day.
      if (bracket.timezone === 'UTC') from = entry + barsLeft(openTime[entry]!);
      continue;
    }
    if (entry >= until) break;
    if (stack !== undefined) {
      const admitted = admitEntry(entries, stack, { row: entry, side, rows });
      if (admitted < 0) {
        from = -1 - admitted;
        continue;
      }
      entry = admitted;
    }
    if (day !== null) lastDay = day(entry);
    const own = entries.exit(entry, side);
    const exit = stack === undefined ? own : stack.leaveRow(entry + 1, own);
    trade.entry = entry;
    trade.exit = exit;
    trade.side = side;
    trade.size = stack === undefined ? 1 : stack.scale(entry, side);
    trade.leftBy = exit < own ? stack!.leftBy(exit) : -1;
    if (exit < own) stack!.record.flattened(trade.leftBy, exit, side);
    take(trade);
    from = exit + 1 + bracket.cooldownBars;
  }
}

/** A number that is equal for rows of one civil day. */
function dayOfRow(timezone: string, openTime: Float64Array): (row: number) => number {
  const day = civilDay(timezone);
  if (timezone !== 'UTC') return (row) => day(openTime[row]!);
  // The grid is regular: the row says the day, without a look at its time.
  const lead = Math.round(((openTime[0] ?? 0) % dayMs) / barMs);
  return (row) => Math.floor((row + lead) / barsPerDay);
}

/** Bars from this one to the first of the next UTC day. */
function barsLeft(openTime: number): number {
  return Math.round((dayMs - (openTime % dayMs)) / barMs);
}
