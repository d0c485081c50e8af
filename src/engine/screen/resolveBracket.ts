import type { CompiledBracket } from '../compileBracket.ts';
import { columnOf, type Frame } from '../frame.ts';
import type { OverlayStack } from '../overlay/overlayStack.ts';
import { clearSpans, type DecidedTrades, type Positions } from '../positions.ts';
import { builtInReasons, FoundEntries } from './bracketEntries.ts';
import { TradeList } from './tradeList.ts';
import { walkTrades } from './walkTrades.ts';

/**
 * Resolves a bracket at closes: entry and exit happen at the close of the bar that triggers them, as in the
 * reference system. A bar that touches stop and target counts as stop. The entry bar is never tested for exit;
 * an exit bar never re-enters.
 *
 * @param reuse an earlier result whose memory may be overwritten: only the rows it used are cleared
 * @param stack overlays that act on the entries and positions; none when left out
 * @returns positions [rows] and the decided trades
 * @source core-pipeline specification 11.4, 11.5, 12-14
 */
export function resolveBracket(
  bracket: CompiledBracket,
  frame: Frame,
  { reuse, stack }: { readonly reuse?: Positions | undefined; readonly stack?: OverlayStack | undefined } = {},
): Positions {
  const close = columnOf(frame, 'close');
  const entries = new FoundEntries(bracket, frame);
  const trades = new TradeList();
  const ownReasons = [...builtInReasons, ...bracket.ruleReasons];
  walkTrades(bracket, frame, {
    entries,
    stack,
    take: ({ entry, exit, side, size, leftBy }) => {
      const reason = leftBy >= 0 ? ownReasons.length + leftBy : entries.reason;
      const stop = bracket.stopPrice(entry, side);
      trades.add({ entry, exit, side, size, reason, stop, target: bracket.targetPrice(entry, side, close[entry]!, stop) });
    },
  });
  const decided = trades.finish(stack === undefined ? ownReasons : [...ownReasons, ...stack.reasons]);
  return fillPositions(decided, frame.rows, reuse);
}

function fillPositions(decided: DecidedTrades, rows: number, reuse: Positions | undefined): Positions {
  const wanted = reuse === undefined ? new Float64Array(rows) : clearSpans(reuse.wanted, reuse.spans);
  const spans = new Int32Array(2 * decided.count);
  for (let trade = 0; trade < decided.count; trade++) {
    const entry = decided.entry[trade]!;
    const exit = decided.exit[trade]!;
    // Adding 0 turns the -0 of a short of no size into 0.
    wanted.fill(decided.side[trade]! * decided.size[trade]! + 0, entry, exit);
    spans[2 * trade] = entry;
    spans[2 * trade + 1] = Math.min(exit + 1, rows);
  }
  return { wanted, spans, decided };
}
