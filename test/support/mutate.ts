import { nextIndex, nextUint32, type RandomState } from '../../src/core/random.ts';

/** Numbers that parsers stumble over, as 32-bit words. */
const words = [0, 1, 7, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

export interface MutateOptions {
  /** Pieces that mean something to the parser under test. */
  readonly tokens?: readonly string[];
  /** True for text: bytes are replaced by printable ones most of the time, so that mutations reach deeper. */
  readonly isText?: boolean;
  /** Largest result. Default 64 KiB. */
  readonly maxBytes?: number;
}

/** A changed copy: mostly one, at most six random edits of the kinds that fuzzers use. Equal streams give equal results. */
export function mutate(seed: Buffer, stream: RandomState, { tokens = [], isText = false, maxBytes = 65_536 }: MutateOptions = {}): Buffer {
  let bytes: Buffer = Buffer.from(seed);
  for (let edits = 1 + nextIndex(stream, nextIndex(stream, 3) === 0 ? 6 : 1); edits > 0; edits--) bytes = edit(bytes, stream, tokens, isText);
  return bytes.length > maxBytes ? bytes.subarray(0, maxBytes) : bytes;
}

function edit(bytes: Buffer, stream: RandomState, tokens: readonly string[], isText: boolean): Buffer {
  const at = nextIndex(stream, bytes.length + 1);
  const length = nextIndex(stream, Math.min(64, bytes.length - at) + 1);
  const splice = (from: number, to: number, insert: Uint8Array) => Buffer.concat([bytes.subarray(0, from), insert, bytes.subarray(to)]);
  switch (nextIndex(stream, 10)) {
    case 0:
      return flipBit(bytes, stream);
    case 1:
    case 2:
      return splice(at, Math.min(at + 1, bytes.length), Buffer.of(isText ? printable(stream) : nextUint32(stream) & 255));
    case 3:
      return splice(at, at + length, Buffer.alloc(0));
    case 4:
      return splice(at, at, bytes.subarray(at, at + length));
    case 5: {
      const from = nextIndex(stream, bytes.length + 1);
      return splice(at, at + length, bytes.subarray(from, from + nextIndex(stream, 64)));
    }
    case 6:
      return nextIndex(stream, 4) === 0 ? bytes.subarray(0, at) : splice(at, at, noise(1 + nextIndex(stream, 8), stream, isText));
    case 7:
      return isText ? changeDigit(bytes, at, stream) : setWord(bytes, stream);
    case 8:
      return repeatLine(bytes, at, stream);
    default:
      if (tokens.length === 0) return flipBit(bytes, stream);
      return splice(at, nextIndex(stream, 2) === 0 ? at : at + length, Buffer.from(tokens[nextIndex(stream, tokens.length)]!));
  }
}

function flipBit(bytes: Buffer, stream: RandomState): Buffer {
  if (bytes.length === 0) return bytes;
  const copy = Buffer.from(bytes);
  copy[nextIndex(stream, copy.length)]! ^= 1 << nextIndex(stream, 8);
  return copy;
}

/** Replaces the next digit by another: the edit after which text of numbers is most often still well formed. */
function changeDigit(bytes: Buffer, from: number, stream: RandomState): Buffer {
  const copy = Buffer.from(bytes);
  for (let at = from; at < copy.length; at++) {
    if (copy[at]! < 48 || copy[at]! > 57) continue;
    copy[at] = 48 + nextIndex(stream, 10);
    break;
  }
  return copy;
}

function setWord(bytes: Buffer, stream: RandomState): Buffer {
  const width = [1, 2, 4][nextIndex(stream, 3)]!;
  if (bytes.length < width) return bytes;
  const copy = Buffer.from(bytes);
  const value = words[nextIndex(stream, words.length)]! % 256 ** width;
  copy.writeUIntLE(value, nextIndex(stream, copy.length - width + 1), width);
  return copy;
}

/** Doubles a line or moves it elsewhere. */
function repeatLine(bytes: Buffer, at: number, stream: RandomState): Buffer {
  const start = bytes.lastIndexOf(10, at) + 1;
  const next = bytes.indexOf(10, at);
  const end = next < 0 ? bytes.length : next + 1;
  const line = bytes.subarray(start, end);
  const target = bytes.indexOf(10, nextIndex(stream, bytes.length + 1)) + 1;
  const rest = nextIndex(stream, 2) === 0 ? bytes : Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  return Buffer.concat([rest.subarray(0, target), line, rest.subarray(target)]);
}

function noise(length: number, stream: RandomState, isText: boolean): Buffer {
  return Buffer.from(Array.from({ length }, () => (isText ? printable(stream) : nextUint32(stream) & 255)));
}

function printable(stream: RandomState): number {
  if (nextIndex(stream, 12) === 0) return nextUint32(stream) & 255;
  const often = '0123456789.,-:[]{}&*!|>\'"# \t\n\r\0eExX+_';
  return often.charCodeAt(nextIndex(stream, often.length));
}
