import type { CompiledBracket } from '../compileBracket.ts';
import { columnOf, type Frame } from '../frame.ts';
import { clearSpans, type DecidedTrades, type Positions } from '../positions.ts';
import { civilDay } from '../tradeDays.ts';

/** Reasons that every bracket can end with, before those of its own exit rules. Index 0 is a trade open at the end. */
export const builtInReasons = ['open', 'stop', 'trailing_stop', 'target', 'time'] as const;

/**
 * Resolves a bracket at closes: entry and exit happen at the close of the bar that triggers them, as in the
 * reference system. A bar that touches stop and target counts as stop. The entry bar is never tested for exit;
 * an exit bar never re-enters.
 *
 * @param reuse an earlier result whose memory may be overwritten: only the rows it used are cleared
 * @returns positions [rows] and the decided trades
 * @source core-pipeline specification 11.4, 11.5, 12-14
 */
export function resolveBracket(bracket: CompiledBracket, frame: Frame, reuse?: Positions): Positions {
  const { rows, openTime } = frame;
  const close = columnOf(frame, 'close');
  const trades = new TradeList();
  const day = bracket.oncePerDay ? civilDay(bracket.timezone) : null;
  let lastDay = Number.NaN;
  let from = 0;
  while (from < rows) {
    const found = bracket.nextEntry(from, rows);
    if (found === 0) break;
    const side = found > 0 ? 1 : -1;
    const entry = Math.abs(found) - 1;
    from = entry + 1;
    if (day !== null && day(openTime[entry]!) === lastDay) continue;
    const stop = bracket.stopPrice(entry, side);
    if (bracket.hasStop && !(side * (close[entry]! - stop) > 0)) continue;
    if (day !== null) lastDay = day(openTime[entry]!);
    const target = bracket.targetPrice(entry, side, close[entry]!, stop);
    const exit = holdTrade(bracket, frame, entry, side, stop, target);
    trades.add(entry, exit.row, side, exit.reason, stop, target);
    from = exit.row + 1 + bracket.cooldownBars;
  }
  return fillPositions(trades.finish([...builtInReasons, ...bracket.ruleReasons]), rows, reuse);
}

/** Walks from the entry to the first row that ends the trade; `rows` and reason 0 when none does. */
function holdTrade(
  bracket: CompiledBracket,
  frame: Frame,
  entry: number,
  side: 1 | -1,
  stop: number,
  target: number,
): { row: number; reason: number } {
  const high = columnOf(frame, 'high');
  const low = columnOf(frame, 'low');
  const maxHold = bracket.maxHoldBars(entry);
  const distance = Math.max(0, bracket.trailingDistance(entry));
  const isTrailing = distance === distance;
  let best = columnOf(frame, 'close')[entry]!;
  for (let row = entry + 1; row < frame.rows; row++) {
    if (bracket.isBlocked(row)) continue;
    const adverse = side === 1 ? low[row]! : high[row]!;
    const favorable = side === 1 ? high[row]! : low[row]!;
    let reason = 0;
    if (side * (adverse - stop) <= 0) reason = 1;
    else if (isTrailing && side * (adverse - (best - side * distance)) <= 0) reason = 2;
    else if (side * (favorable - target) >= 0) reason = 3;
    else if (row - entry >= maxHold) reason = 4;
    else {
      const rule = bracket.exitRule(row, side, entry);
      if (rule > 0) reason = builtInReasons.length + rule - 1;
    }
    if (reason > 0) return { row, reason };
    if (isTrailing && side * (favorable - best) > 0) best = favorable;
  }
  return { row: frame.rows, reason: 0 };
}

function fillPositions(decided: DecidedTrades, rows: number, reuse: Positions | undefined): Positions {
  const wanted = reuse === undefined ? new Float64Array(rows) : clearSpans(reuse.wanted, reuse.spans);
  const spans = new Int32Array(2 * decided.count);
  for (let trade = 0; trade < decided.count; trade++) {
    const entry = decided.entry[trade]!;
    const exit = decided.exit[trade]!;
    wanted.fill(decided.side[trade]!, entry, exit);
    spans[2 * trade] = entry;
    spans[2 * trade + 1] = Math.min(exit + 1, rows);
  }
  return { wanted, spans, decided };
}

class TradeList {
  #count = 0;
  #entry = new Int32Array(256);
  #exit = new Int32Array(256);
  #side = new Int8Array(256);
  #reason = new Int16Array(256);
  #stop = new Float64Array(256);
  #target = new Float64Array(256);

  add(entry: number, exit: number, side: number, reason: number, stop: number, target: number): void {
    if (this.#count === this.#entry.length) this.#grow();
    const at = this.#count++;
    this.#entry[at] = entry;
    this.#exit[at] = exit;
    this.#side[at] = side;
    this.#reason[at] = reason;
    this.#stop[at] = stop;
    this.#target[at] = target;
  }

  finish(reasons: readonly string[]): DecidedTrades {
    const count = this.#count;
    return {
      count,
      entry: this.#entry.subarray(0, count),
      exit: this.#exit.subarray(0, count),
      side: this.#side.subarray(0, count),
      reason: this.#reason.subarray(0, count),
      reasons,
      stop: this.#stop.subarray(0, count),
      target: this.#target.subarray(0, count),
    };
  }

  #grow(): void {
    const size = 2 * this.#entry.length;
    const copy = <T extends Int32Array | Int8Array | Int16Array | Float64Array>(next: T, old: T): T => (next.set(old), next);
    this.#entry = copy(new Int32Array(size), this.#entry);
    this.#exit = copy(new Int32Array(size), this.#exit);
    this.#side = copy(new Int8Array(size), this.#side);
    this.#reason = copy(new Int16Array(size), this.#reason);
    this.#stop = copy(new Float64Array(size), this.#stop);
    this.#target = copy(new Float64Array(size), this.#target);
  }
}
