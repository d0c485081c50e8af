import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readSingleEntry } from './zip.ts';

const name = 'BTCUSDT-15m-2024-01.csv';
const content = Buffer.from('1,2,3\n'.repeat(500));
const expected = { expectedName: name, maxBytes: 10_000 };

function archive(entries: Record<string, Uint8Array> = { [name]: content }): Buffer {
  return Buffer.from(zipSync(entries, { mtime: new Date(2024, 1, 1, 12) }));
}

/** The archive with some bytes replaced; `where` is a header and an offset inside it. */
function patched(where: 'local' | 'central' | 'end', offset: number, bytes: readonly number[]): Buffer {
  const zip = archive();
  const end = zip.length - 22;
  const start = { local: 0, central: zip.readUInt32LE(end + 16), end }[where];
  zip.set(bytes, start + offset);
  return zip;
}

function lyingSize(size: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(size);
  const zip = patched('local', 22, [...bytes]);
  zip.set(bytes, zip.readUInt32LE(zip.length - 6) + 24);
  return zip;
}

function inserted(at: (zip: Buffer) => number): Buffer {
  const zip = archive();
  const position = at(zip);
  const grown = Buffer.concat([zip.subarray(0, position), Buffer.from('xx'), zip.subarray(position)]);
  grown.writeUInt32LE(zip.readUInt32LE(zip.length - 6) + 2, grown.length - 6);
  return grown;
}

/** An archive whose sizes and CRC follow the data, with or without the descriptor's signature. */
function withDescriptor(hasSignature: boolean): Buffer {
  const plain = archive();
  const central = plain.readUInt32LE(plain.length - 6);
  const fields = plain.subarray(14, 26);
  const signature = hasSignature ? Buffer.from([0x50, 0x4b, 7, 8]) : Buffer.alloc(0);
  const zip = Buffer.concat([plain.subarray(0, central), signature, fields, plain.subarray(central)]);
  zip.fill(0, 14, 26);
  const moved = central + signature.length + 12;
  zip.writeUInt16LE(8, 6);
  zip.writeUInt16LE(8, moved + 8);
  zip.writeUInt32LE(moved, zip.length - 6);
  return zip;
}

describe('readSingleEntry', () => {
  it('returns the content of deflated, stored and empty entries', () => {
    expect(readSingleEntry(archive(), expected)).toEqual(content);
    expect(readSingleEntry(Buffer.from(zipSync({ [name]: content }, { level: 0 })), expected)).toEqual(content);
    expect(readSingleEntry(archive({ [name]: new Uint8Array() }), expected)).toHaveLength(0);
  });

  it('accepts sizes that follow the data', () => {
    expect(readSingleEntry(withDescriptor(true), expected)).toEqual(content);
    expect(readSingleEntry(withDescriptor(false), expected)).toEqual(content);
  });

  it.each<[string, Buffer, string]>([
    ['nothing', Buffer.alloc(0), 'is empty'],
    ['an error page', Buffer.from('<html><body>Error</body></html>'), 'HTML'],
    ['a JSON answer', Buffer.from('{"code":-1}'), 'JSON'],
    ['a cut archive', archive().subarray(0, 100), 'cut'],
    ['trailing bytes', Buffer.concat([archive(), Buffer.from('x')]), 'trailing'],
    ['a comment', patched('end', 20, [1]), 'comment'],
    ['two entries', archive({ [name]: content, 'other.csv': content }), '2 entries'],
    ['another name', archive({ '../evil.csv': content }), '../evil.csv'],
    ['names that differ between headers', patched('local', 30, [0x58]), 'different entries'],
    ['encryption', patched('central', 8, [1]), 'encrypted'],
    ['zip64 in the end record', patched('end', 16, [255, 255, 255, 255]), 'zip64'],
    ['zip64 sizes', patched('central', 24, [255, 255, 255, 255]), 'zip64'],
    ['another method', patched('central', 10, [12]), 'method 12'],
    ['methods that differ', patched('local', 8, [0]), 'disagree'],
    ['sizes that differ', patched('local', 22, [1]), 'disagree'],
    ['an entry that starts later', patched('central', 42, [4]), 'beginning'],
    ['a split archive', patched('end', 4, [1]), 'split'],
    ['a directory elsewhere', patched('end', 16, [0, 0]), 'central directory'],
    ['hidden bytes after the entry', inserted((zip) => zip.readUInt32LE(zip.length - 6)), 'unaccounted'],
    ['a declared size that is too small', lyingSize(64), 'larger than the 64 bytes'],
    ['a declared size that is too large', lyingSize(9_000), 'has 3000 bytes'],
    ['a declared size over the limit', lyingSize(20_000), 'more than the 10000'],
  ])('refuses %s', (_, zip, reason) => {
    expect(() => readSingleEntry(zip, expected)).toThrow(expect.objectContaining({ code: 'E_ARCHIVE', message: expect.stringContaining(reason) }));
  });

  it('refuses a wrong CRC, also when both headers agree on it', () => {
    const zip = patched('local', 14, [1, 2, 3, 4]);
    zip.set([1, 2, 3, 4], zip.readUInt32LE(zip.length - 6) + 16);
    expect(() => readSingleEntry(zip, expected)).toThrow('CRC-32');
  });

  it('stops a bomb at the declared size', () => {
    const zeros = Buffer.alloc(50_000_000);
    const zip = Buffer.from(zipSync({ [name]: zeros }, { level: 9 }));
    zip.writeUInt32LE(1_000, 22);
    zip.writeUInt32LE(1_000, zip.readUInt32LE(zip.length - 6) + 24);
    expect(() => readSingleEntry(zip, expected)).toThrow('larger than the 1000 bytes');
  });

  it('never returns other content when any byte of the archive is changed', () => {
    const zip = archive();
    for (let at = 0; at < zip.length; at++) {
      const changed = Buffer.from(zip);
      changed[at]! ^= 1 << (at % 8);
      let result: Buffer | null = null;
      try {
        result = readSingleEntry(changed, expected);
      } catch (error) {
        expect(error).toMatchObject({ code: 'E_ARCHIVE' });
      }
      if (result !== null) expect(result.equals(content)).toBe(true);
    }
  });
});
