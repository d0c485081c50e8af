import { isAppError } from '../../core/errors.ts';
import { analyzeFormula, type FormulaFacts, type KnownName, namesIn } from '../../formula/analyze.ts';
import { type Formula, substitute } from '../../formula/ast.ts';
import { parseFormula } from '../../formula/parse.ts';
import { eventColumnNames } from '../../research/policy/eventColumns.ts';
import type { Problem } from './finding.ts';
import { exPostNames, type SpecColumns } from './surroundings.ts';

/** A condition that has been checked: what it is made of, what it reads. */
export interface CheckedCondition {
  readonly formula: Formula;
  readonly facts: FormulaFacts;
}

const eventNames: ReadonlySet<string> = new Set(eventColumnNames.map(([name]) => name));

/** Whether a column is one of the parent study’s events. */
export function isEventColumn(name: string): boolean {
  return eventNames.has(name);
}

/** The formulas of one document: named series, and conditions over them. Problems are kept, all of them; nothing throws. */
export class RuleFormulas {
  readonly problems: Problem[] = [];
  readonly #known: ReadonlyMap<string, KnownName>;
  readonly #retrospective: ReadonlySet<string>;
  readonly #series = new Map<string, Formula>();
  /** Series that something reads, directly or through another. */
  readonly #used = new Set<string>();
  readonly #path: string;
  readonly #names: ReadonlySet<string>;

  /** @param path dotted path of the object that holds `series` */
  constructor(series: Readonly<Record<string, string>>, columns: SpecColumns, path: string) {
    this.#path = path;
    this.#names = new Set(Object.keys(series));
    this.#retrospective = columns.retrospective;
    this.#known = new Map<string, KnownName>([
      ...[...columns.catalog].map(([name, { reads }]) => [name, { kind: 'column', reads }] as const),
      ...eventColumnNames,
    ]);
    this.#define(series);
  }

  /** A condition, or null where it is none; the problems say why. */
  condition(text: string, path: string): CheckedCondition | null {
    const parsed = this.#parse(text, path);
    if (parsed === null) return null;
    for (const name of namesIn(parsed)) this.#used.add(name);
    // The series has a problem of its own.
    if (namesIn(parsed).some((name) => this.#names.has(name) && !this.#series.has(name))) return null;
    const formula = substitute(parsed, this.#series);
    const facts = this.#attempt(path, () => analyzeFormula(formula, this.#known, path));
    if (facts === null) return null;
    if (facts.type === 'condition') return { formula, facts };
    this.problems.push({ code: 'FORMULA_INVALID', path, message: `expected a condition, this is a ${facts.type}` });
    return null;
  }

  /** Notes the series that nothing has read. */
  noteUnused(): void {
    for (const name of this.#names)
      if (!this.#used.has(name))
        this.problems.push({ code: 'SERIES_UNUSED', path: `${this.#path}.series.${name}`, message: 'nothing reads it', severity: 'warning' });
  }

  /** Series may use each other in any order, as long as there is one. */
  #define(series: Readonly<Record<string, string>>): void {
    const open = new Map<string, Formula>();
    for (const [name, text] of Object.entries(series)) {
      const path = `${this.#path}.series.${name}`;
      if (this.#known.has(name)) this.problems.push({ code: 'FORMULA_INVALID', path, message: `the name ${name} is taken by a column` });
      const parsed = this.#parse(text, path);
      if (parsed !== null) open.set(name, parsed);
    }
    for (let ready = open.size; ready > 0;) {
      ready = 0;
      for (const [name, parsed] of open) {
        if (namesIn(parsed).some((other) => this.#names.has(other) && !this.#series.has(other))) continue;
        open.delete(name);
        ready++;
        const formula = substitute(parsed, this.#series);
        const path = `${this.#path}.series.${name}`;
        for (const other of namesIn(parsed)) this.#used.add(other);
        if (this.#attempt(path, () => analyzeFormula(formula, this.#known, path)) !== null) this.#series.set(name, formula);
      }
    }
    for (const [name, parsed] of open)
      if (isCircular(name, parsed, open))
        this.problems.push({ code: 'FORMULA_INVALID', path: `${this.#path}.series.${name}`, message: 'it is made of itself' });
  }

  /** The tree of a text whose every name is known at its bar. */
  #parse(text: string, path: string): Formula | null {
    const parsed = this.#attempt(path, () => parseFormula(text, path));
    if (parsed === null) return null;
    const late = namesIn(parsed).filter(
      (name) => !this.#names.has(name) && !this.#known.has(name) && (this.#retrospective.has(name) || Object.hasOwn(exPostNames, name)),
    );
    for (const name of late) {
      const why = Object.hasOwn(exPostNames, name) ? exPostNames[name]! : 'it is known later than its bar';
      this.problems.push({ code: 'CONDITION_NOT_CAUSAL', path, message: `it reads ${name}: ${why}` });
    }
    return late.length === 0 ? parsed : null;
  }

  #attempt<T>(path: string, work: () => T): T | null {
    try {
      return work();
    } catch (error) {
      if (!isAppError(error) || error.code !== 'E_FORMULA') throw error;
      this.problems.push({
        code: 'FORMULA_INVALID',
        path,
        message: `formula ${String(error.details['formula'])}: ${String(error.details['problem'])}`,
      });
      return null;
    }
  }
}

/** Whether a series leads back to itself; one that only rests on something broken does not. */
function isCircular(name: string, from: Formula, open: ReadonlyMap<string, Formula>): boolean {
  const seen = new Set<string>();
  const next = [...namesIn(from)];
  for (let at = next.pop(); at !== undefined; at = next.pop()) {
    if (at === name) return true;
    const inside = open.get(at);
    if (inside === undefined || seen.has(at)) continue;
    seen.add(at);
    next.push(...namesIn(inside));
  }
  return false;
}
