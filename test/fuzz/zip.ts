import { isAppError } from '../../src/core/errors.ts';
import { readSingleEntry } from '../../src/venues/zip.ts';
import { corpus, fuzz, type FuzzResult } from '../support/fuzz.ts';

/** The one entry of every archive in the corpus, whatever method it is stored with. */
export const entryName = 'BTCUSDT-15m-2024-01.csv';
export const entryLimit = 64 * 1_024;
export const entryContent: Buffer = readSingleEntry(corpus('zip').find(({ name }) => name === 'accepted-deflated.zip')!.bytes, {
  expectedName: entryName,
  maxBytes: entryLimit,
});

/** True when the archive gives the one true content, false when it is refused with E_ARCHIVE, otherwise what is wrong. */
export function judgeZip(bytes: Buffer): boolean | string {
  try {
    return readSingleEntry(bytes, { expectedName: entryName, maxBytes: entryLimit }).equals(entryContent) || 'other content was accepted';
  } catch (error) {
    return isAppError(error) && error.code === 'E_ARCHIVE' ? false : `ended with ${String(error)}`;
  }
}

export function fuzzZip(count: number, seed: number): Promise<FuzzResult> {
  return fuzz(
    'zip',
    count,
    seed,
    { limitMs: 5_000, maxBytes: 16_384, tokens: ['PK\x03\x04', 'PK\x01\x02', 'PK\x05\x06', 'PK\x07\x08', entryName] },
    judgeZip,
  );
}
