import { hashOf, prettyJson } from '../../core/canonicalJson.ts';
import type { Effects } from '../../core/effects.ts';
import type { CompiledStudy } from '../../research/study/compile.ts';
import type { StudyFrame } from '../../research/study/frame.ts';
import type { SurrogateEffects, Verdict } from '../../research/study/result.ts';
import { type LakePaths } from '../../lake/paths.ts';
import { writeAtomic } from '../../lake/writeAtomic.ts';
import { surrogateEffects, surrogatePlan } from './calibrateStudy.ts';
import type { SurrogateCampaign } from './surrogateCampaign.ts';
import { generatorIds, type SurrogateJob, type SurrogatePlan } from './surrogateJob.ts';

/** How large a campaign is. */
export interface CertificateSize {
  /** Markets per generator whose effects a verdict is held against. */
  readonly paths: number;
  /** Null markets per generator that get a verdict. */
  readonly nulls: number;
  /** Sizes of planted effects, in the unit of the study's primary outcome. */
  readonly plants: readonly number[];
  /** Markets per planted size. */
  readonly planted: number;
}

/** What one study did on markets that have nothing to find, and on markets that have. */
export interface StudyCertificate {
  readonly study: string;
  readonly version: number;
  readonly digest: string;
  /** Verdicts on null markets, by generator. */
  readonly nulls: readonly { readonly generator: string; readonly verdicts: Readonly<Record<Verdict, number>> }[];
  /** Verdicts by size of the planted effect, on the first generator's markets. */
  readonly power: readonly { readonly size: number; readonly generator: string; readonly verdicts: Readonly<Record<Verdict, number>> }[];
}

/** Markets of a campaign come from other streams than those of the distributions they are held against. */
const nullSeed = 1_000_003;
const plantSeed = 2_000_003;

/**
 * The certificate of one study. Every part that is done is kept on disk, so that an interrupted campaign goes on; parts are named by
 * everything that they follow from.
 */
export async function certifyStudy(
  study: CompiledStudy,
  {
    frames,
    seed,
    size,
    campaign,
    effects,
    paths,
    onDone,
  }: {
    readonly frames: readonly StudyFrame[];
    readonly seed: number;
    readonly size: CertificateSize;
    readonly campaign: SurrogateCampaign;
    readonly effects: Pick<Effects, 'files' | 'uniqueName'>;
    readonly paths: LakePaths;
    readonly onDone: (part: string, done: number, total: number) => void;
  },
): Promise<StudyCertificate> {
  const plan = surrogatePlan(study, frames, seed);
  const known = hashOf({ digest: study.digest, shape: plan.shape, seed, days: frames.map(({ rows, openTime }) => [rows, openTime[0] ?? null]) });
  const kept = async <T>(part: string, make: () => Promise<T>): Promise<T> => {
    const path = `${paths.cache()}/certificate/${study.document.id}-${hashOf({ known, part }).slice(0, 16)}.json`;
    if ((await effects.files.stat(path)) !== null) return JSON.parse((await effects.files.read(path)).toString('utf8')) as T;
    const made = await make();
    await writeAtomic(effects.files, path, prettyJson(made), effects.uniqueName);
    return made;
  };
  const against = await kept(`effects ${size.paths}`, () =>
    surrogateEffects(plan, { campaign, paths: size.paths, onDone: (done, total) => onDone('surrogate effects', done, total) }),
  );
  const nulls = [];
  for (const generator of generatorIds) {
    const jobs = jobsOf({ generator, count: size.nulls, plant: 0, against });
    const verdicts = await kept(`nulls ${generator} ${size.nulls}`, () =>
      judged({ ...plan, seed: seed + nullSeed }, jobs, { campaign, onDone: (done) => onDone(`null ${generator}`, done, jobs.length) }),
    );
    nulls.push({ generator, verdicts });
  }
  const power = [];
  const [generator] = generatorIds as readonly [string];
  for (const plant of size.plants) {
    const jobs = jobsOf({ generator, count: size.planted, plant, against });
    const verdicts = await kept(`power ${plant} ${size.planted}`, () =>
      judged({ ...plan, seed: seed + plantSeed }, jobs, { campaign, onDone: (done) => onDone(`planted ${plant}`, done, jobs.length) }),
    );
    power.push({ size: plant, generator, verdicts });
  }
  return { study: study.document.id, version: study.document.version, digest: study.digest, nulls, power };
}

function jobsOf({
  generator,
  count,
  plant,
  against,
}: {
  generator: string;
  count: number;
  plant: number;
  against: readonly SurrogateEffects[];
}): SurrogateJob[] {
  return Array.from({ length: count }, (_, replicate) => ({ generator, replicate, plant, against }));
}

async function judged(
  plan: SurrogatePlan,
  jobs: readonly SurrogateJob[],
  { campaign, onDone }: { campaign: SurrogateCampaign; onDone: (done: number) => void },
): Promise<Record<Verdict, number>> {
  const answers = await campaign.run(plan, jobs, onDone);
  const count = (wanted: Verdict) => answers.filter(({ verdict }) => verdict === wanted).length;
  return { pass: count('pass'), fail: count('fail'), inconclusive: answers.length - count('pass') - count('fail') };
}
