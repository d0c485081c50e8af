import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readEntryChunks, readSingleEntry } from './zip.ts';

const expected = { expectedName: 'a.csv', maxBytes: 16 * 2 ** 20 };
const zip = (content: Uint8Array, level: 0 | 6 = 6): Buffer => Buffer.from(zipSync({ 'a.csv': content }, { level, mtime: new Date(2024, 0, 1) }));

async function pieces(bytes: Buffer): Promise<Buffer[]> {
  const found: Buffer[] = [];
  for await (const piece of readEntryChunks(bytes, expected)) found.push(piece);
  return found;
}

const content = Buffer.from(Array.from({ length: 200_000 }, (_, i) => `${i},${(i * 7_919) % 1_000}\n`).join(''));

describe('readEntryChunks', () => {
  it.each([6, 0] as const)('gives the content of readSingleEntry, in pieces of at most 256 kB (level %s)', async (level) => {
    const bytes = zip(content, level);
    const found = await pieces(bytes);
    expect(found.length).toBeGreaterThan(5);
    expect(Math.max(...found.map(({ length }) => length))).toBeLessThanOrEqual(2 ** 18);
    expect(Buffer.concat(found).equals(readSingleEntry(bytes, expected))).toBe(true);
  });

  it('gives nothing of an empty entry', async () => {
    expect(Buffer.concat(await pieces(zip(Buffer.alloc(0))))).toHaveLength(0);
  });

  it('refuses what readSingleEntry refuses, at the latest after the last piece', async () => {
    const bytes = zip(content);
    const spoilt = (change: (copy: Buffer) => void) => {
      const copy = Buffer.from(bytes);
      change(copy);
      return copy;
    };
    const directory = bytes.length - 22 - 46 - 'a.csv'.length;
    const cases: [string, Buffer][] = [
      ['CRC', spoilt((copy) => [14, directory + 16].forEach((at) => copy.writeUInt32LE(1, at)))],
      ['larger than the', spoilt((copy) => [22, directory + 24].forEach((at) => copy.writeUInt32LE(content.length - 1, at)))],
      ['its header says', spoilt((copy) => [22, directory + 24].forEach((at) => copy.writeUInt32LE(content.length + 1, at)))],
      ['damaged', spoilt((copy) => copy.fill(0xff, 60, 90))],
      ['cut or has trailing', bytes.subarray(0, bytes.length - 1)],
      ['more than the', zip(Buffer.alloc(17 * 2 ** 20), 0)],
    ];
    for (const [message, file] of cases)
      await expect(pieces(file), message).rejects.toMatchObject({ code: 'E_ARCHIVE', message: expect.stringContaining(message) });
  });

  it('holds a few pieces at a time, not the whole of a large entry', async () => {
    const large = zip(Buffer.alloc(12 * 2 ** 20, '1,2,3,4,5,6,7\n'));
    let most = 0;
    for await (const piece of readEntryChunks(large, expected)) most = Math.max(most, piece.buffer.byteLength);
    expect(most).toBeLessThanOrEqual(2 ** 18);
  });
});
