import type { Problem } from './finding.ts';
import type { SpecCode } from './codes.ts';

export interface JsonText {
  /** The value; null when the text could not be read. */
  readonly value: unknown;
  /** Lines of keys and items by dotted path, counting from 1. */
  readonly lines: ReadonlyMap<string, number>;
  /** Dotted paths of numbers written with a point or an exponent. */
  readonly floats: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

const maxDepth = 32;
const token = /[ \t\r\n]*(?:(?<sign>[{}[\],:])|(?<text>"[^"\\]*(?:\\.[^"\\]*)*")|(?<word>[-+.\w]+)|(?<end>$))/y;
const numberShape = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
/** Names that reach into an object’s prototype. */
export const forbiddenKeys: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/**
 * Strict JSON with the line of every key. Beyond JSON.parse it refuses a key given twice, names that reach into prototypes, numbers
 * beyond the range of doubles, and more than 32 levels.
 *
 * @returns all duplicate and forbidden keys and endless numbers at once; a syntax error ends the reading, with a null value
 */
export function readJson(text: string): JsonText {
  const reader = new Reader(text);
  try {
    return { value: reader.document(), lines: reader.lines, floats: reader.floats, problems: reader.problems };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { value: null, lines: reader.lines, floats: reader.floats, problems: [...reader.problems, error.problem] };
  }
}

class Unreadable extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

interface Token {
  readonly kind: 'sign' | 'text' | 'word' | 'end';
  readonly text: string;
  readonly at: number;
}

class Reader {
  readonly lines = new Map<string, number>();
  readonly floats = new Set<string>();
  readonly problems: Problem[] = [];
  readonly #text: string;
  #next = 0;
  /** The last offset whose line was asked for, and that line: offsets only grow. */
  #seen = { at: 0, line: 1 };

  constructor(text: string) {
    this.#text = text;
  }

  document(): unknown {
    const value = this.#value(this.#take(), '', 0);
    const rest = this.#take();
    if (rest.kind !== 'end') throw this.#unexpected(rest, 'the end');
    return value;
  }

  #value(first: Token, path: string, depth: number): unknown {
    if (depth > maxDepth) throw this.#refuse('TOO_DEEP', path, `more than ${maxDepth} levels deep at line ${this.#line(first.at)}`);
    if (first.kind === 'text') return this.#string(first, path);
    if (first.text === '{') return this.#object(path, depth);
    if (first.text === '[') return this.#array(path, depth);
    if (first.kind === 'word') return this.#word(first, path);
    throw this.#unexpected(first, 'a value');
  }

  #object(path: string, depth: number): Record<string, unknown> {
    const entries = new Map<string, unknown>();
    let key = this.#take();
    if (key.text === '}' && key.kind === 'sign') return {};
    for (;;) {
      if (key.kind !== 'text') throw this.#unexpected(key, 'a key in double quotes');
      const name = this.#string(key, path);
      const place = path === '' ? name : `${path}.${name}`;
      const line = this.#line(key.at);
      this.#sign(':');
      const value = this.#value(this.#take(), place, depth + 1);
      if (forbiddenKeys.includes(name)) this.problems.push({ code: 'KEY_FORBIDDEN', path: place, message: `the key ${name} is not accepted` });
      else if (entries.has(name)) this.problems.push({ code: 'KEY_DUPLICATE', path: place, message: `given twice, the second time in line ${line}` });
      else entries.set(name, value);
      if (!this.lines.has(place)) this.lines.set(place, line);
      const after = this.#take();
      if (after.kind === 'sign' && after.text === '}') return Object.fromEntries(entries);
      if (after.text !== ',' || after.kind !== 'sign') throw this.#unexpected(after, '"," or "}"');
      key = this.#take();
    }
  }

  #array(path: string, depth: number): unknown[] {
    const items: unknown[] = [];
    let first = this.#take();
    if (first.kind === 'sign' && first.text === ']') return items;
    for (;;) {
      const place = path === '' ? String(items.length) : `${path}.${items.length}`;
      this.lines.set(place, this.#line(first.at));
      items.push(this.#value(first, place, depth + 1));
      const after = this.#take();
      if (after.kind === 'sign' && after.text === ']') return items;
      if (after.text !== ',' || after.kind !== 'sign') throw this.#unexpected(after, '"," or "]"');
      first = this.#take();
    }
  }

  #word({ text, at }: Token, path: string): unknown {
    if (text === 'true' || text === 'false') return text === 'true';
    if (text === 'null') return null;
    if (!numberShape.test(text)) throw this.#refuse('JSON_SYNTAX', path, `cannot read ${text} in line ${this.#line(at)}`);
    const value = Number(text);
    if (/[.eE]/.test(text)) this.floats.add(path);
    if (Number.isFinite(value)) return value;
    this.problems.push({ code: 'NUMBER_NOT_FINITE', path, message: `${text} is beyond the range of numbers` });
    return 0;
  }

  #string({ text, at }: Token, path: string): string {
    try {
      return JSON.parse(text) as string;
    } catch {
      throw this.#refuse('JSON_SYNTAX', path, `a text with an unknown escape or a control character in line ${this.#line(at)}`);
    }
  }

  #sign(sign: string): void {
    const found = this.#take();
    if (found.kind !== 'sign' || found.text !== sign) throw this.#unexpected(found, `"${sign}"`);
  }

  #take(): Token {
    token.lastIndex = this.#next;
    const groups = token.exec(this.#text)?.groups;
    if (groups === undefined) {
      const at = this.#next + this.#text.slice(this.#next).search(/[^ \t\r\n]/);
      throw this.#refuse('JSON_SYNTAX', '', `cannot read ${JSON.stringify(this.#text.slice(at, at + 12))} in line ${this.#line(at)}`);
    }
    this.#next = token.lastIndex;
    for (const kind of ['sign', 'text', 'word'] as const) {
      const text = groups[kind];
      if (text !== undefined) return { kind, text, at: this.#next - text.length };
    }
    return { kind: 'end', text: '', at: this.#text.length };
  }

  #line(at: number): number {
    let { at: from, line } = this.#seen;
    if (at < from) [from, line] = [0, 1];
    for (let i = from; i < at; i++) if (this.#text.charCodeAt(i) === 10) line++;
    this.#seen = { at, line };
    return line;
  }

  #unexpected(found: Token, expected: string): Unreadable {
    const shown = found.kind === 'end' ? 'the end' : found.text.slice(0, 40);
    return this.#refuse('JSON_SYNTAX', '', `expected ${expected} in line ${this.#line(found.at)}, found ${shown}`);
  }

  #refuse(code: SpecCode, path: string, message: string): Unreadable {
    return new Unreadable({ code, path, message });
  }
}
