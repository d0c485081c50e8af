import { afterAll, describe, expect, it } from 'vitest';
import { killAtRandom, type KillCount, smallVictim, threadedVictim, type Victim } from '../support/kills.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';

const folder = temporaryFolder();
afterAll(removeFolders);

/** BACKTEST_KILLS shortens or lengthens the campaign; one kill in ten hits the lake with worker threads. */
const kills = Number(process.env['BACKTEST_KILLS'] ?? 500);
const onThreads = Math.round(kills / 10);

async function campaign(name: string, victim: Victim, count: number, seed: number): Promise<KillCount> {
  const note = (text: string) => void process.stderr.write(`kills ${name}: ${text}\n`);
  note(`an undisturbed run takes ${Math.round(victim.ms)} ms`);
  const outcome = await killAtRandom(folder, victim, count, seed, (killed) => (killed % 20 === 0 ? note(`${killed} of ${count}`) : undefined));
  note(`${outcome.killed} killed, ${outcome.late} came too late, ${outcome.failures.length} failed`);
  return outcome;
}

describe('runs killed at random times leave whole artifacts and arrive at the same bytes when run again', () => {
  it.each([
    ['small lake', smallVictim, kills - onThreads, 2],
    ['lake with two worker threads', threadedVictim, onThreads, 3],
  ] as const)(
    '%s',
    async (name, prepare, count, seed) => {
      const outcome = await campaign(name, await prepare(folder), count, seed);
      expect(outcome.failures).toEqual([]);
      expect(outcome.killed).toBeGreaterThanOrEqual(count);
    },
    4 * 3_600_000,
  );
});
