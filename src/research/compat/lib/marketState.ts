import { rollingRank } from '../../../stats/rolling/rollingRank.ts';
import { prettyJson } from '../../../core/canonicalJson.ts';
import type { ReferenceFrame } from './frame.ts';
import { fullWindowMean } from './rolling.ts';
import type { ReferenceText } from './table.ts';

/**
 * Percent of the last `window` values, this one included, that are at most this one; NaN unless all are there. Ties count in full, so that a long
 * plateau ranks 100 (S-13).
 *
 * @param values [bars], read only
 * @source       research specification section 2
 */
export function trailingPercentile(values: Float64Array, window: number): Float64Array {
  const out = new Float64Array(values.length);
  rollingRank(values, window, out);
  return out;
}

/** How the slow trend is taken, in bars. */
export interface TrendSettings {
  readonly htfWindow: number;
  readonly htfLookback: number;
}

/**
 * Sign of the change of the moving average of closes, 0 where it is missing.
 *
 * @param close [bars], read only
 * @source      research specification 4.8 and 5.1
 */
export function trendOf(close: Float64Array, { htfWindow, htfLookback }: TrendSettings): Int8Array {
  const average = fullWindowMean(close, htfWindow);
  return Int8Array.from(average, (value, bar) => Math.sign(value - average[bar - htfLookback]!) || 0);
}

/** A column found by the beginning of its name. */
export interface FoundColumn {
  readonly name: string;
  readonly values: Float64Array;
}

/**
 * The column with this prefix and a window behind it, the smallest window where there are several.
 *
 * @throws RangeError naming the symbol and the prefix where there is none
 */
export function columnByPrefix({ symbol, columns }: ReferenceFrame, prefix: string): FoundColumn {
  const windows = Object.keys(columns)
    .filter((name) => name.startsWith(prefix))
    .map((name) => Number(name.slice(prefix.length)))
    .filter(Number.isInteger);
  if (windows.length === 0) throw new RangeError(`the frame of ${symbol} has no column that begins with ${prefix}`);
  const name = `${prefix}${Math.min(...windows)}`;
  return { name, values: columns[name]! };
}

/** JSON with its keys sorted; what is not finite becomes null (weakness E-02). */
export function sortedJson(name: string, value: unknown): ReferenceText {
  return { name, text: prettyJson(JSON.parse(JSON.stringify(value))) };
}
