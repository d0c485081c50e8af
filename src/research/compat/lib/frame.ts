import { hourMs } from '../../../core/time.ts';
import type { StudyFrame } from '../../study/frame.ts';

/** One symbol's bars with the columns of its feature table, [rows], read only; NaN is missing. */
export type ReferenceFrame = Pick<StudyFrame, 'symbol' | 'rows' | 'openTime' | 'columns'>;

/** What the reference's feature table holds. It has no volume, so that "activity" and "imbalance" fall back to other things (S-11, S-12). */
export const featureTableColumns = [
  'open',
  'high',
  'low',
  'close',
  'funding_event_ts',
  'funding_rate_scaled',
  'ret_1',
  'logret_1',
  'rv_96',
  'rv_pct_2880',
  'high_96',
  'low_96',
  'range_96',
  'range_med_480',
] as const;

/** A frame with the columns of the reference's feature table and no others. */
export function featureTable({ symbol, rows, openTime, columns }: ReferenceFrame): ReferenceFrame {
  const kept = featureTableColumns.flatMap((name) => (columns[name] === undefined ? [] : [[name, columns[name]] as const]));
  return { symbol, rows, openTime, columns: Object.fromEntries(kept) };
}

/**
 * A column that an analyzer cannot do without.
 *
 * @throws RangeError naming the symbol and the column
 */
export function requireColumn(frame: ReferenceFrame, name: string): Float64Array {
  const column = frame.columns[name];
  if (column === undefined) throw new RangeError(`the frame of ${frame.symbol} has no column ${name}`);
  return column;
}

/** UTC hour, 0 to 23, at which a bar opens. */
export function hourOf(ms: number): number {
  return Math.floor(ms / hourMs) % 24;
}

/** UTC calendar year of an instant. */
export function yearOf(ms: number): number {
  return new Date(ms).getUTCFullYear();
}

/** Third of the UTC day in which an hour lies. */
export function sessionOf(hour: number): 'Asia' | 'EU' | 'US' {
  return hour < 8 ? 'Asia' : hour < 16 ? 'EU' : 'US';
}
