import { didYouMean } from '../core/suggest.ts';
import { type Formula, formulaText, partsOf } from './ast.ts';
import { type FormulaFunction, formulaFunctions, type FormulaType } from './functions.ts';
import { formulaError } from './parse.ts';

/** What a name stands for: a column of the frame, or a number fixed before the bar (a fitted threshold). */
export interface KnownName {
  readonly kind: 'column' | 'scalar';
  /** Bars before its own that a column's value is made of; 0 for a bar field. */
  readonly reads: number;
}

export interface FormulaFacts {
  readonly type: FormulaType;
  /** Columns read, sorted. */
  readonly columns: readonly string[];
  /** Scalars read, sorted. */
  readonly scalars: readonly string[];
  /** Bars before its own that a value is made of. */
  readonly lookback: number;
  /**
   * The first age after an anchor (bars, at least 1) at which a value is made of bars after the anchor only. The anchor's
   * close may be read, as the price that the first return starts from; nothing else of it.
   */
  readonly firstCleanAge: number;
}

/**
 * Checks a tree (names, argument counts, types) and says what it reads.
 *
 * @param known columns and scalars by name, after substitution of definitions
 * @throws E_FORMULA naming the part that does not fit, with the nearest known name
 */
export function analyzeFormula(formula: Formula, known: ReadonlyMap<string, KnownName>, where: string): FormulaFacts {
  const columns = new Set<string>();
  const scalars = new Set<string>();
  const fail = (part: Formula, problem: string) => formulaError(where, formulaText(part), problem);

  interface Depth {
    readonly type: FormulaType;
    readonly all: number;
    readonly besidesClose: number;
  }
  const number = (all: number, besidesClose: number): Depth => ({ type: 'number', all, besidesClose });

  const demand = (part: Formula, type: FormulaType): Depth => {
    const depth = visit(part);
    if (depth.type !== type) throw fail(part, `expected a ${type}, this is a ${depth.type}`);
    return depth;
  };
  const deepest = (parts: readonly Depth[], type: FormulaType): Depth => ({
    type,
    all: Math.max(0, ...parts.map(({ all }) => all)),
    besidesClose: Math.max(-1, ...parts.map(({ besidesClose }) => besidesClose)),
  });

  const visit = (part: Formula): Depth => {
    switch (part.op) {
      case 'number':
        return number(0, -1);
      case 'name': {
        const name = known.get(part.name);
        if (name === undefined) throw fail(part, `no column, series or threshold is called ${part.name}${didYouMean(part.name, [...known.keys()])}`);
        (name.kind === 'column' ? columns : scalars).add(part.name);
        if (name.kind === 'scalar') return number(0, -1);
        // A series of closes read at bar b says nothing about b beyond its last price.
        return part.name === 'close' ? number(0, -1) : number(name.reads, name.reads);
      }
      case 'arithmetic':
        return deepest([demand(part.left, 'number'), demand(part.right, 'number')], 'number');
      case 'compare':
        return deepest([demand(part.left, 'number'), demand(part.right, 'number')], 'condition');
      case 'logic':
        return deepest([demand(part.left, 'condition'), demand(part.right, 'condition')], 'condition');
      case 'not':
        return demand(part.of, 'condition');
      case 'negate':
        return demand(part.of, 'number');
      default:
        return call(part);
    }
  };

  const call = (part: Extract<Formula, { op: 'call' }>): Depth => {
    if (!Object.hasOwn(formulaFunctions, part.name))
      throw fail(part, `no function is called ${part.name}${didYouMean(part.name, Object.keys(formulaFunctions))}`);
    const fn = formulaFunctions[part.name]!;
    const most = fn.args.length;
    const least = most - (fn.optional ?? 0);
    if (part.args.length < least || part.args.length > most)
      throw fail(
        part,
        `${part.name} takes ${least === most ? most : `${least} or ${most}`} arguments (${fn.args.join(', ')}), found ${part.args.length}`,
      );
    const depths = part.args.flatMap((arg, i) => (fn.args[i] === 'bars' ? [] : [demand(arg, fn.args[i] as FormulaType)]));
    const own = fn.reads(barsOf(part, fn, fail));
    const inside = deepest(depths, fn.gives);
    return { type: fn.gives, all: inside.all + own, besidesClose: inside.besidesClose + own };
  };

  const depth = visit(formula);
  return {
    type: depth.type,
    columns: [...columns].sort(),
    scalars: [...scalars].sort(),
    lookback: depth.all,
    firstCleanAge: Math.max(1, depth.all, depth.besidesClose + 1),
  };
}

/** The written-out numbers of a call, in order. */
export function barsOf(
  part: Extract<Formula, { op: 'call' }>,
  fn: FormulaFunction,
  fail: (part: Formula, problem: string) => Error = (_, problem) => new RangeError(problem),
): number[] {
  return part.args.flatMap((arg, i) => {
    if (fn.args[i] !== 'bars') return [];
    const least = part.name === 'lag' ? 0 : 1;
    if (arg.op !== 'number' || !Number.isInteger(arg.value) || arg.value < least || arg.value > 100_000)
      throw fail(arg, `${part.name} needs a whole number of bars written out here, ${least} to 100000`);
    return [arg.value];
  });
}

/** Every name in a tree, sorted. */
export function namesIn(formula: Formula): string[] {
  const names = new Set<string>();
  const visit = (part: Formula): void => {
    if (part.op === 'name') names.add(part.name);
    partsOf(part).forEach(visit);
  };
  visit(formula);
  return [...names].sort();
}
