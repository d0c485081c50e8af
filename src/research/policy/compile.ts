import { hashOf } from '../../core/canonicalJson.ts';
import { AppError } from '../../core/errors.ts';
import type { Strategy } from '../../core/intent.ts';
import { type ParamValues, resolveParams } from '../../core/params.ts';
import { didYouMean } from '../../core/suggest.ts';
import type { Accounting } from '../../engine/accounting.ts';
import { accountingOf } from '../../engine/accountings.ts';
import { columnReads } from '../../engine/intentColumns.ts';
import type { OverlayEffect } from '../../engine/overlay/overlay.ts';
import { analyzeFormula, type KnownName, namesIn } from '../../formula/analyze.ts';
import { type Formula, substitute } from '../../formula/ast.ts';
import { parseFormula } from '../../formula/parse.ts';
import type { ColumnCatalog, CompiledStudy } from '../study/compile.ts';
import type { ActionDocument, PolicyDocument } from './document.ts';
import { longestOverlayName, overlayName } from './draftOverlay.ts';
import { eventColumnNames } from './eventColumns.ts';

export interface CompiledCondition {
  readonly id: string;
  readonly formula: Formula;
  /** As the document has it. */
  readonly text: string;
}

export interface CompiledAction {
  readonly id: string;
  readonly effect: OverlayEffect;
  readonly release: Formula | null;
  readonly releaseText: string | null;
  /** The effect in words, for the overlay that a promotion drafts. */
  readonly text: string;
}

export interface CompiledPolicy {
  readonly document: PolicyDocument;
  /** SHA-256 of the canonical document and of the parent study's digest. */
  readonly digest: string;
  readonly parent: CompiledStudy;
  readonly accounting: Accounting & Required<Pick<Accounting, 'rehearse'>>;
  readonly baseline: readonly { readonly strategy: Strategy; readonly params: ParamValues }[];
  readonly conditions: readonly CompiledCondition[];
  readonly actions: readonly CompiledAction[];
  /** Columns that the frames have to have besides the event's, sorted: for conditions and for the baseline. */
  readonly columns: readonly string[];
}

/** What a document refers to. */
export interface PolicySurroundings {
  readonly parent: CompiledStudy;
  readonly strategies: ReadonlyMap<string, Strategy>;
  readonly catalog: ColumnCatalog;
}

/**
 * Checks a policy document as a whole: parent, strategies, accounting and names known, formulas of the right kind, nothing unused, the budget kept.
 *
 * @throws E_POLICY, E_FORMULA, E_BAD_PARAM or E_INTENT_UNSUPPORTED naming the place and what to change
 */
export function compilePolicy(document: PolicyDocument, { parent, strategies, catalog }: PolicySurroundings): CompiledPolicy {
  checkParent(document, parent);
  checkBudget(document);
  checkNames(document);
  const accounting = accountingFor(document);
  const baseline = baselineOf(document, strategies, accounting);
  const formulas = new Formulas(document, catalog);
  const conditions = Object.entries(document.conditions).map(([id, text]) => ({ id, text, formula: formulas.condition(text, `conditions.${id}`) }));
  const actions = Object.entries(document.actions).map(([id, action]) => compileAction(id, action, formulas));
  formulas.refuseUnused();
  refuseCareless(document, actions, baseline);
  const columns = new Set([...formulas.columns, ...baseline.flatMap(({ strategy }) => columnReads(strategy).map(({ name }) => name))]);
  return {
    document,
    digest: hashOf({ document, parent: parent.digest }),
    parent,
    accounting,
    baseline,
    conditions,
    actions,
    columns: [...columns].sort(),
  };
}

function fail({ id }: PolicyDocument, place: string, problem: string, remedy: string): AppError {
  return new AppError('E_POLICY', { where: `policy study ${id}, ${place}`, problem, remedy });
}

function checkParent(document: PolicyDocument, { document: study }: CompiledStudy): void {
  const { study: id, version } = document.parent;
  if (study.id === id && study.version === version) return;
  throw fail(
    document,
    'parent',
    `it names ${id} version ${version}, the study is ${study.id} version ${study.version}`,
    'Name the version that was run.',
  );
}

function checkBudget(document: PolicyDocument): void {
  const { max_conditions: conditions, max_actions: actions, max_trials: trials } = document.budget;
  const [asked, ways] = [Object.keys(document.conditions).length, Object.keys(document.actions).length];
  const remedy = (what: string): string => `Test fewer ${what}, or state a larger budget before you look at the data.`;
  if (asked > conditions) throw fail(document, 'conditions', `${asked} conditions, the budget allows ${conditions}`, remedy('conditions'));
  if (ways > actions) throw fail(document, 'actions', `${ways} actions, the budget allows ${actions}`, remedy('actions'));
  if (asked * ways > trials) throw fail(document, 'budget', `${asked * ways} cells, the budget allows ${trials}`, remedy('cells'));
}

/** What a cell may draft is called after study, condition and action, and has to be an overlay that can be registered. */
function checkNames(document: PolicyDocument): void {
  for (const condition of Object.keys(document.conditions))
    for (const action of Object.keys(document.actions)) {
      const { length } = overlayName(document.id, `${condition}.${action}`);
      if (length <= longestOverlayName) continue;
      const problem = `with action ${action} its overlay would have a name of ${length} characters, at most ${longestOverlayName} are allowed`;
      throw fail(document, `conditions.${condition}`, problem, 'Shorten the name of study, condition or action.');
    }
}

function accountingFor(document: PolicyDocument): CompiledPolicy['accounting'] {
  const accounting = accountingOf(document.accounting);
  const { rehearse } = accounting;
  if (rehearse !== undefined) return { ...accounting, rehearse };
  throw fail(document, 'accounting', `${accounting.id} cannot run one line many times`, 'Use screen.');
}

function baselineOf(document: PolicyDocument, strategies: ReadonlyMap<string, Strategy>, accounting: Accounting): CompiledPolicy['baseline'] {
  const seen = new Set<string>();
  return document.baseline.map(({ strategy: id, params }, i) => {
    const strategy = strategies.get(id);
    const known = [...strategies.keys()];
    if (strategy === undefined)
      throw fail(document, `baseline[${i}]`, `no strategy is called ${id}${didYouMean(id, known)}`, `Strategies: ${known.sort().join(', ')}`);
    accounting.check(strategy);
    const values = resolveParams(id, strategy.params, params);
    const line = hashOf([id, values]);
    if (seen.has(line)) throw fail(document, `baseline[${i}]`, `${id} stands there twice`, 'Remove one, or give it other parameters.');
    seen.add(line);
    return { strategy, params: values };
  });
}

function compileAction(id: string, action: ActionDocument, formulas: Formulas): CompiledAction {
  const plain = { id, release: null, releaseText: null };
  if ('block' in action) return { ...plain, effect: { kind: 'block' }, text: 'block entries' };
  if ('flatten' in action) return { ...plain, effect: { kind: 'flatten' }, text: 'leave, and block entries' };
  if ('size' in action) {
    const { factor } = action.size;
    return { ...plain, effect: { kind: 'size', factor }, text: `scale entries by ${factor}` };
  }
  if ('delay' in action) {
    const { bars, on_signal_lost: onSignalLost } = action.delay;
    const lost = onSignalLost === 'drop' ? 'dropped when their signal is gone' : 'whatever has become of their signal';
    return { ...plain, effect: { kind: 'delay', bars, onSignalLost }, text: `delay entries by ${bars} bars, ${lost}` };
  }
  const { release, max_bars: maxBars } = action.hold_until;
  return {
    id,
    effect: { kind: 'hold_until', maxBars },
    release: formulas.condition(release, `actions.${id}.hold_until.release`),
    releaseText: release,
    text: `block entries until ${release}, for ${maxBars} bars at most`,
  };
}

/** A delay that enters without a signal needs trades; a baseline of wanted positions has none. */
function refuseCareless(document: PolicyDocument, actions: readonly CompiledAction[], baseline: CompiledPolicy['baseline']): void {
  const careless = actions.find(({ effect }) => effect.kind === 'delay' && effect.onSignalLost === 'enter');
  const named = baseline.find(({ strategy }) => strategy.intent.kind !== 'bracket');
  if (careless === undefined || named === undefined) return;
  throw fail(
    document,
    `actions.${careless.id}`,
    `${named.strategy.id} names positions, which cannot be entered without their signal`,
    'Let the delay drop an entry whose signal is lost.',
  );
}

/** The document's formulas, and what they read. */
class Formulas {
  readonly #document: PolicyDocument;
  readonly #known: ReadonlyMap<string, KnownName>;
  readonly #series = new Map<string, Formula>();
  readonly #used = new Set<string>();
  readonly #columns = new Set<string>();

  constructor(document: PolicyDocument, catalog: ColumnCatalog) {
    this.#document = document;
    this.#known = new Map<string, KnownName>([
      ...[...catalog].map(([name, { reads }]) => [name, { kind: 'column', reads }] as const),
      ...eventColumnNames,
    ]);
    for (const [id, text] of Object.entries(document.series)) {
      if (this.#known.has(id)) throw fail(document, `series.${id}`, `the name ${id} is taken by a column`, 'Choose another name.');
      const formula = this.#parse(text, `series.${id}`);
      analyzeFormula(formula, this.#known, this.#where(`series.${id}`));
      this.#series.set(id, formula);
    }
  }

  /** Columns read so far, without the event's. */
  get columns(): readonly string[] {
    const own = new Set(eventColumnNames.map(([name]) => name));
    return [...this.#columns].filter((name) => !own.has(name));
  }

  condition(text: string, place: string): Formula {
    const formula = this.#parse(text, place);
    const facts = analyzeFormula(formula, this.#known, this.#where(place));
    if (facts.type !== 'condition')
      throw fail(this.#document, place, `expected a condition, this is a ${facts.type}`, 'Comparisons make conditions.');
    for (const column of facts.columns) this.#columns.add(column);
    return formula;
  }

  refuseUnused(): void {
    const idle = [...this.#series.keys()].find((id) => !this.#used.has(id));
    if (idle !== undefined)
      throw fail(this.#document, `series.${idle}`, 'nothing uses it', 'Remove it: it would still change the digest of the study.');
  }

  #parse(text: string, place: string): Formula {
    const parsed = parseFormula(text, this.#where(place));
    for (const name of namesIn(parsed)) this.#used.add(name);
    return substitute(parsed, this.#series);
  }

  #where(place: string): string {
    return `policy study ${this.#document.id}, ${place}`;
  }
}
