import { isAppError } from '../../src/core/errors.ts';
import { parseFunding } from '../../src/venues/binance/funding.ts';
import { parseKlines } from '../../src/venues/binance/klines.ts';
import { fuzz, type FuzzResult } from '../support/fuzz.ts';
import { referenceFunding, referenceKlines, type ReferenceRow } from './reference.ts';

export const period = { from: Date.UTC(2024, 0, 1), to: Date.UTC(2024, 1, 1) };
const intervalMs = 900_000;
const file = { file: 'fuzz.csv', symbol: 'BTCUSDT', ...period };
const tokens = [
  '\r\n¦\n\n¦,,¦"¦\uFEFF¦0x1F¦1e999¦NaN¦Infinity¦-¦-0¦.5¦5.¦+1¦ 1¦1 ¦\0¦;¦١¦open_time',
  '9007199254740993¦1704067200000¦1704067200000000¦1704067200¦0.00000000000000000000001¦123456789012345678901234567890',
].flatMap((line) => line.split('¦'));

/** True when the rows accepted are those of the reference parser, false when the file is refused, otherwise what is wrong. */
export function judgeKlines(bytes: Buffer): boolean | string {
  return judge(referenceKlines(bytes, { ...period, intervalMs }), () => {
    const bars = parseKlines(bytes, { ...file, intervalMs });
    const { openTime, open, high, low, close, volume, quoteVolume, tradeCount, takerBuyVolume, takerBuyQuoteVolume } = bars;
    return rowsOf(bars.rows, [openTime, open, high, low, close, volume, quoteVolume, tradeCount, takerBuyVolume, takerBuyQuoteVolume]);
  });
}

export function judgeFunding(bytes: Buffer): boolean | string {
  return judge(referenceFunding(bytes, period), () => {
    const { rows, time, rawTime, rate, intervalHours } = parseFunding(bytes, file);
    return rowsOf(rows, [time, rate, intervalHours, rawTime]);
  });
}

export function fuzzKlines(count: number, seed: number): Promise<FuzzResult> {
  return fuzz('klines', count, seed, { limitMs: 5_000, isText: true, tokens }, judgeKlines);
}

export function fuzzFunding(count: number, seed: number): Promise<FuzzResult> {
  return fuzz('funding', count, seed, { limitMs: 5_000, isText: true, tokens }, judgeFunding);
}

function judge(expected: readonly ReferenceRow[] | string, parse: () => ReferenceRow[]): boolean | string {
  let rows: ReferenceRow[];
  try {
    rows = parse();
  } catch (error) {
    if (!isAppError(error) || !['E_CSV', 'E_DATA_CONFLICT'].includes(error.code)) return `ended with ${String(error)}`;
    return typeof expected === 'string' ? false : `a sound file was refused: ${error.message}`;
  }
  if (typeof expected === 'string') return `accepted although ${expected}`;
  if (rows.length !== expected.length) return `${rows.length} rows instead of ${expected.length}`;
  const wrong = rows.findIndex((row, index) => row.some((value, column) => !Object.is(value, expected[index]![column])));
  return wrong < 0 || `row ${wrong} is ${rows[wrong]!.join()} instead of ${expected[wrong]!.join()}`;
}

function rowsOf(rows: number, columns: readonly Float64Array[]): ReferenceRow[] {
  return Array.from({ length: rows }, (_, row) => columns.map((column) => column[row]!));
}
