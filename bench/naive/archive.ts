import { strFromU8, unzipSync } from 'fflate';

/** One bar of an archive, columns in file order without close time and the ignored one. */
export const barFields = [
  'openTime',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'quoteVolume',
  'tradeCount',
  'takerBuyVolume',
  'takerBuyQuoteVolume',
] as const;
const fileFields = [0, 1, 2, 3, 4, 5, 7, 8, 9, 10] as const;

export type BarColumns = Record<(typeof barFields)[number], Float64Array>;

/** The plain way: unzip with a library, split lines, split fields, convert with Number. No CRC, no checks. */
export function naiveSplit(zip: Uint8Array): BarColumns {
  const text = strFromU8(Object.values(unzipSync(zip))[0]!);
  const rows = text
    .split('\n')
    .filter((line) => /^\d/.test(line))
    .map((line) => line.split(',').map(Number));
  return toColumns(rows);
}

/**
 * The library way: fflate, then csv-parse (a general CSV reader that gives records), then Number. Null where csv-parse is
 * not installed: only development needs it.
 */
export async function naiveCsvReader(): Promise<((zip: Uint8Array) => BarColumns) | null> {
  const library = await import('csv-parse/sync').catch(() => null);
  if (library === null) return null;
  return (zip) => {
    const records = library.parse(strFromU8(Object.values(unzipSync(zip))[0]!));
    return toColumns(records.filter((record) => /^\d+$/.test(record[0]!)).map((record) => record.map(Number)));
  };
}

function toColumns(rows: readonly number[][]): BarColumns {
  return Object.fromEntries(barFields.map((name, i) => [name, Float64Array.from(rows, (row) => row[fileFields[i]!]!)])) as BarColumns;
}
