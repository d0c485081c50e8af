import { prettyJson } from '../../core/canonicalJson.ts';
import { AppError } from '../../core/errors.ts';
import type { Effects } from '../../core/effects.ts';
import { writeAtomic } from '../../lake/writeAtomic.ts';
import type { SurrogateCampaign } from './surrogateCampaign.ts';
import type { SurrogateAnswer, SurrogateAsk, SurrogateJob, SurrogatePlan } from './surrogateJob.ts';

/** What of a series of jobs is done; `cost` counts what the asks are about worth, in primary effects of a study. */
export interface SeriesProgress {
  readonly series: string;
  readonly done: number;
  readonly jobs: number;
  /** Work done in this process, and work left in this series. */
  readonly spent: number;
  readonly left: number;
}

/** A job under the name that its answers are kept by, a path without an ending. */
export interface NamedJob extends SurrogateJob {
  readonly name: string;
}

/** What an ask costs, in primary effects of a study; measured, for the remaining time only. */
const costs: Readonly<Record<SurrogateAsk['kind'], (plant: number) => number>> = {
  effect: () => 1,
  study: (plant) => (plant === 0 ? 1.3 : 5),
  policy: (plant) => (plant === 0 ? 0.2 : 12),
  reference: () => 3,
};

export function costOf(ask: SurrogateAsk): number {
  return costs[ask.kind]('plant' in ask ? ask.plant : 0);
}

/**
 * Answers that are kept on disk, one file per market: an interrupted campaign goes on, and a longer one begins where a shorter one
 * ended. An answer is found again by everything that it follows from.
 */
export class KeptAnswers {
  readonly #effects: Pick<Effects, 'files' | 'uniqueName'>;
  readonly #folder: string;

  /** @param folder of this campaign: named by data, code and shape */
  constructor(effects: Pick<Effects, 'files' | 'uniqueName'>, folder: string) {
    this.#effects = effects;
    this.#folder = folder;
  }

  /**
   * The answers to a series of jobs, [jobs][asks]; only what is not kept is computed, and each market is kept as soon as it is done.
   *
   * @param keyOf what an answer follows from besides the market
   * @throws E_INTERRUPTED
   */
  async answers(
    series: string,
    jobs: readonly NamedJob[],
    {
      plan,
      campaign,
      keyOf,
      onProgress,
    }: {
      readonly plan: SurrogatePlan;
      readonly campaign: SurrogateCampaign;
      readonly keyOf: (ask: SurrogateAsk) => string;
      readonly onProgress: (progress: SeriesProgress) => void;
    },
  ): Promise<SurrogateAnswer[][]> {
    const kept = await Promise.all(jobs.map((job) => this.#read(job.name)));
    const open = jobs.flatMap((job, at) => {
      const asks = job.asks.filter((ask) => kept[at]![keyOf(ask)] === undefined);
      return asks.length === 0 ? [] : [{ at, job: { ...job, asks } }];
    });
    let [done, spent, left] = [jobs.length - open.length, 0, open.reduce((sum, { job }) => sum + workOf(job), 0)];
    onProgress({ series, done, jobs: jobs.length, spent, left });
    await campaign.run(
      plan,
      open.map(({ job }) => job),
      async (i, answers) => {
        const { at, job } = open[i]!;
        job.asks.forEach((ask, a) => (kept[at]![keyOf(ask)] = answers[a]!));
        await writeAtomic(this.#effects.files, this.#path(job.name), prettyJson(kept[at]!), this.#effects.uniqueName);
        spent += workOf(job);
        left -= workOf(job);
        onProgress({ series, done: ++done, jobs: jobs.length, spent, left });
      },
    );
    return jobs.map((job, at) => job.asks.map((ask) => kept[at]![keyOf(ask)]!));
  }

  async #read(name: string): Promise<Record<string, SurrogateAnswer>> {
    const { files } = this.#effects;
    const path = this.#path(name);
    if ((await files.stat(path)) === null) return {};
    try {
      return JSON.parse((await files.read(path)).toString('utf8')) as Record<string, SurrogateAnswer>;
    } catch (cause) {
      throw new AppError(
        'E_ARTIFACT_DAMAGED',
        { path: `cache/certificate/.../${name}.json`, problem: 'it is not readable JSON; remove it' },
        { cause },
      );
    }
  }

  #path(name: string): string {
    return `${this.#folder}/${name}.json`;
  }
}

function workOf({ asks }: SurrogateJob): number {
  return asks.reduce((sum, ask) => sum + costOf(ask), 0);
}
