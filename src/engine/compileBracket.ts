import { AppError } from '../core/errors.ts';
import { nodeOf, type NumberLike, type ConditionNode } from '../core/expression.ts';
import type { BracketIntent, Strategy } from '../core/intent.ts';
import type { ParamValues } from '../core/params.ts';
import { columnOf, type Frame } from './frame.ts';
import { conjuncts, factor, Generator, makeFunction } from './generate.ts';
import { columnReads } from './intentColumns.ts';

/** A bracket intent bound to the columns of one symbol and to parameter values. Row arguments are bar indices. */
export interface CompiledBracket {
  /** First row at which every lagged read exists. */
  readonly firstRow: number;
  /** Reasons of exit rules, in the order in which they are judged. */
  readonly ruleReasons: readonly string[];
  /** Next row >= from and < end with an entry: row + 1 for long, -(row + 1) for short, 0 for none. */
  nextEntry(from: number, end: number): number;
  /** True when the row decides nothing: a gap, or a column that the intent reads is missing. */
  isBlocked(row: number): boolean;
  /** 0 to stay, else 1 + index of the first exit rule that says leave. The row is not blocked. */
  exitRule(row: number, side: 1 | -1, entry: number): number;
  /** Protective price, or NaN when there is none. */
  stopPrice(row: number, side: 1 | -1): number;
  /** Take-profit price given the close and the stop, or NaN. */
  targetPrice(row: number, side: 1 | -1, close: number, stop: number): number;
  /** Distance of the trailing stop, or NaN. */
  trailingDistance(row: number): number;
  /** Bars after entry at which the trade ends; Infinity when there is no limit. */
  maxHoldBars(row: number): number;
  readonly hasStop: boolean;
  readonly cooldownBars: number;
  readonly oncePerDay: boolean;
  readonly timezone: string;
}

/** A compiled form of the intent for one symbol. Columns are read in place, nothing is copied. */
export function compileBracket(strategy: Strategy, params: ParamValues, frame: Frame): CompiledBracket {
  const intent = strategy.intent as BracketIntent;
  const generator = new Generator(params);
  const reads = columnReads(strategy);
  const firstRow = Math.max(0, ...reads.map((read) => read.lag));
  const rules = intent.exitWhen ?? [];
  const coded = rules.map((rule) =>
    'leave' in rule ? { leave: rule.leave, columns: rule.reads.map((read) => shifted(frame, read.node as never)) } : null,
  );

  const body = [
    `const isBlocked = (i) => i < ${firstRow} || isGap[i] === 1 || ${generator.missing(reads)};`,
    `function nextEntry(i, end) { if (i < ${firstRow}) i = ${firstRow}; for (; i < end; i++) { ${entrySource(generator, intent)} } return 0; }`,
    `const exitRule = (i, side, entry) => { if (side === 1) { ${exitSource(generator, intent, 'long')} } else { ${exitSource(generator, intent, 'short')} } return 0; };`,
    `const stopPrice = (i, side) => side === 1 ? ${price(generator, intent.stop?.long)} : ${price(generator, intent.stop?.short)};`,
    `const targetPrice = (i, side, close, stop) => ${targetSource(generator, intent)};`,
    `const trailingDistance = (i) => ${price(generator, intent.trailing?.distance)};`,
    `const maxHoldBars = (i) => ${intent.maxHoldBars === undefined ? 'Infinity' : price(generator, intent.maxHoldBars)};`,
    'return { isBlocked, nextEntry, exitRule, stopPrice, targetPrice, trailingDistance, maxHoldBars };',
  ].join('\n');
  const build = makeFunction(['isGap', 'coded', ...generator.columns.map((_, index) => `c${index}`)], body);
  const leave = coded.map((code) =>
    code === null ? null : (i: number, side: 1 | -1, entry: number) => code.leave(code.columns, { entry, row: i, side }, params),
  );
  const functions = build(frame.isGap, leave, ...generator.columns.map((name) => columnOf(frame, name))) as Pick<
    CompiledBracket,
    'isBlocked' | 'nextEntry' | 'exitRule' | 'stopPrice' | 'targetPrice' | 'trailingDistance' | 'maxHoldBars'
  >;
  const limits = intent.limits ?? {};
  return {
    ...functions,
    firstRow,
    ruleReasons: rules.map((rule) => rule.reason),
    hasStop: intent.stop !== undefined,
    cooldownBars: cooldownOf(strategy, params),
    oncePerDay: typeof limits.oncePerDay === 'object' ? params[limits.oncePerDay.param] === true : (limits.oncePerDay ?? false),
    timezone: typeof limits.timezone === 'object' ? String(params[limits.timezone.param]) : (limits.timezone ?? 'UTC'),
  };
}

function cooldownOf(strategy: Strategy, params: ParamValues): number {
  const bars = constantOf((strategy.intent as BracketIntent).limits?.cooldownBars ?? 0, params);
  if (Number.isInteger(bars) && bars >= 0) return bars;
  throw new AppError('E_INTENT_UNSUPPORTED', {
    accounting: 'any',
    strategy: strategy.id,
    part: `a cool-down of ${bars} bars`,
    remedy: 'Cool-downs are whole numbers of bars, 0 or more.',
  });
}

/** Value of an expression that reads no column (a number or a parameter). */
export function constantOf(value: NumberLike, params: ParamValues): number {
  const node = nodeOf(value);
  const generator = new Generator(params);
  const source = generator.number(node);
  if (generator.columns.length > 0) throw new RangeError('expected a number or a parameter, not a column');
  return Number(makeFunction([], `return ${source};`)());
}

function entrySource(generator: Generator, intent: BracketIntent): string {
  const both = (nodes: readonly ConditionNode[]) => nodes.map((node) => generator.condition(node)).join(' && ') || 'true';
  const take = (sign: string) => `if (!isBlocked(i)) return ${sign}(i + 1);`;
  const { long, short } = intent.entry;
  if (long === undefined || short === undefined) {
    const only = long ?? short;
    return only === undefined ? '' : `if (${both(conjuncts(only.node))}) { ${take(long === undefined ? '-' : '')} }`;
  }
  const parts = factor(conjuncts(long.node), conjuncts(short.node));
  return `if (${both(parts.common)}) { if (${both(parts.a)}) { ${take('')} } else if (${both(parts.b)}) { ${take('-')} } }`;
}

function exitSource(generator: Generator, intent: BracketIntent, side: 'long' | 'short'): string {
  return (intent.exitWhen ?? [])
    .map((rule, index) => {
      if ('leave' in rule) return `if (coded[${index}](i, side, entry)) return ${index + 1};`;
      const condition = rule[side];
      return condition === undefined ? '' : `if (${generator.condition(condition.node)}) return ${index + 1};`;
    })
    .join(' ');
}

function targetSource(generator: Generator, intent: BracketIntent): string {
  const target = intent.targets?.[0];
  if (target === undefined) return 'NaN';
  if ('price' in target) return `side === 1 ? ${price(generator, target.price.long)} : ${price(generator, target.price.short)}`;
  // close + multiple * side * risk, in this order: equal prices must compare as in the definition of v1.
  return `close + ${price(generator, target.riskMultiple)} * side * (side * (close - stop))`;
}

function price(generator: Generator, value: NumberLike | undefined): string {
  return value === undefined ? 'NaN' : generator.number(nodeOf(value));
}

function shifted(frame: Frame, node: { name: string; lag: number }): Float64Array {
  const values = columnOf(frame, node.name);
  if (node.lag === 0) return values;
  const out = new Float64Array(values.length).fill(Number.NaN);
  out.set(values.subarray(0, values.length - node.lag), node.lag);
  return out;
}
