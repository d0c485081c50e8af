/**
 * What resolving an intent yields, whatever the accounting does with it: the position wanted at each close,
 * where it may differ from zero, and why it ended.
 */
export interface Positions {
  /** [rows] wanted position in [-1, 1] at the close of each bar. */
  readonly wanted: Float64Array;
  /** Pairs (from, to): outside these half-open row ranges the position is 0 before and after. */
  readonly spans: Int32Array;
  /** Decided trades in time order; empty for intents that name positions rather than trades. */
  readonly decided: DecidedTrades;
}

/** Parallel arrays, one element per trade that the intent's own rules opened. */
export interface DecidedTrades {
  readonly count: number;
  readonly entry: Int32Array;
  /** Row on which the exit was decided; equal to `rows` when the trade is open at the end. */
  readonly exit: Int32Array;
  readonly side: Int8Array;
  /** Share of the unit position, 0 to 1; less than 1 only under an overlay. */
  readonly size: Float64Array;
  /** Index into `reasons`. */
  readonly reason: Int16Array;
  readonly reasons: readonly string[];
  /** Protective and take-profit price fixed at entry; NaN when there is none. */
  readonly stop: Float64Array;
  readonly target: Float64Array;
}

export const noDecidedTrades: DecidedTrades = {
  count: 0,
  entry: new Int32Array(0),
  exit: new Int32Array(0),
  side: new Int8Array(0),
  size: new Float64Array(0),
  reason: new Int16Array(0),
  reasons: [],
  stop: new Float64Array(0),
  target: new Float64Array(0),
};

/** The column with zeros in the given row ranges; everything else is zero already. */
export function clearSpans(column: Float64Array, spans: Int32Array): Float64Array {
  for (let span = 0; span < spans.length; span += 2) column.fill(0, spans[span], spans[span + 1]);
  return column;
}
