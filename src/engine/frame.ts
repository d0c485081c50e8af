import type { Columns } from '../core/table.ts';

/**
 * Everything an accounting may see of one symbol: columns on the canonical 15-minute grid, row i being the
 * bar that opens at openTime[i] and is known at its close. All arrays are [rows] and read-only.
 */
export interface Frame {
  readonly symbol: string;
  readonly rows: number;
  /** Epoch ms, strictly increasing by one bar. */
  readonly openTime: Float64Array;
  /** Bar fields (open, high, low, close, volume), features and causal context columns; NaN is missing. */
  readonly columns: Columns;
  /** 1 on rows without a usable bar. */
  readonly isGap: Uint8Array;
  /** Quality bits per bar (market/barQuality.ts); 0 is a bar with nothing to say about it. Left out: all bars are. */
  readonly quality?: Float64Array;
  /**
   * Rate of the funding event that settles at the close of row i (the open of row i + 1); 0 where none does.
   * A long position carried into that instant pays it when positive.
   */
  readonly fundingRate: Float64Array;
}

/** The named column of a frame; planning has checked that it exists. */
export function columnOf(frame: Frame, name: string): Float64Array {
  const values = frame.columns[name];
  if (values === undefined) throw new RangeError(`frame of ${frame.symbol} has no column ${name}`);
  return values;
}
