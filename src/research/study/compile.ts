import { hashOf } from '../../core/canonicalJson.ts';
import { AppError } from '../../core/errors.ts';
import { barMs } from '../../core/time.ts';
import { didYouMean } from '../../core/suggest.ts';
import { analyzeFormula, type FormulaFacts, type KnownName, namesIn } from '../../formula/analyze.ts';
import { type Formula, substitute } from '../../formula/ast.ts';
import { parseFormula } from '../../formula/parse.ts';
import type { OutcomeDocument, Signed, StudyDocument } from './document.ts';

/** A formula per direction of the event; both the same where the document gives one. */
export interface SignedFormula {
  readonly up: Formula;
  readonly down: Formula;
}

export interface CompiledOutcome {
  readonly id: string;
  readonly kind: OutcomeKind;
  readonly window: readonly [number, number];
  /** First and last age that a time can have: after the anchor, or, for a decay, after the peak. */
  readonly ages: readonly [number, number];
  /** The series that is followed through the window; null for kinds that read prices. */
  readonly of: SignedFormula | null;
  /** A level or base, read at the anchor. */
  readonly level: SignedFormula | null;
  readonly side: 'at_least' | 'at_most' | null;
  readonly rearm: boolean;
  readonly q: number;
  readonly from: 'close' | 'next_open';
}

export type OutcomeKind =
  | 'first_passage'
  | 'share'
  | 'mean'
  | 'quantile'
  | 'excess_area'
  | 'range'
  | 'forward_return'
  | 'adverse_excursion'
  | 'favorable_excursion'
  | 'decay_time'
  | 'slope';

export interface CompiledThreshold {
  readonly id: string;
  readonly of: Formula | null;
  readonly rule: StudyDocument['thresholds'][string];
}

export interface CompiledStudy {
  readonly document: StudyDocument;
  /** SHA-256 of the canonical document: a changed document is another study version and another trial. */
  readonly digest: string;
  readonly thresholds: readonly CompiledThreshold[];
  readonly detector: {
    readonly when: Formula;
    readonly direction: Formula | null;
    readonly until: Formula | null;
    readonly confirm: readonly {
      readonly within: number;
      readonly must: 'happen' | 'not_happen';
      readonly of: SignedFormula;
      readonly level: SignedFormula;
      readonly side: 'at_least' | 'at_most';
    }[];
  };
  readonly outcomes: readonly CompiledOutcome[];
  readonly exact: readonly Formula[];
  readonly nearest: readonly { readonly of: Formula; readonly caliper: number }[];
  readonly where: Formula | null;
  readonly strata: readonly { readonly id: string; readonly of: Formula }[];
  readonly placebo: Formula | null;
  /** Columns that the frames have to have, sorted. */
  readonly columns: readonly string[];
  /** Columns among them that surrogate markets cannot have: those hold bars and funding, nothing else. */
  readonly unmade: readonly string[];
  /** Milliseconds of a row of the frames. */
  readonly barMs: number;
  /** Longest outcome window. */
  readonly horizon: number;
  /** Bars between slices: the longest window and what formulas look back on. */
  readonly purgeBars: number;
}

/** Columns that a study may read, with the bars that each is made of. Columns known only later than their bar are not among them. */
export type ColumnCatalog = Columns & {
  /** What a study on the clock of seconds may read instead; the same where there is none. */
  readonly seconds?: Columns;
};

type Columns = ReadonlyMap<string, { readonly reads: number; /** Made of bars and funding. */ readonly isOfBars?: boolean }>;

/**
 * Checks a document as a whole and turns its formulas into trees: every name known, every type right, nothing unused,
 * no outcome made of bars at or before the anchor.
 *
 * @throws E_FORMULA or E_STUDY naming the place in the document and what to change
 */
export function compileStudy(document: StudyDocument, catalog: ColumnCatalog): CompiledStudy {
  return new Compiler(document, catalog).run();
}

class Compiler {
  readonly #document: StudyDocument;
  readonly #catalog: Columns;
  readonly #known = new Map<string, KnownName>();
  readonly #definitions = new Map<string, Formula>();
  readonly #used = new Set<string>();
  readonly #columns = new Set<string>();
  #lookback = 0;

  constructor(document: StudyDocument, catalog: ColumnCatalog) {
    this.#document = document;
    this.#catalog = document.clock === '1s' ? (catalog.seconds ?? catalog) : catalog;
  }

  run(): CompiledStudy {
    const { document } = this;
    for (const [name, { reads }] of this.#catalog) this.#known.set(name, { kind: 'column', reads });
    this.#defineSeries();
    const thresholds = this.#defineThresholds();
    const detector = this.#detector();
    const outcomes = Object.entries(document.outcomes).map(([id, outcome]) => this.#outcome(id, outcome));
    const exact = document.matching.exact.map((text, i) => this.#number(text, `matching.exact[${i}]`));
    const nearest = document.matching.nearest.map(({ of, caliper }, i) => ({ of: this.#number(of, `matching.nearest[${i}]`), caliper }));
    const where = document.matching.where === undefined ? null : this.#condition(document.matching.where, 'matching.where');
    const strata = Object.entries(document.strata).map(([id, text]) => ({ id, of: this.#number(text, `strata.${id}`) }));
    const placebo = document.placebo_outcome === undefined ? null : this.#number(document.placebo_outcome.of, 'placebo_outcome.of');
    this.#checkReferences();
    this.#checkClock();
    for (const column of ['open', 'high', 'low', 'close']) this.#columns.add(column);
    const horizon = Math.max(...outcomes.map(({ window }) => window[1]));
    return {
      document,
      digest: hashOf(document),
      thresholds,
      detector,
      outcomes,
      exact,
      nearest,
      where,
      strata,
      placebo,
      columns: [...this.#columns].sort(),
      unmade: [...this.#columns].filter((column) => this.#catalog.get(column)?.isOfBars === false).sort(),
      barMs: document.clock === '1s' ? 1_000 : barMs,
      horizon,
      purgeBars: horizon + this.#lookback,
    };
  }

  get document(): StudyDocument {
    return this.#document;
  }

  #fail(place: string, problem: string, remedy: string): AppError {
    return new AppError('E_STUDY', { where: `study ${this.#document.id}, ${place}`, problem, remedy });
  }

  /** Series may use each other in any order, as long as there is one: a stored document keeps its keys sorted. */
  #defineSeries(): void {
    const open = new Map(
      Object.entries(this.#document.series).map(([id, text]) => [id, parseFormula(text, `study ${this.#document.id}, series.${id}`)]),
    );
    for (const id of open.keys()) this.#refuseTaken(id, `series.${id}`);
    while (open.size > 0) {
      const ready = [...open].filter(([id, formula]) => namesIn(formula).every((name) => !open.has(name) || name === id));
      if (ready.length === 0 || ready.some(([id, formula]) => namesIn(formula).includes(id)))
        throw this.#fail(`series.${[...open.keys()][0]!}`, 'it is made of itself', 'Break the circle: a series may use others, not itself.');
      for (const [id, parsed] of ready) {
        open.delete(id);
        for (const name of namesIn(parsed)) this.#used.add(name);
        const formula = substitute(parsed, this.#definitions);
        // Analyzed here so that a mistake is reported where it was made, not where the series is used.
        analyzeFormula(formula, this.#known, `study ${this.#document.id}, series.${id}`);
        this.#definitions.set(id, formula);
      }
    }
  }

  #defineThresholds(): CompiledThreshold[] {
    const compiled = Object.entries(this.#document.thresholds).map(([id, rule]) => {
      this.#refuseTaken(id, `thresholds.${id}`);
      return { id, rule, of: 'fixed' in rule ? null : this.#number(rule.of, `thresholds.${id}.of`) };
    });
    for (const { id } of compiled) this.#known.set(id, { kind: 'scalar', reads: 0 });
    const calibrated = compiled.filter(({ rule }) => 'calibrated' in rule);
    if (calibrated.length > 1) throw this.#fail('thresholds', 'more than one is calibrated', 'Calibrate one threshold and fix the others.');
    return compiled;
  }

  #detector(): CompiledStudy['detector'] {
    const { when, direction, until, confirm } = this.#document.detector;
    return {
      when: this.#condition(when, 'detector.when'),
      direction: direction === undefined ? null : this.#number(direction, 'detector.direction'),
      until: until === undefined ? null : this.#condition(until, 'detector.until'),
      confirm: confirm.map((rule, i) => {
        const side = rule.at_least === undefined ? ('at_most' as const) : ('at_least' as const);
        return {
          within: rule.within,
          must: rule.must,
          of: this.#signed(rule.of, `detector.confirm[${i}].of`),
          level: this.#signed(rule[side]!, `detector.confirm[${i}].${side}`),
          side,
        };
      }),
    };
  }

  #outcome(id: string, document: OutcomeDocument): CompiledOutcome {
    const place = `outcomes.${id}`;
    const window = this.#document.windows[document.window];
    if (window === undefined)
      throw this.#fail(
        place,
        `there is no window ${document.window}${didYouMean(document.window, Object.keys(this.#document.windows))}`,
        'Windows are listed under windows.',
      );
    if (window[0] > window[1])
      throw this.#fail(`windows.${document.window}`, 'the first offset is larger than the last', 'Offsets count bars after the anchor.');
    const [kind, body] = Object.entries(document).find(([key]) => key !== 'window') as [OutcomeKind, Partial<OutcomeBody>];
    const side = body.at_least !== undefined ? ('at_least' as const) : body.at_most !== undefined ? ('at_most' as const) : null;
    const levelText = body.at_least ?? body.at_most ?? body.above ?? body.base;
    const of = body.of === undefined ? null : this.#followed(body.of, `${place}.${kind}.of`, window[0]);
    return {
      id,
      kind,
      window,
      ages: kind === 'decay_time' ? [1, Math.max(1, window[1] - window[0])] : window,
      of,
      level: levelText === undefined ? null : this.#signed(levelText, `${place}.${kind}`),
      side,
      rearm: body.rearm ?? false,
      q: body.q ?? 0.5,
      from: body.from ?? 'next_open',
    };
  }

  /** A series followed through a window: at its first bar, it has to be made of bars after the anchor only. */
  #followed(text: Signed, place: string, start: number): SignedFormula {
    const signed = this.#signed(text, place);
    for (const formula of [signed.up, signed.down]) {
      const { firstCleanAge } = this.#facts(formula, place);
      if (start < firstCleanAge)
        throw this.#fail(
          place,
          `at age ${start} it is still made of bars at or before the anchor`,
          `Begin the window at ${firstCleanAge} or later, or follow a series with a shorter lookback.`,
        );
    }
    return signed;
  }

  #checkClock(): void {
    const { clock, instants, inference, matching } = this.#document;
    const isSeconds = clock === '1s';
    const count = (instants?.hours.length ?? 0) + Number(instants?.settlements ?? false);
    if (isSeconds !== count > 0)
      throw this.#fail(
        isSeconds ? 'instants' : 'clock',
        isSeconds ? 'a study on seconds does not say around what' : 'instants are for a study on seconds',
        'Give clock: 1s and instants (settlements: true, hours: [...]) together, or neither.',
      );
    if (inference.moved_onto === 'controls' && matching.where === undefined)
      throw this.#fail('inference.moved_onto', 'nothing says where controls may lie', 'Give matching.where.');
  }

  #checkReferences(): void {
    const { hypothesis, estimands, outcomes, series, thresholds } = this.#document;
    if (!Object.hasOwn(estimands, hypothesis.primary))
      throw this.#fail(
        'hypothesis.primary',
        `there is no estimand ${hypothesis.primary}${didYouMean(hypothesis.primary, Object.keys(estimands))}`,
        'Name one of the estimands.',
      );
    for (const [id, { outcome, statistic }] of Object.entries(estimands)) {
      const target = outcomes[outcome];
      if (target === undefined)
        throw this.#fail(
          `estimands.${id}`,
          `there is no outcome ${outcome}${didYouMean(outcome, Object.keys(outcomes))}`,
          'Name one of the outcomes.',
        );
      const isTimed = 'first_passage' in target || 'decay_time' in target;
      if ((statistic === 'risk_difference' || statistic === 'restricted_mean_difference') !== isTimed)
        throw this.#fail(
          `estimands.${id}`,
          `${statistic} does not fit outcome ${outcome}`,
          'Times (first_passage, decay_time) take risk_difference or restricted_mean_difference; values take mean_difference or median_difference.',
        );
    }
    const measured = new Set(Object.values(estimands).map(({ outcome }) => outcome));
    for (const id of Object.keys(outcomes))
      if (!measured.has(id)) throw this.#fail(`outcomes.${id}`, 'no estimand uses it', 'Remove it or add an estimand.');
    for (const id of [...Object.keys(series), ...Object.keys(thresholds)])
      if (!this.#used.has(id)) throw this.#fail(id, 'nothing uses it', 'Remove it: an unused definition would still change the digest of the study.');
  }

  #refuseTaken(id: string, place: string): void {
    if (this.#known.has(id) || this.#definitions.has(id))
      throw this.#fail(place, `the name ${id} is taken by a column or another definition`, 'Choose another name.');
  }

  #parse(text: string, place: string): Formula {
    const parsed = parseFormula(text, `study ${this.#document.id}, ${place}`);
    for (const name of namesIn(parsed)) this.#used.add(name);
    return substitute(parsed, this.#definitions);
  }

  #facts(formula: Formula, place: string): FormulaFacts {
    const facts = analyzeFormula(formula, this.#known, `study ${this.#document.id}, ${place}`);
    for (const column of facts.columns) this.#columns.add(column);
    this.#lookback = Math.max(this.#lookback, facts.lookback);
    return facts;
  }

  #typed(text: string, place: string, type: 'number' | 'condition'): Formula {
    const formula = this.#parse(text, place);
    const facts = this.#facts(formula, place);
    if (facts.type !== type)
      throw this.#fail(place, `expected a ${type}, this is a ${facts.type}`, 'Comparisons make conditions; choose(condition, 1, 0) makes a number.');
    return formula;
  }

  #number(text: string, place: string): Formula {
    return this.#typed(text, place, 'number');
  }

  #condition(text: string, place: string): Formula {
    return this.#typed(text, place, 'condition');
  }

  #signed(text: Signed, place: string): SignedFormula {
    if (typeof text === 'string') {
      const formula = this.#number(text, place);
      return { up: formula, down: formula };
    }
    if (this.#document.detector.direction === undefined)
      throw this.#fail(place, 'up and down need a direction', 'Give detector.direction, 1 or -1 at the trigger.');
    return { up: this.#number(text.up, `${place}.up`), down: this.#number(text.down, `${place}.down`) };
  }
}

interface OutcomeBody {
  readonly of: Signed;
  readonly at_least: Signed;
  readonly at_most: Signed;
  readonly above: Signed;
  readonly base: Signed;
  readonly rearm: boolean;
  readonly q: number;
  readonly from: 'close' | 'next_open';
}
