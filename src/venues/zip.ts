import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib';
import { AppError, isAppError } from '../core/errors.ts';

const endSignature = 0x06054b50;
const centralSignature = 0x02014b50;
const localSignature = 0x04034b50;
const descriptorSignature = 0x08074b50;
const endLength = 22;
const centralLength = 46;
const localLength = 30;
const flagEncrypted = 0x2041;
const flagDescriptor = 0x8;

export interface EntryExpectation {
  /** The one entry name accepted. Nothing is ever extracted to a path. */
  readonly expectedName: string;
  /** Largest uncompressed size accepted, bytes. */
  readonly maxBytes: number;
}

interface Entry {
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly compressed: number;
  readonly size: number;
  readonly directoryAt: number;
}

/**
 * The content of a zip archive that holds exactly one entry of a known name, byte for byte accounted for.
 *
 * Output is limited by counted bytes, not by what a header says, and its CRC-32 is compared. The layout must be
 * local header, data, optional descriptor, central directory, end record, with nothing before, between or after.
 *
 * @param bytes whole archive (read only)
 * @returns     uncompressed bytes
 * @throws E_ARCHIVE with a reason: not a zip, encrypted, zip64, several entries, other name, headers that disagree,
 *         trailing or hidden bytes, wrong sizes or CRC, damaged data
 */
export function readSingleEntry(bytes: Buffer, expected: EntryExpectation): Buffer {
  const { entry, packed, refuse } = openEntry(bytes, expected);
  const content = entry.method === 0 ? packed : inflate(packed, entry.size, refuse);
  if (content.length !== entry.size) refuse(`the entry has ${content.length} bytes, its header says ${entry.size}`);
  if (crc32(content) !== entry.crc) refuse('the CRC-32 of the content is not the one in the archive');
  return content;
}

/**
 * The same content piece by piece, for entries too large to hold: never more than a few pieces are in memory. Size and
 * CRC-32 are known only after the last piece; what was made of the pieces must be dropped when this throws.
 *
 * @throws as readSingleEntry
 */
export async function* readEntryChunks(bytes: Buffer, expected: EntryExpectation): AsyncGenerator<Buffer> {
  const { entry, packed, refuse } = openEntry(bytes, expected);
  let size = 0;
  let crc = 0;
  const pieces = entry.method === 0 ? slices(packed) : inflateChunks(packed, entry.size, refuse);
  for await (const piece of pieces) {
    size += piece.length;
    if (size > entry.size) refuse(`the entry is larger than the ${entry.size} bytes its header says`);
    crc = crc32(piece, crc);
    yield piece;
  }
  if (size !== entry.size) refuse(`the entry has ${size} bytes, its header says ${entry.size}`);
  if (crc !== entry.crc) refuse('the CRC-32 of the content is not the one in the archive');
}

const pieceBytes = 2 ** 18;

function* slices(content: Buffer): Generator<Buffer> {
  for (let from = 0; from < content.length; from += pieceBytes) yield content.subarray(from, from + pieceBytes);
}

async function* inflateChunks(packed: Buffer, size: number, refuse: Refuse): AsyncGenerator<Buffer> {
  const inflater = createInflateRaw({ chunkSize: Math.min(pieceBytes, Math.max(64, size + 1)) });
  inflater.end(packed);
  try {
    for await (const piece of inflater) yield piece as Buffer;
  } catch (error) {
    if (isAppError(error)) throw error;
    refuse('the compressed data are damaged', error);
  } finally {
    inflater.destroy();
  }
  if (inflater.bytesWritten !== packed.length) refuse('there are bytes after the end of the compressed data');
}

/** The one entry of an archive, its layout checked to the last byte, with its data as they are packed. */
function openEntry(bytes: Buffer, expected: EntryExpectation): { entry: Entry; packed: Buffer; refuse: Refuse } {
  const refuse: Refuse = (problem, cause) => {
    throw new AppError('E_ARCHIVE', { file: expected.expectedName, problem }, cause === undefined ? {} : { cause });
  };
  const entry = readDirectory(bytes, expected, refuse);
  const dataStart = checkLocal(bytes, entry, expected, refuse);
  return { entry, packed: bytes.subarray(dataStart, dataStart + entry.compressed), refuse };
}

type Refuse = (problem: string, cause?: unknown) => never;

function readDirectory(bytes: Buffer, expected: EntryExpectation, refuse: Refuse): Entry {
  if (bytes.length < 4 || bytes.readUInt32LE(0) !== localSignature) refuse(`not a zip archive: it ${describeStart(bytes)}`);
  const end = bytes.length - endLength;
  if (end < localLength + centralLength || bytes.readUInt32LE(end) !== endSignature)
    refuse('the archive is cut or has trailing bytes: it does not end with an end record');
  if (bytes.readUInt16LE(end + 20) !== 0) refuse('the archive is cut: its comment is missing');
  const count = bytes.readUInt16LE(end + 10);
  const directoryLength = bytes.readUInt32LE(end + 12);
  const at = bytes.readUInt32LE(end + 16);
  if (count === 0xffff || directoryLength === 0xffffffff || at === 0xffffffff) refuse('zip64 archives are not accepted');
  if (bytes.readUInt32LE(end + 4) !== 0 || bytes.readUInt16LE(end + 8) !== count) refuse('the archive is split over several files');
  if (count !== 1) refuse(`the archive has ${count} entries instead of one`);
  if (at + directoryLength !== end || directoryLength < centralLength) refuse('the central directory is not where the end record says');
  if (bytes.readUInt32LE(at) !== centralSignature) refuse('the central directory is damaged');
  const flags = bytes.readUInt16LE(at + 8);
  const method = bytes.readUInt16LE(at + 10);
  const compressed = bytes.readUInt32LE(at + 20);
  const size = bytes.readUInt32LE(at + 24);
  const nameLength = bytes.readUInt16LE(at + 28);
  const extraLength = bytes.readUInt16LE(at + 30);
  if (centralLength + nameLength + extraLength + bytes.readUInt16LE(at + 32) !== directoryLength)
    refuse('the central directory has bytes beyond its entry');
  if (flags & flagEncrypted) refuse('the entry is encrypted');
  if (compressed === 0xffffffff || size === 0xffffffff || hasZip64(bytes, at + centralLength + nameLength, extraLength))
    refuse('zip64 archives are not accepted');
  if (method !== 0 && method !== 8) refuse(`compression method ${method} is not accepted`);
  const name = bytes.subarray(at + centralLength, at + centralLength + nameLength);
  if (!name.equals(Buffer.from(expected.expectedName))) refuse(`the entry is called ${JSON.stringify(name.subarray(0, 80).toString('latin1'))}`);
  if (size > expected.maxBytes) refuse(`the entry declares ${size} bytes, more than the ${expected.maxBytes} expected at most`);
  if (bytes.readUInt32LE(at + 42) !== 0) refuse('the entry does not start at the beginning of the archive');
  return { flags, method, crc: bytes.readUInt32LE(at + 16), compressed, size, directoryAt: at };
}

/** Compares the local header with the central one and returns where the data start. */
function checkLocal(bytes: Buffer, entry: Entry, expected: EntryExpectation, refuse: Refuse): number {
  const nameLength = bytes.readUInt16LE(26);
  const extraLength = bytes.readUInt16LE(28);
  const dataStart = localLength + nameLength + extraLength;
  const dataEnd = dataStart + entry.compressed;
  if (dataEnd > entry.directoryAt) refuse('the entry is larger than the archive');
  if (hasZip64(bytes, localLength + nameLength, extraLength)) refuse('zip64 archives are not accepted');
  const name = bytes.subarray(localLength, localLength + nameLength);
  if (!name.equals(Buffer.from(expected.expectedName))) refuse('the local and the central header name different entries');
  const same = (at: number) =>
    bytes.readUInt32LE(at) === entry.crc && bytes.readUInt32LE(at + 4) === entry.compressed && bytes.readUInt32LE(at + 8) === entry.size;
  const isDescribedLater = (entry.flags & flagDescriptor) !== 0;
  const isBlank = bytes.readUInt32LE(14) === 0 && bytes.readUInt32LE(18) === 0 && bytes.readUInt32LE(22) === 0;
  if (bytes.readUInt16LE(6) !== entry.flags || bytes.readUInt16LE(8) !== entry.method || !(same(14) || (isDescribedLater && isBlank))) {
    refuse('the local and the central header disagree');
  }
  const rest = entry.directoryAt - dataEnd;
  const isDescriptor =
    isDescribedLater && ((rest === 12 && same(dataEnd)) || (rest === 16 && bytes.readUInt32LE(dataEnd) === descriptorSignature && same(dataEnd + 4)));
  if (rest !== 0 && !isDescriptor) refuse('there are unaccounted bytes between the entry and the central directory');
  if (rest === 0 && isDescribedLater && isBlank) refuse('the data descriptor of the entry is missing');
  return dataStart;
}

/** One chunk of the declared size plus a byte: a larger output is refused after that byte, whatever the header says. */
function inflate(packed: Buffer, size: number, refuse: Refuse): Buffer {
  let result: { buffer: Buffer; engine: { bytesWritten: number } };
  try {
    const options = { chunkSize: Math.max(64, size + 1), maxOutputLength: Math.max(1, size), info: true };
    result = inflateRawSync(packed, options) as unknown as typeof result;
  } catch (error) {
    const isTooLong = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    return refuse(isTooLong ? `the entry is larger than the ${size} bytes its header says` : 'the compressed data are damaged', error);
  }
  if (result.engine.bytesWritten !== packed.length) refuse('there are bytes after the end of the compressed data');
  return result.buffer;
}

function hasZip64(bytes: Buffer, start: number, length: number): boolean {
  for (let at = start; at + 4 <= start + length && at + 4 <= bytes.length; at += 4 + bytes.readUInt16LE(at + 2)) {
    if (bytes.readUInt16LE(at) === 1) return true;
  }
  return false;
}

function describeStart(bytes: Buffer): string {
  if (bytes.length === 0) return 'is empty';
  const start = bytes.subarray(0, 64).toString('latin1').trimStart().toLowerCase();
  if (start.startsWith('<')) return 'is an HTML or XML page';
  if (start.startsWith('{') || start.startsWith('[')) return 'is a JSON text';
  return 'does not start with the zip signature';
}
