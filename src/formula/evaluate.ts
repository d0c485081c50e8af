import { barsOf, namesIn } from './analyze.ts';
import { type Formula, formulaText } from './ast.ts';
import { formulaFunctions } from './functions.ts';

/** What formulas are evaluated over: one symbol's bars. All arrays [rows], read only, NaN is missing. */
export interface FormulaFrame {
  readonly rows: number;
  /** Epoch ms of the bars' opens. */
  readonly openTime: Float64Array;
  readonly columns: Readonly<Record<string, Float64Array>>;
}

/**
 * Values of formulas over one frame, each distinct part computed once.
 *
 * Numbers are NaN where missing. Conditions are 1, 0 or NaN where they cannot be told; `and` and `or` follow from one
 * side where that decides. A condition holds where it is 1.
 */
export class FormulaValues {
  readonly #frame: FormulaFrame;
  readonly #scalars: Readonly<Record<string, number>>;
  readonly #known = new Map<string, Float64Array>();
  /** The same by tree, because making the text costs more than a look-up. */
  readonly #byNode = new WeakMap<Formula, Float64Array>();

  readonly #shared: FormulaValues | null;

  /**
   * @param scalars numbers fixed before any bar, by name
   * @param shared  values over the same frame without scalars: formulas that read none are computed there, once for all
   */
  constructor(frame: FormulaFrame, scalars: Readonly<Record<string, number>> = {}, shared: FormulaValues | null = null) {
    this.#frame = frame;
    this.#scalars = scalars;
    this.#shared = shared;
  }

  /** One value per bar, [rows]; shared, not to be written to. */
  of(formula: Formula): Float64Array {
    const seen = this.#byNode.get(formula);
    if (seen !== undefined) return seen;
    const values = this.#byText(formula);
    this.#byNode.set(formula, values);
    return values;
  }

  #byText(formula: Formula): Float64Array {
    const key = formulaText(formula);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const isShared = this.#shared !== null && namesIn(formula).every((name) => !Object.hasOwn(this.#scalars, name));
    const values = isShared ? this.#shared.of(formula) : this.#compute(formula);
    this.#known.set(key, values);
    return values;
  }

  #compute(formula: Formula): Float64Array {
    switch (formula.op) {
      case 'number':
        return this.#constant(formula.value);
      case 'name': {
        const column = this.#frame.columns[formula.name];
        if (column !== undefined) return column;
        const scalar = this.#scalars[formula.name];
        if (scalar === undefined) throw new RangeError(`the frame has no column ${formula.name}`);
        return this.#constant(scalar);
      }
      case 'arithmetic':
      case 'compare':
        return this.#binary(formula);
      case 'logic':
        return kleene(formula.sign, this.of(formula.left), this.of(formula.right));
      case 'not':
        return this.of(formula.of).map((value) => 1 - value);
      case 'negate':
        return this.of(formula.of).map((value) => -value);
      default:
        return this.#call(formula);
    }
  }

  #binary(formula: Extract<Formula, { op: 'arithmetic' | 'compare' }>): Float64Array {
    const { left, right, sign } = formula;
    const out = new Float64Array(this.#frame.rows);
    const constant = (part: Formula): number | null =>
      part.op === 'number' ? part.value : part.op === 'name' && Object.hasOwn(this.#scalars, part.name) ? this.#scalars[part.name]! : null;
    const [a, b] = [constant(left), constant(right)];
    const [first, second] = [a === null ? this.of(left) : null, b === null ? this.of(right) : null];
    const apply = binaryLoops[sign];
    apply(out, first, a ?? 0, second, b ?? 0);
    return out;
  }

  #call(formula: Extract<Formula, { op: 'call' }>): Float64Array {
    const fn = formulaFunctions[formula.name]!;
    const columns = formula.args.flatMap((arg, i) => (fn.args[i] === 'bars' ? [] : [this.of(arg)]));
    return fn.compute(fn.args.length === 0 ? [this.#frame.openTime] : columns, barsOf(formula, fn));
  }

  #constant(value: number): Float64Array {
    return new Float64Array(this.#frame.rows).fill(value);
  }
}

type Loop = (out: Float64Array, first: Float64Array | null, a: number, second: Float64Array | null, b: number) => void;

/** One loop per operation, so that each stays a simple loop over doubles. */
const binaryLoops: Readonly<Record<'+' | '-' | '*' | '/' | '>=' | '<=' | '>' | '<' | '==' | '!=', Loop>> = {
  '+': numberLoop((a, b) => a + b),
  '-': numberLoop((a, b) => a - b),
  '*': numberLoop((a, b) => a * b),
  '/': numberLoop((a, b) => (b === 0 ? Number.NaN : a / b)),
  '>=': truthLoop((a, b) => a >= b),
  '<=': truthLoop((a, b) => a <= b),
  '>': truthLoop((a, b) => a > b),
  '<': truthLoop((a, b) => a < b),
  '==': truthLoop((a, b) => a === b),
  '!=': truthLoop((a, b) => a !== b),
};

function numberLoop(of: (a: number, b: number) => number): Loop {
  return (out, first, a, second, b) => {
    for (let i = 0; i < out.length; i++) out[i] = of(first === null ? a : first[i]!, second === null ? b : second[i]!);
  };
}

function truthLoop(of: (a: number, b: number) => boolean): Loop {
  return numberLoop((a, b) => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : of(a, b) ? 1 : 0));
}

function kleene(sign: 'and' | 'or', left: Float64Array, right: Float64Array): Float64Array {
  const decisive = sign === 'and' ? 0 : 1;
  return left.map((value, i) => {
    const other = right[i]!;
    if (value === decisive || other === decisive) return decisive;
    return Number.isNaN(value) || Number.isNaN(other) ? Number.NaN : 1 - decisive;
  });
}
