import { crc32 } from 'node:zlib';
import { canonicalJson } from '../core/canonicalJson.ts';
import type { Files } from '../core/effects.ts';
import type { ColumnSpec, Table, TextColumn } from '../core/table.ts';
import { columnChecksum } from './checksum.ts';
import { writeDerived } from './writeAtomic.ts';

/**
 * The column cache: one flat file per table, read in one go and used through views. Layout, little-endian:
 * magic (8 bytes), header length as u64, CRC of the header as u32, four zero bytes, canonical JSON header padded with
 * spaces to a multiple of 8, then one f64 column after the other. Text is stored as codes into a dictionary (NaN for
 * null).
 * Derived data: safe to delete, never trusted without the checksums in its header.
 */
const magic = Buffer.from('BTCOLS01', 'latin1');
const prefixBytes = 24;

interface CachedColumn extends ColumnSpec {
  readonly checksum: string;
  readonly dictionary?: readonly string[];
}

interface CacheHeader {
  readonly columns: readonly CachedColumn[];
  readonly rows: number;
  /** Hash of what the table was made from. */
  readonly sourceKey: string;
}

/**
 * Writes the cache file of a table, replacing an older one. Not flushed to the device: a torn file is noticed when read.
 *
 * @param sourceKey content hash of the source, for example the SHA-256 of the Parquet file
 * @throws E_DISK_FULL, E_PERMISSION, E_FILE
 */
export async function writeColumnCache(files: Files, path: string, table: Table, sourceKey: string, uniqueName: () => string): Promise<void> {
  const parts: Uint8Array[] = [];
  const columns: CachedColumn[] = table.columns.map(({ name, type }) => {
    const text = type === 'text' ? (table.coded?.[name] ?? encodeText(table.texts[name]!)) : null;
    const values = text?.codes ?? table.numbers[name]!;
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    parts.push(bytes);
    return { name, type, checksum: columnChecksum(values), ...(text && { dictionary: text.dictionary }) };
  });
  const header: CacheHeader = { columns, rows: table.rows, sourceKey };
  const json = Buffer.from(canonicalJson(header), 'utf8');
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, ' ');
  json.copy(padded);
  const prefix = Buffer.alloc(prefixBytes);
  magic.copy(prefix);
  prefix.writeBigUInt64LE(BigInt(padded.length), 8);
  prefix.writeUInt32LE(crc32(padded), 16);
  await writeDerived(files, path, [prefix, padded, ...parts], uniqueName);
}

/**
 * The cached table, or null when there is none that can be used: absent, made from another source, damaged, or without
 * one of the columns asked for. Never throws on damage. Numeric columns are views into one buffer.
 *
 * @param options `columns` restricts (and orders) the columns; `shared` puts the buffer on a SharedArrayBuffer
 */
export async function readColumnCache(
  files: Files,
  path: string,
  sourceKey: string,
  options: { readonly columns?: readonly ColumnSpec[]; readonly shared?: boolean } = {},
): Promise<Table | null> {
  let content: Buffer;
  try {
    content = await files.read(path);
  } catch {
    return null;
  }
  const header = parseHeader(content);
  if (header === null || header.sourceKey !== sourceKey) return null;
  const wanted = options.columns ?? header.columns.map(({ name, type }) => ({ name, type }));
  const places = wanted.map(({ name, type }) =>
    header.columns.findIndex((column) => column.name === name && (column.type === 'text') === (type === 'text')),
  );
  if (places.includes(-1)) return null;
  const bytes = header.rows * 8;
  const { buffer, offset } = alignedBuffer(content, content.byteLength - header.columns.length * bytes, options.shared ?? false);
  const numbers: Record<string, Float64Array> = {};
  const texts: Record<string, TextColumn> = {};
  for (const [index, { name, type }] of wanted.entries()) {
    const { checksum, dictionary = [] } = header.columns[places[index]!]!;
    const values = new Float64Array(buffer, offset + places[index]! * bytes, header.rows);
    if (columnChecksum(values) !== checksum) return null;
    if (type === 'text') texts[name] = decodeText(values, dictionary);
    else numbers[name] = values;
  }
  return { columns: wanted, rows: header.rows, numbers, texts };
}

/** The header, when magic, checksum and file length all fit; otherwise null. */
function parseHeader(content: Buffer): CacheHeader | null {
  if (content.length < prefixBytes || !content.subarray(0, 8).equals(magic)) return null;
  const length = Number(content.readBigUInt64LE(8));
  if (length > content.length - prefixBytes) return null;
  const json = content.subarray(prefixBytes, prefixBytes + length);
  if (crc32(json) !== content.readUInt32LE(16)) return null;
  const header = JSON.parse(json.toString('utf8')) as CacheHeader;
  return content.length === prefixBytes + length + header.columns.length * header.rows * 8 ? header : null;
}

/** The file's memory itself when its columns lie on 8-byte boundaries and need not be shared; otherwise a copy of the columns. */
function alignedBuffer(content: Buffer, start: number, shared: boolean): { buffer: ArrayBufferLike; offset: number } {
  const offset = content.byteOffset + start;
  if (!shared && offset % 8 === 0) return { buffer: content.buffer, offset };
  const length = content.byteLength - start;
  const buffer = shared ? new SharedArrayBuffer(length) : new ArrayBuffer(length);
  new Uint8Array(buffer).set(content.subarray(start));
  return { buffer, offset: 0 };
}

function encodeText(values: TextColumn): { codes: Float64Array; dictionary: string[] } {
  const codes = new Float64Array(values.length);
  const known = new Map<string, number>();
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? null;
    if (value === null) {
      codes[i] = NaN;
      continue;
    }
    let code = known.get(value);
    if (code === undefined) known.set(value, (code = known.size));
    codes[i] = code;
  }
  return { codes, dictionary: [...known.keys()] };
}

function decodeText(codes: Float64Array, dictionary: readonly string[]): (string | null)[] {
  return Array.from(codes, (code) => dictionary[code] ?? null);
}
