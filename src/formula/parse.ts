import { AppError } from '../core/errors.ts';
import type { Arithmetic, Comparison, Formula } from './ast.ts';

/**
 * Grammar, weakest binding first: `or`, `and`, `not`, one comparison, `+ -`, `* /`, unary `-`, then numbers,
 * names (letters, digits, underscores, dots), calls and brackets.
 */

interface Token {
  readonly kind: 'number' | 'name' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
}

const maxLength = 2_000;
const maxDepth = 64;
const tokenShape = /\s*(?:(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[A-Za-z_][A-Za-z0-9_.]*)|(?<sign>>=|<=|==|!=|[-+*/(),<>]))/y;
const comparisons: readonly string[] = ['>=', '<=', '>', '<', '==', '!='];

/**
 * The tree of a formula's text.
 *
 * @param where what the text belongs to, for messages: `study vol_shock, series rv`
 * @throws E_FORMULA with the column of the first thing that does not fit
 */
export function parseFormula(text: string, where: string): Formula {
  if (text.length > maxLength) throw formulaError(where, text.slice(0, 40), `expected at most ${maxLength} characters, found ${text.length}`);
  const tokens = tokenize(text, where);
  let next = 0;
  let depth = 0;
  const peek = (): Token => tokens[next]!;
  const fail = (token: Token, expected: string): AppError =>
    formulaError(where, text, `expected ${expected} at column ${token.at + 1}, found ${token.kind === 'end' ? 'the end' : token.text}`);
  const take = (sign: string): boolean => {
    if (peek().text !== sign || peek().kind === 'end') return false;
    next++;
    return true;
  };
  const expect = (sign: string): void => {
    if (!take(sign)) throw fail(peek(), `"${sign}"`);
  };

  const anyOf = (): Formula => {
    if (++depth > maxDepth) throw formulaError(where, text, `nested more than ${maxDepth} levels deep`);
    let left = allOf();
    while (take('or')) left = { op: 'logic', sign: 'or', left, right: allOf() };
    depth--;
    return left;
  };
  const allOf = (): Formula => {
    let left = negated();
    while (take('and')) left = { op: 'logic', sign: 'and', left, right: negated() };
    return left;
  };
  const negated = (): Formula => {
    let count = 0;
    while (take('not')) count++;
    const of = comparison();
    return count % 2 === 0 ? of : { op: 'not', of };
  };
  const comparison = (): Formula => {
    const left = sum();
    if (!comparisons.includes(peek().text)) return left;
    const sign = tokens[next++]!.text as Comparison;
    const right = sum();
    if (comparisons.includes(peek().text)) throw fail(peek(), '"and" between two comparisons');
    return { op: 'compare', sign, left, right };
  };
  const sum = (): Formula => {
    let left = product();
    while (peek().text === '+' || peek().text === '-') left = { op: 'arithmetic', sign: tokens[next++]!.text as Arithmetic, left, right: product() };
    return left;
  };
  const product = (): Formula => {
    let left = factor();
    while (peek().text === '*' || peek().text === '/') left = { op: 'arithmetic', sign: tokens[next++]!.text as Arithmetic, left, right: factor() };
    return left;
  };
  const factor = (): Formula => {
    let count = 0;
    while (take('-')) count++;
    const of = atom();
    return count % 2 === 0 ? of : { op: 'negate', of };
  };
  const atom = (): Formula => {
    const token = peek();
    if (take('(')) {
      const inside = anyOf();
      expect(')');
      return inside;
    }
    if (token.kind === 'number') {
      next++;
      return { op: 'number', value: Number(token.text) };
    }
    if (token.kind !== 'name' || ['and', 'or', 'not'].includes(token.text)) throw fail(token, 'a number, a name or a bracket');
    next++;
    if (!take('(')) return { op: 'name', name: token.text };
    const args: Formula[] = [];
    if (take(')')) return { op: 'call', name: token.text, args };
    do args.push(anyOf());
    while (take(','));
    expect(')');
    return { op: 'call', name: token.text, args };
  };

  const formula = anyOf();
  if (peek().kind !== 'end') throw fail(peek(), 'the end');
  return formula;
}

export function formulaError(where: string, formula: string, problem: string): AppError {
  return new AppError('E_FORMULA', { where, formula, problem });
}

function tokenize(text: string, where: string): Token[] {
  const tokens: Token[] = [];
  tokenShape.lastIndex = 0;
  while (text.slice(tokenShape.lastIndex).trim() !== '') {
    const from = tokenShape.lastIndex;
    const groups = tokenShape.exec(text)?.groups;
    if (groups === undefined) {
      const at = from + text.slice(from).search(/\S/);
      throw formulaError(where, text, `cannot read ${JSON.stringify(text[at])} at column ${at + 1}`);
    }
    const kind = groups['number'] !== undefined ? 'number' : groups['name'] !== undefined ? 'name' : 'sign';
    const word = groups[kind]!;
    tokens.push({ kind, text: word, at: tokenShape.lastIndex - word.length });
  }
  return [...tokens, { kind: 'end', text: '', at: text.length }];
}
