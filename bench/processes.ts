import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Budget, relativeSpread } from '../src/bench/record.ts';
import { isAsked, report, type Sample, timing } from './harness.ts';

/** One command line timed as a whole process against a process that runs an empty module. */
export interface ProcessComparison {
  readonly id: string;
  readonly what: string;
  readonly budget: Extract<Budget, { atMost: number }>;
  /** Arguments of node; the first is a script. */
  readonly args: readonly string[];
}

const rounds = 15;

/** Runs each command and an empty process in turn and reports the ratios of their CPU medians. */
export function benchProcesses(comparisons: readonly ProcessComparison[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'bench-process-'));
  try {
    const usage = join(folder, 'usage.mjs');
    writeFileSync(
      usage,
      "import { writeSync } from 'node:fs'; process.on('exit', () => { const { user, system } = process.cpuUsage(); writeSync(2, `\\ncpu ${user + system}\\n`); });",
    );
    const empty = join(folder, 'empty.mjs');
    writeFileSync(empty, '');
    for (const { id, what, budget, args } of comparisons.filter(isAsked)) {
      const subject: Sample[] = [];
      const baseline: Sample[] = [];
      for (let round = 0; round < rounds; round++) {
        subject.push(timeProcess(folder, usage, args));
        baseline.push(timeProcess(folder, usage, [empty]));
      }
      const [a, b] = [timing('command', subject, subject[0]!), timing('empty', baseline, baseline[0]!)];
      const ratio = a.cpuNs / b.cpuNs;
      const noise = relativeSpread(subject.map(({ cpuNs }, round) => cpuNs / baseline[round]!.cpuNs));
      report({ id, what, unit: 'process', ratio, noise, budget, isMet: ratio <= budget.atMost, subject: a, baseline: b });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In the given folder, so that a command finds no data of whoever measures. */
function timeProcess(folder: string, usage: string, args: readonly string[]): Sample {
  const before = process.hrtime.bigint();
  const { stderr, status } = spawnSync(process.execPath, ['--import', pathToFileURL(usage).href, ...args], { encoding: 'utf8', cwd: folder });
  const wallNs = Number(process.hrtime.bigint() - before);
  const cpu = /\ncpu (\d+)\n/.exec(stderr);
  if (status !== 0 || cpu === null) throw new Error(stderr);
  return { cpuNs: Number(cpu[1]) * 1000, wallNs };
}
