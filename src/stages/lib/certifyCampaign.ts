import { hashOf } from '../../core/canonicalJson.ts';
import { type CertificateSize, type CertifiedSubject, falseApprovalsOf, type PowerCurve, type PowerPoint } from '../../research/certificate/model.ts';
import type { SurrogateEffects } from '../../research/study/result.ts';
import { costOf, type KeptAnswers, type NamedJob, type SeriesProgress } from './certifyParts.ts';
import type { CampaignSubject, CampaignSubjects } from './certifySubjects.ts';
import type { SurrogateCampaign } from './surrogateCampaign.ts';
import { generatorIds, type SurrogateAnswer, type SurrogateAsk, type SurrogatePlan } from './surrogateJob.ts';

/** Markets of a campaign come from other streams than those of the distributions they are held against. */
const nullSeed = 1_000_003;
const plantSeed = 2_000_003;

/** Kind of market that effects are planted in: volatility clusters there as on real ones. */
const plantedGenerator = 'garch';

export interface CampaignInput {
  /** Plan of all documents, without distributions. */
  readonly plan: SurrogatePlan;
  readonly chosen: CampaignSubjects;
  readonly size: CertificateSize;
  readonly seed: number;
  readonly campaign: SurrogateCampaign;
  readonly kept: KeptAnswers;
  /** Told of each market; what is left counts the series that come later as well. */
  readonly onProgress: (progress: SeriesProgress) => void;
}

export interface CampaignResult {
  readonly studies: readonly CertifiedSubject[];
  readonly policies: readonly CertifiedSubject[];
  /** The distributions that verdicts were held against, by study. */
  readonly against: Readonly<Record<string, readonly SurrogateEffects[]>>;
}

/**
 * The whole campaign. First the primary effects of all studies on markets without an edge, then verdicts on other such markets, from the
 * study to the promotion of a policy, then verdicts where an effect was planted. A market is made once for everything that is asked of it.
 *
 * @throws E_INTERRUPTED; what was done is kept
 */
export async function runCampaign(input: CampaignInput): Promise<CampaignResult> {
  const { chosen, size, seed } = input;
  const series = seriesOf(input);
  const effects = await series('effects', marketsOf('effects', generatorIds, { seed, count: size.paths, asks: () => effectAsks(chosen) }));
  const against = distributionsOf(chosen, effects.answers, size.paths);
  const nullJobs = marketsOf('nulls', generatorIds, {
    seed: seed + nullSeed,
    count: size.nulls,
    asks: (replicate) => nullAsks(chosen, replicate, size),
  });
  const nulls = await series('nulls', nullJobs, against);
  const planted = await series('planted', plantedJobs(input), against);
  const certified = (subject: CampaignSubject): CertifiedSubject => {
    const { id, version, digest } = subject;
    const counts = (ask: SurrogateAsk) => (generator: string) => falseApprovalsOf(generator, countsOf(nulls.to(ask, generator)));
    const falseApprovals = generatorIds.map(counts(nullAsk(subject)));
    const reference =
      subject.reference === null || size.references === 0 ? [] : generatorIds.map(counts({ kind: 'reference', id: subject.reference }));
    return { id, version, digest, falseApprovals, reference, power: size.planted === 0 ? null : powerOf(subject, nulls, planted) };
  };
  const of = (kind: CampaignSubject['kind']) => chosen.subjects.filter((subject) => subject.kind === kind).map(certified);
  return { studies: of('study'), policies: of('policy'), against };
}

/** Answers of one series, and those to one ask by kind of market. */
interface Series {
  readonly answers: readonly SurrogateAnswer[][];
  readonly to: (ask: SurrogateAsk, generator: string) => SurrogateAnswer[];
}

function seriesOf(input: CampaignInput) {
  const { plan, campaign, kept, chosen } = input;
  let spent = 0;
  const ahead = { nulls: workOf(chosen, input.size).nulls, planted: workOf(chosen, input.size).planted };
  return async (name: 'effects' | 'nulls' | 'planted', jobs: readonly NamedJob[], against: SurrogatePlan['against'] = {}): Promise<Series> => {
    const before = spent;
    const later = (name === 'effects' ? ahead.nulls : 0) + (name === 'planted' ? 0 : ahead.planted);
    const answers = await kept.answers(name, jobs, {
      plan: { ...plan, against },
      campaign,
      keyOf: keysOf(chosen, against),
      onProgress: (progress) => {
        spent = before + progress.spent;
        input.onProgress({ ...progress, spent, left: progress.left + later });
      },
    });
    const to = (ask: SurrogateAsk, generator: string) =>
      jobs.flatMap((job, at) => {
        const place = job.generator === generator ? job.asks.findIndex((one) => isSame(one, ask)) : -1;
        return place < 0 ? [] : [answers[at]![place]!];
      });
    return { answers, to };
  };
}

function workOf({ subjects, studies }: CampaignSubjects, size: CertificateSize): { nulls: number; planted: number } {
  const sum = (asks: readonly SurrogateAsk[]) => asks.reduce((total, ask) => total + costOf(ask), 0);
  const nulls = size.nulls * sum(subjects.map(nullAsk)) + size.references * sum(referenceAsks(subjects));
  return { nulls: studies.length === 0 ? 0 : generatorIds.length * nulls, planted: size.planted * sum(subjects.flatMap(plantedAsks)) };
}

function marketsOf(
  series: string,
  generators: readonly string[],
  { seed, count, asks }: { seed: number; count: number; asks: (replicate: number) => readonly SurrogateAsk[] },
): NamedJob[] {
  const replicates = Array.from({ length: count }, (_, replicate) => replicate);
  return generators.flatMap((generator) =>
    replicates.map((replicate) => ({ name: `${series}/${generator}/${replicate}`, generator, seed, replicate, asks: asks(replicate) })),
  );
}

function effectAsks({ studies }: CampaignSubjects): SurrogateAsk[] {
  return studies.map(({ id }) => ({ kind: 'effect', id }));
}

function nullAsks({ subjects }: CampaignSubjects, replicate: number, { references }: CertificateSize): SurrogateAsk[] {
  return [...subjects.map(nullAsk), ...(replicate < references ? referenceAsks(subjects) : [])];
}

function nullAsk({ kind, id }: CampaignSubject): SurrogateAsk {
  return { kind, id, plant: 0 };
}

function referenceAsks(subjects: readonly CampaignSubject[]): SurrogateAsk[] {
  return subjects.flatMap(({ reference }) => (reference === null ? [] : [{ kind: 'reference' as const, id: reference }]));
}

function plantedAsks({ kind, id, plant }: CampaignSubject): SurrogateAsk[] {
  return plant.sizes.map((size) => ({ kind, id, plant: size }));
}

/** One job per subject and market: a market with every plant would be too long to lose. */
function plantedJobs({ chosen, size, seed }: CampaignInput): NamedJob[] {
  return chosen.subjects.flatMap((subject) =>
    marketsOf(`planted/${subject.id}`, [plantedGenerator], { seed: seed + plantSeed, count: size.planted, asks: () => plantedAsks(subject) }),
  );
}

/** What an answer follows from besides its market: the ask, the documents, the distributions. */
function keysOf({ subjects, studies }: CampaignSubjects, against: SurrogatePlan['against']): (ask: SurrogateAsk) => string {
  const digests = new Map(subjects.map((subject) => [`${subject.kind} ${subject.id}`, subject]));
  const documents = new Map(studies.map((document) => [document.id, hashOf(document)]));
  const distributions = new Map(Object.entries(against).map(([id, effects]) => [id, hashOf(effects)]));
  const known = new Map<string, string>();
  return (ask) => {
    const name = JSON.stringify(ask);
    let key = known.get(name);
    if (key === undefined) {
      const subject = digests.get(`${ask.kind} ${ask.id}`);
      const from = subject === undefined ? [documents.get(ask.id) ?? null] : [subject.digest, distributions.get(subject.study.id) ?? null];
      key = hashOf([ask, from]).slice(0, 24);
      known.set(name, key);
    }
    return key;
  };
}

function distributionsOf({ studies }: CampaignSubjects, answers: readonly (readonly SurrogateAnswer[])[], paths: number): CampaignResult['against'] {
  return Object.fromEntries(
    studies.map(({ id }, place) => [
      id,
      generatorIds.map((generator, g) => ({ generator, effects: answers.slice(g * paths, (g + 1) * paths).map((of) => of[place]!.effect) })),
    ]),
  );
}

function countsOf(answers: readonly SurrogateAnswer[]): { n: number; approved: number; inconclusive: number } {
  const count = (wanted: SurrogateAnswer['verdict']) => answers.filter(({ verdict }) => verdict === wanted).length;
  return { n: answers.length, approved: count('pass'), inconclusive: count('inconclusive') + count(null) };
}

/** The curve of a subject: what was found without a plant, then by size. */
function powerOf(subject: CampaignSubject, nulls: Series, planted: Series): PowerCurve {
  const { kind, id, plant } = subject;
  const point = (size: number, answers: readonly SurrogateAnswer[]): PowerPoint => {
    const measured = meanOf(answers.map(({ effect }) => effect));
    const { n, approved: found, inconclusive } = countsOf(answers);
    const worth = kind === 'policy' ? { bps: size === 0 ? 0 : measured, effect: null } : { bps: plant.bps(size), effect: measured };
    return { size, ...worth, n, found, inconclusive };
  };
  const points = [
    point(0, nulls.to(nullAsk(subject), plantedGenerator)),
    ...plant.sizes.map((size) => point(size, planted.to({ kind, id, plant: size }, plantedGenerator))),
  ];
  return { generator: plantedGenerator, planted: plant.words, unit: plant.unit, smallest: plant.smallest, points };
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

function isSame(a: SurrogateAsk, b: SurrogateAsk): boolean {
  return a.kind === b.kind && a.id === b.id && ('plant' in a ? a.plant : 0) === ('plant' in b ? b.plant : 0);
}
