/**
 * Conditions and prices as data. A strategy writes them with a few methods; engines compile them, sweeps read
 * their thresholds, reports print them, and nothing in them can look ahead: a column is read at its own bar or
 * `lag` bars earlier, never later.
 *
 * Missing values: a comparison with a missing value is false, and an intent is not evaluated at all on a row
 * where any column it reads is missing (see intent.ts).
 */

export type NumberNode =
  | { readonly op: 'column'; readonly name: string; readonly lag: number; readonly symbol: string | null }
  | { readonly op: 'param'; readonly name: string }
  | { readonly op: 'constant'; readonly value: number }
  | { readonly op: 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max'; readonly left: NumberNode; readonly right: NumberNode }
  | { readonly op: 'abs' | 'neg'; readonly of: NumberNode };

export type ConditionNode =
  | { readonly op: 'gt' | 'ge' | 'lt' | 'le'; readonly left: NumberNode; readonly right: NumberNode }
  | { readonly op: 'and' | 'or'; readonly left: ConditionNode; readonly right: ConditionNode }
  | { readonly op: 'not'; readonly of: ConditionNode };

/** A number, or an expression that gives one per bar. */
export type NumberLike = number | NumberExpression;

/** An expression that gives one number per bar. Operations keep the written order, so results are exact. */
export class NumberExpression {
  readonly node: NumberNode;

  constructor(node: NumberNode) {
    this.node = node;
  }

  plus(other: NumberLike): NumberExpression {
    return this.#combine('add', other);
  }
  minus(other: NumberLike): NumberExpression {
    return this.#combine('sub', other);
  }
  times(other: NumberLike): NumberExpression {
    return this.#combine('mul', other);
  }
  over(other: NumberLike): NumberExpression {
    return this.#combine('div', other);
  }
  min(other: NumberLike): NumberExpression {
    return this.#combine('min', other);
  }
  max(other: NumberLike): NumberExpression {
    return this.#combine('max', other);
  }
  abs(): NumberExpression {
    return new NumberExpression({ op: 'abs', of: this.node });
  }
  negated(): NumberExpression {
    return new NumberExpression({ op: 'neg', of: this.node });
  }
  /** Strictly greater. */
  gt(other: NumberLike): Condition {
    return this.#compare('gt', other);
  }
  /** Greater or equal. */
  ge(other: NumberLike): Condition {
    return this.#compare('ge', other);
  }
  /** Strictly less. */
  lt(other: NumberLike): Condition {
    return this.#compare('lt', other);
  }
  /** Less or equal. */
  le(other: NumberLike): Condition {
    return this.#compare('le', other);
  }

  /** @throws TypeError: JavaScript's own operators would compare or add something else. */
  [Symbol.toPrimitive](): never {
    throw new TypeError(`${describe(this.node)} is an expression, not a number: write a.gt(b) for a > b, a.plus(b) for a + b`);
  }

  #combine(op: 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max', other: NumberLike): NumberExpression {
    return new NumberExpression({ op, left: this.node, right: nodeOf(other) });
  }
  #compare(op: 'gt' | 'ge' | 'lt' | 'le', other: NumberLike): Condition {
    return new Condition({ op, left: this.node, right: nodeOf(other) });
  }
}

/** A column at the bar in question; `lag(n)` reads it n bars earlier. */
export class ColumnExpression extends NumberExpression {
  /** The same column n bars earlier (n >= 0). */
  lag(bars: number): ColumnExpression {
    const node = this.node as Extract<NumberNode, { op: 'column' }>;
    if (!Number.isInteger(bars) || bars < 0)
      throw new RangeError(`lag must be a whole number of bars, 0 or more, got ${bars}: a strategy cannot look ahead`);
    return new ColumnExpression({ ...node, lag: node.lag + bars });
  }
}

/** A claim that is true or false per bar. */
export class Condition {
  readonly node: ConditionNode;

  constructor(node: ConditionNode) {
    this.node = node;
    written?.push(node);
  }

  and(other: Condition): Condition {
    return new Condition({ op: 'and', left: this.node, right: other.node });
  }
  or(other: Condition): Condition {
    return new Condition({ op: 'or', left: this.node, right: other.node });
  }
  not(): Condition {
    return new Condition({ op: 'not', of: this.node });
  }
}

/** Conditions made since recording began; null while nobody asks. */
let written: ConditionNode[] | null = null;

/** What `build` returns, and the nodes of every condition that was made meanwhile. */
export function recordConditions<T>(build: () => T): { readonly result: T; readonly conditions: readonly ConditionNode[] } {
  const [outer, conditions] = [written, [] as ConditionNode[]];
  written = conditions;
  try {
    return { result: build(), conditions };
  } finally {
    written = outer;
  }
}

/** A column of the strategy's own symbol, or of another one. */
export function column(name: string, options: { symbol?: string } = {}): ColumnExpression {
  return new ColumnExpression({ op: 'column', name, lag: 0, symbol: options.symbol ?? null });
}

/** The node of a number or expression. */
export function nodeOf(value: NumberLike): NumberNode {
  if (typeof value === 'number') return { op: 'constant', value };
  // Units of users are not type-checked.
  if ((value as NumberExpression | undefined)?.node === undefined)
    throw new TypeError(`expected a number, a column or a parameter, got ${JSON.stringify(value) ?? 'nothing'}`);
  return value.node;
}

export type AnyNode = NumberNode | ConditionNode;

/** Calls `visit` for a node and everything below it. */
export function walk(node: AnyNode, visit: (node: AnyNode) => void): void {
  visit(node);
  if ('left' in node) {
    walk(node.left, visit);
    walk(node.right, visit);
  } else if ('of' in node) {
    walk(node.of, visit);
  }
}

const symbols: Record<string, string> = { add: '+', sub: '-', mul: '*', div: '/', gt: '>', ge: '>=', lt: '<', le: '<=', and: 'and', or: 'or' };

/** The expression as people write it: `close > high_96[-1] and rv_pct_2880 <= entry_rv_pct_max`. */
export function describe(node: AnyNode): string {
  switch (node.op) {
    case 'column':
      return `${node.symbol === null ? '' : `${node.symbol}:`}${node.name}${node.lag === 0 ? '' : `[-${node.lag}]`}`;
    case 'param':
      return node.name;
    case 'constant':
      return String(node.value);
    case 'abs':
      return `abs(${describe(node.of)})`;
    case 'neg':
      return `-(${describe(node.of)})`;
    case 'not':
      return `not (${describe(node.of)})`;
    case 'min':
    case 'max':
      return `${node.op}(${describe(node.left)}, ${describe(node.right)})`;
    default:
      return `${operand(node.left, node.op)} ${symbols[node.op]} ${operand(node.right, node.op)}`;
  }
}

function operand(node: AnyNode, parent: string): string {
  const text = describe(node);
  const isLeaf = node.op === 'column' || node.op === 'param' || node.op === 'constant' || !(node.op in symbols);
  const isTight = parent === 'and' && node.op !== 'or';
  const isComparison = ['gt', 'ge', 'lt', 'le'].includes(parent);
  return isLeaf || isTight || isComparison || (parent === 'or' && node.op !== 'and') ? text : `(${text})`;
}
