import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { smallLake as window } from '../../src/venues/sample/smallLake.ts';
import { checkLake, cloneLake, fingerprint, firstDifference, leftovers, pooled, verifyLake } from './checkLake.ts';
import { cli, cliJson, errorCode, type RunDocument, sampleRun } from './cli.ts';

/** Flags of the small lake: long enough for trades, small enough for thousands of runs. */
export const smallLake = { symbols: window.symbols.join(), start: window.start, end: window.end, workers: '1' };

/** Flags of the small lake's run, or of one of its stages. */
export function smallRun(root: string, stage: string | null = null): string[] {
  const [, ...flags] = sampleRun(root, smallLake);
  return stage === null ? ['run', ...flags, '--quiet'] : ['stage', stage, ...flags, '--quiet'];
}

/** One stage to be disturbed: the lake before it, and what it leaves when nothing goes wrong. */
export interface SweepStage {
  readonly id: string;
  /** Data root with every earlier stage done. */
  readonly before: string;
  readonly after: Readonly<Record<string, string>>;
  /** Operations of an undisturbed run of the stage; may vary by a few where months are written side by side. */
  readonly operations: number;
  readonly args: (root: string) => string[];
}

export interface Attempt {
  readonly stage: SweepStage;
  /** Value of FAILPOINT. */
  readonly failpoint: string;
  readonly n: number;
}

export interface Outcome {
  readonly attempt: Attempt;
  /** Operation that was struck, when the process lived to tell. */
  readonly struck: string | null;
  readonly exit: number | null;
  readonly problems: readonly string[];
}

/** Folders of a pipeline cut before each stage. The last stage runs as `run`, so that finishing the run is disturbed too. */
export async function prepareStages(folder: string): Promise<SweepStage[]> {
  const reference = await cliJson<RunDocument>(smallRun(join(folder, 'reference')));
  const stages: SweepStage[] = [];
  for (const [index, id] of reference.executed.entries()) {
    const before = join(folder, `before-${id}`);
    if (index > 0) cloneLake(join(folder, `done-${reference.executed[index - 1]!}`), before);
    const isLast = index === reference.executed.length - 1;
    stages.push(await measureStage(folder, id, (root) => smallRun(root, isLast ? null : id)));
  }
  const difference = firstDifference(stages.at(-1)!.after, stageFingerprint(join(folder, 'reference'), true));
  if (difference !== null) throw new Error(`the run in stages is not the whole run: ${difference}`);
  return stages;
}

/** A finished run that is replaced by one with another cost under the same name. */
export async function prepareReplacement(folder: string): Promise<SweepStage> {
  const named = (root: string) => [...smallRun(root), '--run-id', 'mine'];
  const { exit, stderr } = await cli(named(join(folder, 'before-replacement')));
  if (exit !== 0) throw new Error(`the run to be replaced ended with ${exit}: ${stderr}`);
  return measureStage(folder, 'replacement', (root) => [...named(root), '--cost-bps', '11', '--force']);
}

/** Runs a stage undisturbed on a copy of the lake `before-<id>` and notes what it leaves. */
async function measureStage(folder: string, id: string, args: (root: string) => string[]): Promise<SweepStage> {
  const [before, done, count] = [join(folder, `before-${id}`), join(folder, `done-${id}`), join(folder, `count-${id}`)];
  if (existsSync(before)) cloneLake(before, done);
  const { exit, stderr } = await cli(args(done), { env: { FAILPOINT_COUNT: count } });
  if (exit !== 0) throw new Error(`stage ${id} ended with ${exit}: ${stderr}`);
  const operations = Number(readFileSync(count, 'utf8').split('\n')[0]);
  return { id, before, after: stageFingerprint(done, args('').includes('run')), operations, args };
}

/** Every `step`-th operation of every stage, the first and the last included; faults as in FAILPOINT, '' for a kill. */
export function everyNth(stages: readonly SweepStage[], step: number, faults: readonly string[] = ['']): Attempt[] {
  return stages.flatMap((stage) =>
    Array.from({ length: stage.operations }, (_, index) => index + 1)
      .filter((n) => n % step === 0 || (step > 1 && (n === 1 || n === stage.operations)))
      .flatMap((n) => faults.map((fault) => ({ stage, n, failpoint: fault === '' ? String(n) : `${n}:${fault}` }))),
  );
}

/** So many attempts spread evenly over all stages. */
export function spread(stages: readonly SweepStage[], count: number, faults: readonly string[] = ['']): Attempt[] {
  const all = everyNth(stages, 1);
  return Array.from({ length: count }, (_, index) => {
    const { stage, n } = all[Math.floor(((index + 0.5) * all.length) / count)]!;
    const fault = faults[index % faults.length]!;
    return { stage, n, failpoint: fault === '' ? String(n) : `${n}:${fault}` };
  });
}

/** Runs each attempt on a copy of its lake: disturb, check, run again, compare. */
export function sweep(folder: string, attempts: readonly Attempt[], width = 2): Promise<Outcome[]> {
  return pooled(attempts, width, async (attempt, index) => {
    const root = join(folder, `attempt-${index}`);
    if (existsSync(attempt.stage.before)) cloneLake(attempt.stage.before, root);
    const outcome = await disturb(root, attempt);
    if (outcome.problems.length === 0) rmSync(root, { recursive: true, force: true });
    rmSync(`${root}.count`, { force: true });
    return outcome;
  });
}

/** The outcomes that broke the promise, as lines. */
export function failures(outcomes: readonly Outcome[]): string[] {
  return outcomes
    .filter(({ problems }) => problems.length > 0)
    .map(({ attempt, struck, problems }) => `${attempt.stage.id} FAILPOINT=${attempt.failpoint} ${struck ?? ''}: ${problems.join('; ')}`);
}

/** Says what a sweep did; the counts are the evidence. */
export function noteSweep(name: string, outcomes: readonly Outcome[]): void {
  const ends = new Map<string, number>();
  for (const { exit } of outcomes) ends.set(String(exit ?? 'killed'), (ends.get(String(exit ?? 'killed')) ?? 0) + 1);
  const exits = [...ends].map(([exit, count]) => `${exit}: ${count}`).join(', ');
  process.stderr.write(`${name}: ${outcomes.length} attempts (${exits}), ${failures(outcomes).length} failed\n`);
}

async function disturb(root: string, attempt: Attempt): Promise<Outcome> {
  const { stage, failpoint } = attempt;
  const first = await cli(stage.args(root), { env: { FAILPOINT: failpoint, FAILPOINT_COUNT: `${root}.count` } });
  const struck = existsSync(`${root}.count`) ? (readFileSync(`${root}.count`, 'utf8').trimEnd().split('\n')[attempt.n] ?? null) : null;
  const problems = [...expectExit(attempt, first, struck), ...(await checkLake(root)), ...(await verifyLake(root))];
  const isRemove = struck?.startsWith('remove ') ?? false;
  if (first.exit !== null && !isRemove && leftovers(root).length > 0) problems.push(`left behind ${leftovers(root).join(', ')}`);
  const second = await cli(stage.args(root));
  if (second.exit !== 0) problems.push(`the rerun ended with ${second.exit}: ${second.stderr}`);
  const difference = firstDifference(stageFingerprint(root, stage.args('').includes('run')), stage.after);
  if (difference !== null) problems.push(`after the rerun ${difference}`);
  if (leftovers(root).some((name) => name.endsWith('.lock'))) problems.push('a lock is left after the rerun');
  return { attempt, struck, exit: first.exit, problems };
}

/** A kill leaves no exit code; a failing disk gives 4 with the right code, unless what failed was the removal of garbage. */
function expectExit(attempt: Attempt, { exit, stderr }: { exit: number | null; stderr: string }, struck: string | null): string[] {
  const fault = attempt.failpoint.split(':')[1];
  const ended = `ended with ${exit}: ${stderr}`;
  const isBeyond = exit === 0 && attempt.n >= attempt.stage.operations - 5 && struck === null;
  if (isBeyond) return [];
  if (fault === undefined) return exit === null ? [] : [ended];
  if (fault === 'short') return exit === 0 ? [] : [ended];
  // The list of reports is renewed after a run, and never fails one.
  const isOfIndex = /\/reports(?:\/\.tmp-[^/]*|\/index\.\w+)?$/.test(struck ?? '');
  if (exit === 0 && (isOfIndex || (struck?.startsWith('remove ') ?? false))) return [];
  const code = fault === 'enospc' || fault === 'edquot' ? 'E_DISK_FULL' : 'E_FILE';
  return exit === 4 && errorCode(stderr) === code ? [] : [`expected ${code} with exit 4, ${ended}`];
}

/** The run record of an unfinished run says how far the last command came; only a finished one is compared. */
function stageFingerprint(root: string, isLast: boolean): Record<string, string> {
  return fingerprint(root, (name) => !isLast && name.endsWith('/run.json'));
}
