import { type AnyNode, nodeOf, type NumberLike, walk } from '../core/expression.ts';
import type { BracketIntent, PerSide, Strategy } from '../core/intent.ts';

/** One column as an intent reads it. */
export interface ColumnRead {
  readonly name: string;
  readonly lag: number;
  readonly symbol: string | null;
}

/** Every expression node of an intent, entry first. */
export function nodesOf(strategy: Strategy): AnyNode[] {
  const { intent } = strategy;
  if (intent.kind === 'target') return [intent.position.node];
  if (intent.kind === 'decide') return intent.reads.map((read) => read.node);
  return bracketNodes(intent);
}

/**
 * The columns whose absence blocks a row, each once, in a fixed order: all that the intent reads, the bar's
 * high and low where a price level is watched, the close, and what the strategy requires besides.
 */
export function columnReads(strategy: Strategy): ColumnRead[] {
  const reads = new Map<string, ColumnRead>();
  const add = (read: ColumnRead) => reads.set(`${read.symbol ?? ''}:${read.name}:${read.lag}`, read);
  for (const root of nodesOf(strategy)) {
    walk(root, (node) => {
      if (node.op === 'column') add({ name: node.name, lag: node.lag, symbol: node.symbol });
    });
  }
  const { intent } = strategy;
  add({ name: 'close', lag: 0, symbol: null });
  if (intent.kind === 'bracket' && watchesPrices(intent)) {
    add({ name: 'high', lag: 0, symbol: null });
    add({ name: 'low', lag: 0, symbol: null });
  }
  for (const name of strategy.requires) add({ name, lag: 0, symbol: null });
  return [...reads.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.lag - b.lag));
}

/** True when the trade ends at a price level, so that highs and lows matter. */
export function watchesPrices(intent: BracketIntent): boolean {
  return intent.stop !== undefined || intent.trailing !== undefined || (intent.targets ?? []).length > 0;
}

function bracketNodes(intent: BracketIntent): AnyNode[] {
  const numbers: (NumberLike | undefined)[] = [intent.entry.size, intent.trailing?.distance, intent.maxHoldBars, intent.limits?.cooldownBars];
  const pairs: (PerSide<NumberLike> | undefined)[] = [intent.stop];
  for (const target of intent.targets ?? []) {
    numbers.push(target.fraction);
    if ('price' in target) pairs.push(target.price);
    else numbers.push(target.riskMultiple);
  }
  const { order } = intent.entry;
  if (order !== undefined && order.type !== 'market') {
    pairs.push(order.price);
    numbers.push(order.lifetimeBars);
  }
  for (const pair of pairs) numbers.push(pair?.long, pair?.short);
  const nodes: AnyNode[] = [intent.entry.long, intent.entry.short].flatMap((condition) => (condition === undefined ? [] : [condition.node]));
  for (const value of numbers) if (value !== undefined) nodes.push(nodeOf(value));
  for (const rule of intent.exitWhen ?? []) {
    if ('leave' in rule) nodes.push(...rule.reads.map((read) => read.node));
    else for (const condition of [rule.long, rule.short]) if (condition !== undefined) nodes.push(condition.node);
  }
  return nodes;
}
