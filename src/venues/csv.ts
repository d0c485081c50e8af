import { AppError } from '../core/errors.ts';
import { formatTime } from '../core/time.ts';

const maxLineBytes = 4_096;
const comma = 44;
const newline = 10;
const minus = 45;
const dot = 46;
const digit0 = 48;
const quote = 34;
const dateTimeLength = 19;
const exactInteger = 2 ** 53;
const powers = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/**
 * A cursor over the bytes of a CSV file of plain decimal numbers, and of words and times where a dataset has them.
 *
 * Grammar of a number: optional minus, digits, optional dot with digits. No quotes, spaces, exponents, signs of plus,
 * carriage returns or byte order marks. Every field ends with a comma, the last one of a line with a line feed or the
 * end of the file. Values are the nearest doubles: the digits are gathered as an integer and divided once by a power of
 * ten, which is correctly rounded below 2^53 and up to 10^22; anything longer goes through `Number`.
 *
 * @throws E_CSV with the line number, for every deviation
 */
export class CsvCursor {
  readonly bytes: Buffer;
  readonly file: string;
  position = 0;
  /** 1-based number of the line that the cursor is in. */
  line = 1;
  private lineStart = 0;

  constructor(bytes: Buffer, file: string) {
    this.bytes = bytes;
    this.file = file;
  }

  get isAtEnd(): boolean {
    return this.position >= this.bytes.length;
  }

  /** The decimal number of the next field, which must be followed by `end` (a comma, or a line feed for the last). */
  decimal(isLast: boolean): number {
    const bytes = this.bytes;
    const length = bytes.length;
    const start = this.position;
    let at = start;
    let isNegative = false;
    if (at < length && bytes[at] === minus) {
      isNegative = true;
      at++;
    }
    const digitsStart = at;
    let mantissa = 0;
    let digit = 0;
    while (at < length && (digit = (bytes[at]! - digit0) >>> 0) < 10) {
      mantissa = mantissa * 10 + digit;
      at++;
    }
    if (at === digitsStart) this.refuseField(start);
    let decimals = 0;
    if (at < length && bytes[at] === dot) {
      const fractionStart = ++at;
      while (at < length && (digit = (bytes[at]! - digit0) >>> 0) < 10) {
        mantissa = mantissa * 10 + digit;
        at++;
      }
      decimals = at - fractionStart;
      if (decimals === 0) this.refuseField(start);
    }
    this.endField(at, start, isLast);
    if (mantissa >= exactInteger || decimals > 22) return this.slowDecimal(start, at);
    const value = decimals === 0 ? mantissa : mantissa / powers[decimals]!;
    return isNegative ? -value : value;
  }

  /** The whole non-negative number of the next field, below 2^53. */
  integer(isLast: boolean): number {
    const bytes = this.bytes;
    const length = bytes.length;
    const start = this.position;
    let at = start;
    let value = 0;
    let digit = 0;
    while (at < length && (digit = (bytes[at]! - digit0) >>> 0) < 10) {
      value = value * 10 + digit;
      at++;
    }
    if (at === start) this.refuseField(start);
    if (value >= exactInteger) this.refuse(`a whole number below 2^53 was expected, found ${this.fieldText(start)}`);
    this.endField(at, start, isLast);
    return value;
  }

  /** Like `decimal`, for columns that the publisher leaves empty where it has no value: NaN then. */
  optionalDecimal(isLast: boolean): number {
    const bytes = this.bytes;
    const start = this.position;
    const at = bytes[start] === quote && bytes[start + 1] === quote ? start + 2 : start;
    const next = at < bytes.length ? bytes[at] : newline;
    if (next !== (isLast ? newline : comma)) return this.decimal(isLast);
    this.endField(at, start, isLast);
    return Number.NaN;
  }

  /** The next field as text of letters, digits and underscores. */
  word(isLast: boolean): string {
    const bytes = this.bytes;
    const start = this.position;
    let at = start;
    while (at < bytes.length && isWordByte(bytes[at]!)) at++;
    if (at === start) this.refuse(`a word was expected, found ${this.fieldText(start)}`);
    const text = bytes.toString('latin1', start, at);
    this.endField(at, start, isLast);
    return text;
  }

  /** Epoch ms of the next field, `YYYY-MM-DD HH:MM:SS` in UTC. */
  dateTime(isLast: boolean): number {
    const start = this.position;
    const text = this.bytes.toString('latin1', start, start + dateTimeLength);
    const iso = `${text.replace(' ', 'T')}Z`;
    const ms = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text) ? Date.parse(iso) : Number.NaN;
    // Only what is written back alike was a real time: February 30 is read as March 1.
    if (Number.isNaN(ms) || formatTime(ms) !== iso) this.refuse(`a time YYYY-MM-DD HH:MM:SS was expected, found ${this.fieldText(start)}`);
    this.endField(start + dateTimeLength, start, isLast);
    return ms;
  }

  /** The next line as text fields when it does not start like a number; null (and nothing consumed) when it does. */
  header(): string[] | null {
    const first = this.bytes[this.position];
    if (first === undefined) this.refuse('the file is empty');
    if ((first >= digit0 && first <= digit0 + 9) || first === minus || first === dot) return null;
    const end = this.bytes.indexOf(newline, this.position);
    const stop = end < 0 ? this.bytes.length : end;
    if (stop - this.position > maxLineBytes) this.refuseLongLine();
    const names = this.bytes.subarray(this.position, stop).toString('latin1').split(',');
    this.position = stop;
    this.nextLine();
    return names;
  }

  /** Throws E_CSV for the current line, or for `line`. */
  refuse(problem: string, line = this.line): never {
    throw new AppError('E_CSV', { file: this.file, line, problem });
  }

  private endField(at: number, start: number, isLast: boolean): void {
    this.position = at;
    if (isLast) {
      if (at < this.bytes.length && this.bytes[at] !== newline) this.refuseEnd(at, start);
      this.nextLine();
    } else {
      if (this.bytes[at] !== comma) this.refuseEnd(at, start);
      this.position = at + 1;
    }
  }

  private nextLine(): void {
    if (this.position - this.lineStart > maxLineBytes) this.refuseLongLine();
    this.position++;
    this.lineStart = this.position;
    this.line++;
  }

  private slowDecimal(start: number, end: number): number {
    if (end - start > maxLineBytes) this.refuse(`the line is longer than ${maxLineBytes} bytes`, this.line);
    const value = Number(this.bytes.toString('latin1', start, end));
    if (!Number.isFinite(value)) this.refuse('a number is too large');
    return value;
  }

  private refuseEnd(at: number, start: number): never {
    const byte = this.bytes[at];
    if (byte === undefined || byte === newline) this.refuse('the line has too few columns');
    if (byte === comma) this.refuse('the line has too many columns');
    if (byte === 13) this.refuse('the line ends with a carriage return; line feeds only');
    return this.refuseField(start);
  }

  private refuseField(start: number): never {
    return this.refuse(`a plain decimal number was expected, found ${this.fieldText(start)}`);
  }

  private refuseLongLine(): never {
    return this.refuse(`the line is longer than ${maxLineBytes} bytes`);
  }

  private fieldText(start: number): string {
    return JSON.stringify(/^[^,\n]*/.exec(this.bytes.toString('latin1', start, start + 40))![0]);
  }
}

/** Letters, digits, underscore. */
function isWordByte(byte: number): boolean {
  return (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || (byte >= digit0 && byte < digit0 + 10) || byte === 95;
}

/**
 * Refuses a header whose names differ from the known ones.
 *
 * @param known accepted names per column, in file order
 */
export function checkHeader(cursor: CsvCursor, names: readonly string[], known: readonly (readonly string[])[]): void {
  const line = cursor.line - 1;
  if (names.length !== known.length) cursor.refuse(`the header has ${names.length} columns instead of ${known.length}`, line);
  for (let i = 0; i < known.length; i++) {
    if (!known[i]!.includes(names[i]!))
      cursor.refuse(`column ${i + 1} is headed ${JSON.stringify(names[i]!.slice(0, 40))} instead of ${known[i]![0]}`, line);
  }
}
