/**
 * What one overlay says about one line of positions, row by row. An effect answers the questions it has a word on (block.ts,
 * delay.ts, ...) and leaves the others to `silentRule`. Every answer rests on the condition at that row's close.
 */
export interface OverlayRule {
  /** No position is opened, and none grows, at the close of this row. */
  refuses(row: number): boolean;
  /** First row of from..to-1 at whose close a position held before it is left; `to` for none. */
  leaves(from: number, to: number): number;
  /** Bars that an entry offered at this row waits; 0 for none. */
  waits(row: number): number;
  /** Factor on a position that is opened at this row; 1 for none. */
  scales(row: number): number;
}

/** Says nothing about anything. */
export const silentRule: OverlayRule = { refuses: () => false, leaves: (_, to) => to, waits: () => 0, scales: () => 1 };
