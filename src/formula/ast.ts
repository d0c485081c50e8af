/**
 * Formulas of documents (studies, policies, overlays) as trees: `rank(rv_96, 2880) <= 10 and close > lag(high_96, 1)`.
 * Nothing in the language reads a later bar: every function is trailing, so a formula's value at a bar is known
 * at that bar's close. How far back it reads is part of the tree (analyze.ts).
 */

export type Comparison = '>=' | '<=' | '>' | '<' | '==' | '!=';
export type Arithmetic = '+' | '-' | '*' | '/';

export type Formula =
  | { readonly op: 'number'; readonly value: number }
  | { readonly op: 'name'; readonly name: string }
  | { readonly op: 'arithmetic'; readonly sign: Arithmetic; readonly left: Formula; readonly right: Formula }
  | { readonly op: 'compare'; readonly sign: Comparison; readonly left: Formula; readonly right: Formula }
  | { readonly op: 'logic'; readonly sign: 'and' | 'or'; readonly left: Formula; readonly right: Formula }
  | { readonly op: 'not'; readonly of: Formula }
  | { readonly op: 'negate'; readonly of: Formula }
  | { readonly op: 'call'; readonly name: string; readonly args: readonly Formula[] };

/** One text per tree, with every operation in brackets: the key under which values are shared. */
export function formulaText(formula: Formula): string {
  switch (formula.op) {
    case 'number':
      return String(formula.value);
    case 'name':
      return formula.name;
    case 'arithmetic':
    case 'compare':
    case 'logic':
      return `(${formulaText(formula.left)} ${formula.sign} ${formulaText(formula.right)})`;
    case 'not':
      return `(not ${formulaText(formula.of)})`;
    case 'negate':
      return `(-${formulaText(formula.of)})`;
    default:
      return `${formula.name}(${formula.args.map(formulaText).join(', ')})`;
  }
}

/** Direct parts of a tree. */
export function partsOf(formula: Formula): readonly Formula[] {
  switch (formula.op) {
    case 'number':
    case 'name':
      return [];
    case 'arithmetic':
    case 'compare':
    case 'logic':
      return [formula.left, formula.right];
    case 'not':
    case 'negate':
      return [formula.of];
    default:
      return formula.args;
  }
}

/** The tree with names replaced by their definitions, innermost first; names without one stay. */
export function substitute(formula: Formula, definitions: ReadonlyMap<string, Formula>): Formula {
  const inside = (part: Formula): Formula => substitute(part, definitions);
  switch (formula.op) {
    case 'number':
      return formula;
    case 'name':
      return definitions.get(formula.name) ?? formula;
    case 'arithmetic':
    case 'compare':
    case 'logic':
      return { ...formula, left: inside(formula.left), right: inside(formula.right) };
    case 'not':
    case 'negate':
      return { ...formula, of: inside(formula.of) };
    default:
      return { ...formula, args: formula.args.map(inside) };
  }
}
