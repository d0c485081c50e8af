import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkLake, fingerprint, firstDifference, leftovers } from './checkLake.ts';
import { cli, sampleRun } from './cli.ts';

const observer = fileURLToPath(new URL('lockObserver.mjs', import.meta.url));

/** A very small stage: one month of funding of one symbol, under a run id of its own. */
export function tinyStage(root: string, runId: string, lockTimeout = '300'): string[] {
  const [, ...flags] = sampleRun(root, { 'run-id': runId, 'lock-timeout': lockTimeout });
  return ['stage', 'ingest_funding', ...flags, '--quiet'];
}

/** What so many runs leave that are started one after the other. */
export async function serialTree(root: string, runs: number): Promise<Record<string, string>> {
  for (let run = 0; run < runs; run++) {
    const { exit, stderr } = await cli(tinyStage(root, `r${run}`));
    if (exit !== 0) throw new Error(`run r${run} ended with ${exit}: ${stderr}`);
  }
  return fingerprint(root);
}

/** Starts so many runs on one fresh lake at once; says what was wrong, in words. */
export async function startTogether(root: string, runs: number, expected: Readonly<Record<string, string>>): Promise<string[]> {
  const observed = `${root}.locks`;
  const env = { NODE_OPTIONS: `--import=${observer}`, LOCK_OBSERVED: observed };
  const results = await Promise.all(Array.from({ length: runs }, (_, run) => cli(tinyStage(root, `r${run}`), { env })));
  const problems = results.filter(({ exit }) => exit !== 0).map(({ exit, stderr }) => `ended with ${exit}: ${stderr}`);
  problems.push(...overlaps(readFileSync(observed, 'utf8').trim().split('\n'), runs), ...(await checkLake(root)));
  const difference = firstDifference(fingerprint(root), expected);
  if (difference !== null) problems.push(`unlike the serial runs ${difference}`);
  problems.push(...leftovers(root).map((name) => `left behind ${name}`));
  if (problems.length === 0) for (const path of [root, observed]) rmSync(path, { recursive: true });
  return problems;
}

/** Every acquisition must be followed by the release of the same process before the next one. */
function overlaps(events: readonly string[], runs: number): string[] {
  const problems: string[] = [];
  for (let i = 0; i < events.length; i += 2) {
    const [first, second] = [events[i]!.split(' '), events[i + 1]?.split(' ') ?? []];
    if (first[0] !== 'acquire' || second[0] !== 'release' || first[1] !== second[1])
      problems.push(`two writers at a time: ${events.slice(i, i + 3).join(', ')}`);
  }
  return events.length === 2 * runs ? problems : [...problems, `${events.length} lock events of ${runs} runs`];
}

/** The lock of a data root. */
export const lockOf = (root: string): string => join(root, 'lake', '.lock');
