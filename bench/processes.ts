import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BenchRecord, type Budget, formatRecord } from './harness.ts';

/** One command line timed as a whole process against a process that runs an empty module. */
export interface ProcessComparison {
  readonly id: string;
  readonly what: string;
  readonly budget: Extract<Budget, { atMost: number }>;
  /** Arguments of node; the first is a script. */
  readonly args: readonly string[];
}

const rounds = 15;

/** Runs each command and an empty process in turn and hands the ratios of their CPU medians to the runner. */
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
    for (const { id, what, budget, args } of comparisons) {
      const subject: Sample[] = [];
      const baseline: Sample[] = [];
      for (let round = 0; round < rounds; round++) {
        subject.push(timeProcess(usage, args));
        baseline.push(timeProcess(usage, [empty]));
      }
      const [a, b] = [middle('command', subject), middle('empty', baseline)];
      const ratio = a.cpuNs / b.cpuNs;
      const record: BenchRecord = { id, what, unit: 'process', ratio, budget, ok: ratio <= budget.atMost, subject: a, baseline: b };
      console.log(formatRecord(record));
      process.send?.(record);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Sample {
  readonly cpuNs: number;
  readonly wallNs: number;
}

function timeProcess(usage: string, args: readonly string[]): Sample {
  const before = process.hrtime.bigint();
  const { stderr, status } = spawnSync(process.execPath, ['--import', pathToFileURL(usage).href, ...args], { encoding: 'utf8' });
  const wallNs = Number(process.hrtime.bigint() - before);
  const cpu = /\ncpu (\d+)\n/.exec(stderr);
  if (status !== 0 || cpu === null) throw new Error(stderr);
  return { cpuNs: Number(cpu[1]) * 1000, wallNs };
}

function middle(name: string, samples: readonly Sample[]) {
  const at = (field: keyof Sample) => samples.map((sample) => sample[field]).sort((a, b) => a - b)[samples.length >> 1]!;
  return { name, cpuNs: at('cpuNs'), wallNs: at('wallNs'), coldCpuNs: samples[0]!.cpuNs };
}
