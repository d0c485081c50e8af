import { AppError } from '../core/errors.ts';
import type { AnyNode, ConditionNode, NumberNode } from '../core/expression.ts';
import type { ParamValues } from '../core/params.ts';
import type { ColumnRead } from './intentColumns.ts';

/**
 * Turns expression nodes into JavaScript source over the loop variable `i`, so that a condition runs as fast
 * as one written by hand (an interpreter over closures costs ten times as much per bar). Names never reach
 * the source: columns become c0, c1, ... and parameters numeric literals.
 */
export class Generator {
  readonly #columns: string[] = [];
  readonly #params: ParamValues;

  constructor(params: ParamValues) {
    this.#params = params;
  }

  /** Column names in the order of the generated parameters c0, c1, ... */
  get columns(): readonly string[] {
    return this.#columns;
  }

  /** `c0, c1, ...` */
  get parameters(): string {
    return this.#columns.map((_, index) => `c${index}`).join(', ');
  }

  read(name: string, lag: number): string {
    let index = this.#columns.indexOf(name);
    if (index < 0) index = this.#columns.push(name) - 1;
    return lag === 0 ? `c${index}[i]` : `c${index}[i - ${lag}]`;
  }

  number(node: NumberNode): string {
    switch (node.op) {
      case 'column':
        return this.read(node.name, node.lag);
      case 'param':
        if (!Object.hasOwn(this.#params, node.name))
          throw new AppError('E_BAD_PARAM', { unit: 'strategy', name: node.name, problem: 'the intent reads it, but it is not declared' });
        return literal(Number(this.#params[node.name]));
      case 'constant':
        return literal(node.value);
      case 'abs':
        return `Math.abs(${this.number(node.of)})`;
      case 'neg':
        return `(-${this.number(node.of)})`;
      case 'min':
      case 'max':
        return `Math.${node.op}(${this.number(node.left)}, ${this.number(node.right)})`;
      default:
        return `(${this.number(node.left)} ${{ add: '+', sub: '-', mul: '*', div: '/' }[node.op]} ${this.number(node.right)})`;
    }
  }

  condition(node: ConditionNode): string {
    switch (node.op) {
      case 'and':
        return `(${this.condition(node.left)} && ${this.condition(node.right)})`;
      case 'or':
        return `(${this.condition(node.left)} || ${this.condition(node.right)})`;
      case 'not':
        return `!(${this.condition(node.of)})`;
      default:
        return `(${this.number(node.left)} ${{ gt: '>', ge: '>=', lt: '<', le: '<=' }[node.op]} ${this.number(node.right)})`;
    }
  }

  /** True where one of the reads is missing (NaN is the only value that differs from itself). */
  missing(reads: readonly ColumnRead[]): string {
    return (
      reads
        .map(({ name, lag }) => this.read(name, lag))
        .map((read) => `${read} !== ${read}`)
        .join(' || ') || 'false'
    );
  }
}

type Made = (...values: readonly unknown[]) => unknown;

/** Functions made lately, by source: making one again would throw away what the virtual machine has learned and optimized. */
const made = new Map<string, Made>();
const madeAtMost = 256;

/** A function made of generated source; the only place that turns text into code, and only text made in this file's terms. */
export function makeFunction(parameters: readonly string[], body: string): Made {
  const source = `${parameters.join()}\n${body}`;
  let found = made.get(source);
  if (found === undefined) {
    if (made.size >= madeAtMost) made.clear();
    found = new Function(...parameters, body) as Made;
    made.set(source, found);
  }
  return found;
}

/** The conjunction's parts, left to right. */
export function conjuncts(node: ConditionNode): ConditionNode[] {
  return node.op === 'and' ? [...conjuncts(node.left), ...conjuncts(node.right)] : [node];
}

/** Leading parts that two conjunctions share, and what is left of each. */
export function factor(
  a: readonly ConditionNode[],
  b: readonly ConditionNode[],
): { common: ConditionNode[]; a: ConditionNode[]; b: ConditionNode[] } {
  let shared = 0;
  while (shared < a.length && shared < b.length && same(a[shared]!, b[shared]!)) shared++;
  return { common: a.slice(0, shared), a: a.slice(shared), b: b.slice(shared) };
}

function same(a: AnyNode, b: AnyNode): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function literal(value: number): string {
  if (Object.is(value, -0)) return '(-0)';
  return value < 0 ? `(${value})` : String(value);
}
