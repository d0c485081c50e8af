import { type Feature, outputsOf } from '../../core/define.ts';
import type { Strategy } from '../../core/intent.ts';
import type { Columns } from '../../core/table.ts';
import type { Frame } from '../../engine/frame.ts';
import { computeFeatures, planFeatures } from '../../features/lib/computeFeatures.ts';
import { settlingRates } from '../../market/alignFunding.ts';
import { referenceApproves, referenceColumns } from '../../research/certificate/referenceGates.ts';
import { type CompiledPolicy, compilePolicy } from '../../research/policy/compile.ts';
import { runPolicyStudy } from '../../research/policy/runPolicyStudy.ts';
import { type CompiledStudy, compileStudy } from '../../research/study/compile.ts';
import type { StudyFrame } from '../../research/study/frame.ts';
import { prepareStudy } from '../../research/study/prepare.ts';
import { type AddFeatures, effectOn, framesOf, type MarketVerdict, verdictOn } from '../../research/surrogate/calibrate.ts';
import { generators } from '../../research/surrogate/generators.ts';
import { surrogateMarket } from '../../research/surrogate/market.ts';
import { plantFor, planted } from '../../research/surrogate/plant.ts';
import { plantedAgainst } from '../../research/surrogate/plantAgainst.ts';
import { shuffledBars } from '../../research/surrogate/shuffledBars.ts';
import { studyCatalog } from './studyCatalog.ts';
import { shuffledId, type SurrogateAnswer, type SurrogateAsk, type SurrogateJob, type SurrogatePlan } from './surrogateJob.ts';

/** Units that plans refer to. */
export interface SurrogateUnits {
  readonly features: ReadonlyMap<string, Feature>;
  readonly strategies: ReadonlyMap<string, Strategy>;
}

const unknown: SurrogateAnswer = { effect: null, verdict: null };

/** Answers jobs of one plan, in the order of what they ask; documents, features and formulas are compiled once. */
export function surrogateLab(plan: SurrogatePlan, units: SurrogateUnits): (job: SurrogateJob) => SurrogateAnswer[] {
  const lab = new Lab(plan, units);
  return (job) => {
    const bare = marketOf(plan, job);
    if (bare === null) return job.asks.map(() => unknown);
    const market = new Market(lab, bare, job);
    return job.asks.map((ask) => market.answer(ask));
  };
}

class Lab {
  readonly plan: SurrogatePlan;
  readonly studies: ReadonlyMap<string, CompiledStudy>;
  readonly policies: ReadonlyMap<string, CompiledPolicy>;
  readonly addFeatures: (columns: readonly string[]) => AddFeatures;
  /** Everything that any ask of the plan reads. */
  readonly columns: readonly string[];

  constructor(plan: SurrogatePlan, { features, strategies }: SurrogateUnits) {
    const catalog = studyCatalog(features);
    this.plan = plan;
    this.studies = new Map(plan.studies.map((document) => [document.id, compileStudy(document, catalog)]));
    this.policies = new Map(
      plan.policies.map((document) => [
        document.id,
        compilePolicy(document, { parent: this.studies.get(document.parent.study)!, strategies, catalog }),
      ]),
    );
    this.addFeatures = featuresOf(features);
    this.columns = [...new Set([...this.studies.values(), ...this.policies.values()].flatMap(({ columns }) => columns))].sort();
  }
}

/** One market, whose features and verdicts are computed when first asked for. */
class Market {
  readonly #lab: Lab;
  readonly #bare: readonly StudyFrame[];
  readonly #job: SurrogateJob;
  readonly #whole = new Map<readonly string[], readonly StudyFrame[]>();
  readonly #verdicts = new Map<string, MarketVerdict>();

  constructor(lab: Lab, bare: readonly StudyFrame[], job: SurrogateJob) {
    this.#lab = lab;
    this.#bare = bare;
    this.#job = job;
  }

  answer(ask: SurrogateAsk): SurrogateAnswer {
    if (ask.kind === 'effect') return { effect: effectOn(this.#lab.studies.get(ask.id)!, this.#frames()), verdict: null };
    if (ask.kind === 'reference') return { effect: null, verdict: referenceApproves(ask.id, this.#frames(referenceColumns)) ? 'pass' : 'fail' };
    if (ask.kind === 'study') return ask.plant === 0 ? this.#verdict(ask.id) : this.#planted(this.#lab.studies.get(ask.id)!, ask.plant);
    const policy = this.#lab.policies.get(ask.id)!;
    if (ask.plant > 0) return this.#plantedPolicy(policy, ask.plant);
    const parent = this.#verdict(policy.parent.document.id);
    return { effect: null, verdict: this.#promotion(policy, this.#frames(), parent) };
  }

  /** The market with features; without names those of the whole plan. */
  #frames(columns = this.#lab.columns): readonly StudyFrame[] {
    const known = this.#whole.get(columns);
    if (known !== undefined) return known;
    const made = withFeatures(this.#bare, this.#lab.addFeatures(columns));
    this.#whole.set(columns, made);
    return made;
  }

  #verdict(id: string): MarketVerdict {
    const known = this.#verdicts.get(id);
    if (known !== undefined) return known;
    const made = this.#judge(this.#lab.studies.get(id)!, this.#frames());
    this.#verdicts.set(id, made);
    return made;
  }

  #judge(study: CompiledStudy, frames: readonly StudyFrame[]): MarketVerdict {
    const { seed, replicate } = this.#job;
    return verdictOn(study, frames, { seed: seed + replicate, surrogates: this.#lab.plan.against[study.document.id] ?? [] });
  }

  /** The verdict on bars in which the study's events are followed by an effect. */
  #planted(study: CompiledStudy, size: number): SurrogateAnswer {
    const events = eventsOf(study, this.#frames());
    const bare = this.#bare.map((frame) => planted(study, frame, { events: events.get(frame.symbol) ?? [], plant: plantFor(study, size) }));
    return this.#judge(study, withFeatures(bare, this.#lab.addFeatures(study.columns)));
  }

  #promotion(policy: CompiledPolicy, frames: readonly StudyFrame[], parent: MarketVerdict): SurrogateAnswer['verdict'] {
    const { seed, replicate } = this.#job;
    // Where the study does not pass, the route ends there.
    if (policy.document.parent.requires_pass && parent.verdict !== 'pass') return parent.verdict;
    const engineFrames = frames.map(engineFrame);
    return runPolicyStudy({ policy, frames: engineFrames, seed: seed + replicate, parentVerdict: parent.verdict }).verdict;
  }

  /**
   * The policy on a market where the baseline's trades lose after the parent's events, the parent's pass given: what is asked is what the
   * policy can find. The effect of the answer is what a trade loses on average, in basis points.
   */
  #plantedPolicy(policy: CompiledPolicy, size: number): SurrogateAnswer {
    const whole = this.#frames();
    const { frames, bpsPerTrade } = plantedAgainst(policy, whole.map(engineFrame), { events: eventsOf(policy.parent, whole), drift: size });
    const bare = frames.map((frame, s) => ({ ...frame, columns: pick(frame.columns, this.#bare[s]!.columns) }));
    const made = withFeatures(bare, this.#lab.addFeatures(this.#lab.columns));
    return { effect: bpsPerTrade, verdict: this.#promotion(policy, made, { effect: null, verdict: 'pass' }) };
  }
}

function marketOf(plan: SurrogatePlan, { generator, seed, replicate }: SurrogateJob): StudyFrame[] | null {
  if (generator === shuffledId) return shuffledBars(plan.frames, `seed=${seed}/surrogate/${shuffledId}/${replicate}`);
  const made = generators.find(({ id }) => id === generator);
  if (made === undefined) throw new RangeError(`no generator is called ${generator}`);
  return framesOf(surrogateMarket(made, plan.shape, { seed, replicate }), () => ({}));
}

function eventsOf(study: CompiledStudy, frames: readonly StudyFrame[]) {
  return new Map(prepareStudy(study, frames, true).symbols.map(({ series, events }) => [series.frame.symbol, events]));
}

function withFeatures(bare: readonly StudyFrame[], addFeatures: AddFeatures): StudyFrame[] {
  return bare.map((frame) => ({
    ...frame,
    columns: { ...frame.columns, ...addFeatures({ timestamp: frame.openTime, ...frame.columns }, frame.isGap) },
  }));
}

function engineFrame(frame: StudyFrame): Frame {
  const { funding_event_ts: eventTime, funding_rate_scaled: rate } = frame.columns as Record<string, Float64Array>;
  return { ...frame, fundingRate: settlingRates(frame.openTime, eventTime!, rate!) };
}

function pick(from: Columns, names: Columns): Columns {
  return Object.fromEntries(Object.keys(names).map((name) => [name, from[name]!]));
}

/** The feature units behind columns, as one function of bar fields; names that no feature gives are bar fields. */
function featuresOf(features: ReadonlyMap<string, Feature>): (columns: readonly string[]) => AddFeatures {
  const provided = new Set([...features.values()].flatMap((feature) => outputsOf(feature).map(({ name }) => name)));
  return (columns) => {
    const wanted = columns.filter((column) => provided.has(column)).map((column) => ({ column, by: 'surrogate market' }));
    const planned = planFeatures(wanted, features);
    return (base: Columns, isGap) => computeFeatures(planned, base, isGap);
  };
}
