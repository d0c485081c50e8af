import { execFileSync } from 'node:child_process';
import { cpuUsage } from 'node:process';
import { type BenchRecord, type Budget, budgetText, digits, median, relativeSpread, type SkippedBench, type Timing } from '../src/bench/record.ts';

export type { Budget };

/** One timed piece of work; `units` is how many bars (files, trades, ...) one call handles. */
export interface Candidate {
  readonly name: string;
  readonly units: number;
  readonly run: () => void | Promise<void>;
}

/** What one comparison times. Made by `prepare`, so that a child process builds only what it runs. */
export interface Prepared {
  readonly subject: Candidate;
  readonly baseline: Candidate;
  /** Throws unless subject and baseline give the same on this data; runs before anything is timed. */
  readonly prove: () => void | Promise<void>;
}

export interface Comparison {
  /** Budget id and, where one id has several lines, a word: "F3 std". */
  readonly id: string;
  readonly what: string;
  /** What one unit is: "bar". */
  readonly unit: string;
  readonly budget: Budget;
  /** Times every candidate in processes of its own, where feedback of one would slow the other. */
  readonly isolated?: boolean;
  /** At least 5. */
  readonly rounds?: number;
  /** Text: why this comparison cannot be made here. */
  readonly prepare: () => Prepared | string | Promise<Prepared | string>;
}

export interface Sample {
  readonly cpuNs: number;
  readonly wallNs: number;
}

const defaults = { rounds: 7, sampleMs: 60, warmMs: 500 };

/**
 * Runs the comparisons of one bench file that are asked for (`--only TEXT`): proves equality, alternates the candidates in
 * rounds and reports each ratio. The last statement of a bench file.
 */
export async function runBench(comparisons: readonly Comparison[]): Promise<void> {
  const flag = process.argv.indexOf('--candidate');
  if (flag > 0) {
    await serveCandidate(comparisons, process.argv[flag + 1]!, process.argv[flag + 2]!);
    return;
  }
  for (const comparison of comparisons) if (isAsked(comparison)) report(await compare(comparison));
}

/** Whether the caller's `--only TEXT` is in the id or the description. */
export function isAsked({ id, what }: { readonly id: string; readonly what: string }): boolean {
  const flag = process.argv.indexOf('--only');
  return flag < 0 || `${id} ${what}`.includes(process.argv[flag + 1]!);
}

/** Hands a record to the process that started this one, or prints it. */
export function report(record: BenchRecord | SkippedBench): void {
  if (process.send !== undefined) process.send(record);
  else console.log('skipped' in record ? `${record.id} ${record.what}: ${record.skipped}` : formatRecord(record));
}

/** The record of one comparison: equality first, then medians of CPU time over alternating rounds. */
export async function compare(comparison: Comparison): Promise<BenchRecord | SkippedBench> {
  const { budget, id, what, unit } = comparison;
  const prepared = await comparison.prepare();
  if (typeof prepared === 'string') return { id, what, skipped: prepared };
  const { subject, baseline, prove } = prepared;
  // The very first calls, before the proof warms anything up.
  const cold = { subject: await timeOnce(subject, 1), baseline: await timeOnce(baseline, 1) };
  try {
    await prove();
  } catch (cause) {
    throw new Error(`${comparison.id}: ${subject.name} and ${baseline.name} differ, so there is no ratio`, { cause });
  }
  const rounds = Math.max(5, comparison.rounds ?? defaults.rounds);
  const samples = { subject: [] as Sample[], baseline: [] as Sample[] };
  const calls = { subject: 1, baseline: 1 };
  if (!comparison.isolated) {
    calls.subject = await callsPerSample(subject);
    calls.baseline = await callsPerSample(baseline);
  }
  for (let round = 0; round < rounds; round++) {
    for (const role of round % 2 === 0 ? (['subject', 'baseline'] as const) : (['baseline', 'subject'] as const)) {
      const candidate = role === 'subject' ? subject : baseline;
      const sample = comparison.isolated ? timeAlone(comparison.id, role) : await timeOnce(candidate, calls[role]);
      samples[role].push(sample);
    }
  }
  const [subjectTiming, baselineTiming] = [
    timing(subject.name, samples.subject, cold.subject),
    timing(baseline.name, samples.baseline, cold.baseline),
  ];
  const isSpeedup = 'atLeast' in budget;
  const ratioOf = (a: { cpuNs: number }, b: { cpuNs: number }) => (isSpeedup ? b.cpuNs / a.cpuNs : a.cpuNs / b.cpuNs);
  const ratio = ratioOf(subjectTiming, baselineTiming);
  const noise = relativeSpread(samples.subject.map((sample, round) => ratioOf(sample, samples.baseline[round]!)));
  const isMet = isSpeedup ? ratio >= budget.atLeast : ratio <= budget.atMost;
  return { id, what, unit, ratio, noise, budget, isMet, subject: subjectTiming, baseline: baselineTiming };
}

/** `F1 rolling rank 2880: 29.1x naive (119 ns/bar, cold 160), budget >= 25x  met`. */
export function formatRecord(record: BenchRecord): string {
  const { id, what, unit, ratio, budget, isMet, subject, baseline } = record;
  const times = `${digits(subject.cpuNs)} ns/${unit}, cold ${digits(subject.coldCpuNs)}, ${baseline.name} ${digits(baseline.cpuNs)}`;
  return `${id} ${what}: ${digits(ratio)}x ${baseline.name} (${times}), budget ${budgetText(budget)}  ${isMet ? 'met' : 'missed'}`;
}

/** Throws unless both columns hold the same numbers; NaN equals NaN, and zeros are equal whatever their sign. */
export function assertSameColumn(actual: Float64Array, expected: Float64Array, relative = 0): void {
  for (let i = 0; i < Math.max(actual.length, expected.length); i++) {
    const a = actual[i]!;
    const e = expected[i]!;
    if (a === e || (a !== a && e !== e) || Math.abs(a - e) <= relative * Math.abs(e)) continue;
    throw new Error(`index ${i}: ${a} instead of ${e}`);
  }
}

/** One candidate timed warm in a fresh process of this same bench file. */
function timeAlone(id: string, role: 'subject' | 'baseline'): Sample {
  const text = execFileSync(process.execPath, [...process.execArgv, process.argv[1]!, '--candidate', id, role], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(text) as Sample;
}

async function serveCandidate(comparisons: readonly Comparison[], id: string, role: string): Promise<void> {
  const comparison = comparisons.find((one) => one.id === id);
  if (comparison === undefined) throw new Error(`no comparison is called ${id}`);
  const prepared = await comparison.prepare();
  if (typeof prepared === 'string') throw new Error(prepared);
  const candidate = role === 'subject' ? prepared.subject : prepared.baseline;
  const calls = await callsPerSample(candidate);
  const samples = [await timeOnce(candidate, calls), await timeOnce(candidate, calls), await timeOnce(candidate, calls)];
  console.log(JSON.stringify(middle(samples)));
}

/** Calls that together last long enough to be timed; the calls made to find out warm the candidate up. */
async function callsPerSample(candidate: Candidate): Promise<number> {
  // Short calls need many before they run optimized; half a second is enough for every kernel here.
  for (let warmed = 0; warmed < defaults.warmMs;) warmed += Math.max(0.01, ((await timeOnce(candidate, 1)).wallNs * candidate.units) / 1e6);
  const once = await timeOnce(candidate, 1);
  const onceMs = (once.cpuNs * candidate.units) / 1e6;
  const calls = Math.max(1, Math.ceil(defaults.sampleMs / Math.max(onceMs, 0.001)));
  if (calls > 1) await timeOnce(candidate, calls);
  return calls;
}

/** Nanoseconds per unit over a number of calls in a row. */
async function timeOnce(candidate: Candidate, calls: number): Promise<Sample> {
  const cpuBefore = cpuUsage();
  const wallBefore = process.hrtime.bigint();
  for (let call = 0; call < calls; call++) {
    const pending = candidate.run();
    if (pending !== undefined) await pending;
  }
  const wall = Number(process.hrtime.bigint() - wallBefore);
  const cpu = cpuUsage(cpuBefore);
  const units = calls * candidate.units;
  return { cpuNs: ((cpu.user + cpu.system) * 1000) / units, wallNs: wall / units };
}

/** Medians of the samples, and the first call of all. */
export function timing(name: string, samples: readonly Sample[], cold: Sample): Timing {
  return { name, ...middle(samples), coldCpuNs: cold.cpuNs };
}

function middle(samples: readonly Sample[]): Sample {
  return { cpuNs: median(samples.map(({ cpuNs }) => cpuNs)), wallNs: median(samples.map(({ wallNs }) => wallNs)) };
}
