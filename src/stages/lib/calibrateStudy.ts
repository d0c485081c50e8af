import type { PolicyDocument } from '../../research/policy/document.ts';
import type { StudyDocument } from '../../research/study/document.ts';
import type { StudyFrame } from '../../research/study/frame.ts';
import type { SurrogateEffects } from '../../research/study/result.ts';
import type { SurrogateCampaign } from './surrogateCampaign.ts';
import { generatorIds, type SurrogateAnswer, type SurrogateJob, type SurrogatePlan } from './surrogateJob.ts';

/** Bar fields and funding: what shuffled bars are made from. */
const shuffledColumns = ['open', 'high', 'low', 'close', 'volume', 'funding_event_ts', 'funding_rate_scaled'];

/** The markets that studies on these frames are held against: same symbols, days and average volatility. */
export function surrogatePlan(
  { studies, policies }: { readonly studies: readonly StudyDocument[]; readonly policies: readonly PolicyDocument[] },
  frames: readonly StudyFrame[],
): SurrogatePlan {
  const [first] = frames;
  return {
    studies,
    policies,
    against: {},
    shape: {
      symbols: frames.map(({ symbol }) => symbol),
      start: first!.openTime[0]!,
      rows: Math.max(...frames.map(({ rows }) => rows)),
      volatility: meanVolatility(frames),
    },
    frames: frames.map((frame) => ({
      ...frame,
      columns: Object.fromEntries(Object.entries(frame.columns).filter(([name]) => shuffledColumns.includes(name))),
    })),
  };
}

/** The primary effect of one study of the plan on `paths` markets of every generator. */
export async function surrogateEffects(
  plan: SurrogatePlan,
  {
    id,
    seed,
    campaign,
    paths,
    onDone,
  }: { id: string; seed: number; campaign: SurrogateCampaign; paths: number; onDone: (done: number, total: number) => void },
): Promise<SurrogateEffects[]> {
  const jobs = generatorIds.flatMap((generator) =>
    Array.from({ length: paths }, (_, replicate): SurrogateJob => ({ generator, seed, replicate, asks: [{ kind: 'effect', id }] })),
  );
  const answers: SurrogateAnswer[] = [];
  let done = 0;
  await campaign.run(plan, jobs, async (at, [answer]) => {
    answers[at] = answer!;
    onDone(++done, jobs.length);
  });
  return generatorIds.map((generator, g) => ({ generator, effects: answers.slice(g * paths, (g + 1) * paths).map(({ effect }) => effect) }));
}

/** Standard deviation of 15-minute log returns, averaged over the symbols. */
function meanVolatility(frames: readonly StudyFrame[]): number {
  const each = frames.map(({ columns }) => {
    const close = columns['close']!;
    let [sum, count] = [0, 0];
    for (let row = 1; row < close.length; row++) {
      const move = Math.log(close[row]! / close[row - 1]!);
      if (!Number.isFinite(move)) continue;
      sum += move * move;
      count++;
    }
    return count === 0 ? 0 : Math.sqrt(sum / count);
  });
  return each.reduce((sum, value) => sum + value, 0) / each.length;
}
