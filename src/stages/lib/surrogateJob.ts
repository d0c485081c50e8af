import { type Feature, outputsOf } from '../../core/define.ts';
import type { Columns } from '../../core/table.ts';
import { computeFeatures, planFeatures } from '../../features/lib/computeFeatures.ts';
import type { CompiledStudy } from '../../research/study/compile.ts';
import { compileStudy } from '../../research/study/compile.ts';
import type { StudyDocument } from '../../research/study/document.ts';
import type { StudyFrame } from '../../research/study/frame.ts';
import type { SurrogateEffects, Verdict } from '../../research/study/result.ts';
import { type AddFeatures, effectOn, framesOf, verdictOn } from '../../research/surrogate/calibrate.ts';
import { generators } from '../../research/surrogate/generators.ts';
import { type MarketShape, surrogateMarket } from '../../research/surrogate/market.ts';
import { plantFor, planted } from '../../research/surrogate/plant.ts';
import { shuffledBars } from '../../research/surrogate/shuffledBars.ts';
import { prepareStudy } from '../../research/study/prepare.ts';
import { studyCatalog } from './studyCatalog.ts';

/** Id of the generator that shuffles the run's own bars. */
export const shuffledId = 'shuffled_bars';
export const generatorIds: readonly string[] = [...generators.map(({ id }) => id), shuffledId];

/** Everything that surrogate markets of one study are made of; plain data, so that a worker can be handed it. */
export interface SurrogatePlan {
  readonly document: StudyDocument;
  readonly shape: MarketShape;
  readonly seed: number;
  /** The run's frames, for shuffled bars: bar fields and funding only. */
  readonly frames: readonly StudyFrame[];
}

/** One market: which, and what is asked about it. */
export interface SurrogateJob {
  readonly generator: string;
  readonly replicate: number;
  /** Size of an effect planted after every event; 0 for none. */
  readonly plant: number;
  /** Ask for the verdict against these distributions; without it for the primary effect alone. */
  readonly against: readonly SurrogateEffects[] | null;
}

export interface SurrogateAnswer {
  readonly effect: number | null;
  readonly verdict: Verdict | null;
}

/** Answers jobs of one plan; features and formulas are compiled once. */
export function surrogateLab(plan: SurrogatePlan, features: ReadonlyMap<string, Feature>): (job: SurrogateJob) => SurrogateAnswer {
  const study = compileStudy(plan.document, studyCatalog(features));
  const addFeatures = featuresFor(study, features);
  return (job) => {
    const bare = marketOf(plan, job);
    if (bare === null) return { effect: null, verdict: null };
    const market = job.plant === 0 ? bare : plantAll(study, { bare, addFeatures, size: job.plant });
    const frames = market.map((frame) => ({ ...frame, columns: { ...frame.columns, ...addFeatures(frame.columns, frame.isGap) } }));
    if (job.against === null) return { effect: effectOn(study, frames), verdict: null };
    // Another seed than the run's: the verdict's own draws must not be those of the market.
    return { effect: null, verdict: verdictOn(study, frames, { seed: plan.seed + 1, surrogates: job.against }) };
  };
}

function marketOf(plan: SurrogatePlan, { generator, replicate }: SurrogateJob): StudyFrame[] | null {
  if (generator === shuffledId) return shuffledBars(plan.frames, `seed=${plan.seed}/surrogate/${shuffledId}/${replicate}`);
  const made = generators.find(({ id }) => id === generator);
  if (made === undefined) throw new RangeError(`no generator is called ${generator}`);
  return framesOf(surrogateMarket(made, plan.shape, { seed: plan.seed, replicate }), () => ({}));
}

function plantAll(
  study: CompiledStudy,
  { bare, addFeatures, size }: { bare: readonly StudyFrame[]; addFeatures: AddFeatures; size: number },
): StudyFrame[] {
  const whole = bare.map((frame) => ({ ...frame, columns: { ...frame.columns, ...addFeatures(frame.columns, frame.isGap) } }));
  const prepared = prepareStudy(study, whole, false);
  return bare.map((frame) => {
    const series = prepared.symbols.find((symbol) => symbol.series.frame.symbol === frame.symbol)?.series;
    if (series === undefined) return frame;
    const full = whole.find(({ symbol }) => symbol === frame.symbol)!;
    const changed = planted(study, full, { thresholds: series.thresholds, plant: plantFor(study, size) });
    return { ...frame, columns: Object.fromEntries(Object.keys(frame.columns).map((name) => [name, changed.columns[name]!])) };
  });
}

/** The feature units that a study's columns need, as one function of bar fields. */
function featuresFor(study: CompiledStudy, features: ReadonlyMap<string, Feature>): AddFeatures {
  const provided = new Set([...features.values()].flatMap((feature) => outputsOf(feature).map(({ name }) => name)));
  const wanted = study.columns.filter((column) => provided.has(column)).map((column) => ({ column, by: `study ${study.document.id}` }));
  const planned = planFeatures(wanted, features);
  return (base: Columns, isGap) => computeFeatures(planned, base, isGap);
}
