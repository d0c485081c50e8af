import type { CompiledStudy } from '../../research/study/compile.ts';
import type { StudyFrame } from '../../research/study/frame.ts';
import type { SurrogateEffects } from '../../research/study/result.ts';
import type { SurrogateCampaign } from './surrogateCampaign.ts';
import { generatorIds, type SurrogateJob, type SurrogatePlan } from './surrogateJob.ts';

/** Bar fields and funding: what shuffled bars are made from. */
const shuffledColumns = ['open', 'high', 'low', 'close', 'volume', 'funding_event_ts', 'funding_rate_scaled'];

/** The markets that a study on these frames is held against: same symbols, days and average volatility. */
export function surrogatePlan(study: CompiledStudy, frames: readonly StudyFrame[], seed: number): SurrogatePlan {
  const [first] = frames;
  return {
    document: study.document,
    seed,
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

/** The primary effect on `paths` markets of every generator. */
export async function surrogateEffects(
  plan: SurrogatePlan,
  { campaign, paths, onDone }: { campaign: SurrogateCampaign; paths: number; onDone: (done: number, total: number) => void },
): Promise<SurrogateEffects[]> {
  const jobs = generatorIds.flatMap((generator) =>
    Array.from({ length: paths }, (_, replicate): SurrogateJob => ({ generator, replicate, plant: 0, against: null })),
  );
  const answers = await campaign.run(plan, jobs, (done) => onDone(done, jobs.length));
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
