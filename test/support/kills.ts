import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { namedStream, nextUniform } from '../../src/core/random.ts';
import { checkLake, fingerprint, firstDifference, leftovers, pooled, verifyLake } from './checkLake.ts';
import { cli, mainFile, sampleRun } from './cli.ts';
import { smallLake } from './sweep.ts';

/** A run to be killed at random times: its flags, what it leaves undisturbed, and how long it takes. */
export interface Victim {
  readonly args: (root: string) => string[];
  readonly after: Readonly<Record<string, string>>;
  readonly ms: number;
}

export interface KillCount {
  readonly killed: number;
  /** Kills that came after the run had ended; they do not count. */
  readonly late: number;
  readonly failures: readonly string[];
}

/** The small lake; its work is too small for worker threads. */
export const smallVictim = (folder: string) => prepareVictim(folder, { ...smallLake, workers: '2' });

/** Enough bars (154,176) that two worker threads run. */
export const threadedVictim = (folder: string) => prepareVictim(folder, { ...smallLake, end: '2025-03-13', workers: '2' });

async function prepareVictim(folder: string, flags: Readonly<Record<string, string>>): Promise<Victim> {
  const args = (root: string) => [...sampleRun(root, flags), '--quiet'];
  const root = join(folder, 'undisturbed');
  const started = performance.now();
  const { exit, stderr } = await cli(args(root));
  const ms = performance.now() - started;
  if (exit !== 0) throw new Error(`the undisturbed run ended with ${exit}: ${stderr}`);
  const after = fingerprint(root);
  rmSync(root, { recursive: true });
  return { args, after, ms };
}

/**
 * Starts runs on fresh lakes, kills each after a random time below the duration of an undisturbed one, checks what is
 * left, runs again and compares; until so many were killed.
 *
 * @param seed names the stream of times, so that a campaign can be repeated as far as a scheduler allows
 */
export async function killAtRandom(folder: string, victim: Victim, count: number, seed: number, onKill: (killed: number) => void = () => {}) {
  const stream = namedStream(`seed=${seed}/test/kills`);
  const failures: string[] = [];
  let [killed, late, tried] = [0, 0, 0];
  const most = count * 2 + 10;
  await pooled([0, 1], 2, async () => {
    while (killed < count && tried < most) {
      const root = join(folder, `kill-${seed}-${(tried += 1)}`);
      const ms = nextUniform(stream) * victim.ms;
      if (!(await runAndKill(victim.args(root), ms))) {
        late += 1;
        rmSync(root, { recursive: true, force: true });
        continue;
      }
      killed += 1;
      const problems = await recover(root, victim);
      if (problems.length === 0) rmSync(root, { recursive: true, force: true });
      else failures.push(`killed after ${ms.toFixed(0)} ms (${root}): ${problems.join('; ')}`);
      onKill(killed);
    }
  });
  return { killed, late, failures } satisfies KillCount;
}

/** True when the process was still running when its time came. */
function runAndKill(args: readonly string[], ms: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [mainFile, ...args], { stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), ms);
    child.on('error', reject);
    child.on('close', (_, signal) => {
      clearTimeout(timer);
      resolve(signal === 'SIGKILL');
    });
  });
}

async function recover(root: string, victim: Victim): Promise<string[]> {
  const problems = [...(await checkLake(root)), ...(await verifyLake(root))];
  const again = await cli(victim.args(root));
  if (again.exit !== 0) problems.push(`the rerun ended with ${again.exit}: ${again.stderr}`);
  const difference = firstDifference(fingerprint(root), victim.after);
  if (difference !== null) problems.push(`after the rerun ${difference}`);
  if (leftovers(root).some((name) => name.endsWith('.lock'))) problems.push('a lock is left after the rerun');
  return problems;
}
