import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namedStream, nextIndex } from '../../src/core/random.ts';
import { mutate, type MutateOptions } from './mutate.ts';
import { projectRoot } from './shared.ts';

export interface CorpusFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Inputs kept in the repository: seeds to mutate, and everything that ever broke a parser. */
export function corpus(kind: 'zip' | 'klines' | 'funding' | 'config'): CorpusFile[] {
  const folder = join(projectRoot, 'test', 'fuzz', 'corpus', kind);
  return readdirSync(folder)
    .sort()
    .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
}

export interface FuzzResult {
  readonly inputs: number;
  readonly accepted: number;
  /** Processor time. */
  readonly slowestMs: number;
  /** Growth of resident memory, bytes. */
  readonly grown: number;
  /** Broken promises, at most 20, each with a file that holds the input. */
  readonly broken: readonly string[];
}

/**
 * Feeds mutated corpus files to a judge.
 *
 * @param judge returns true when the input was rightly accepted, false when rightly refused, and what is wrong otherwise
 * @param options with the longest time for one input, ms of this process's own time: a busy machine is no defect
 */
export async function fuzz(
  kind: Parameters<typeof corpus>[0],
  count: number,
  seed: number,
  options: MutateOptions & { readonly limitMs: number },
  judge: (bytes: Buffer) => boolean | string | Promise<boolean | string>,
): Promise<FuzzResult> {
  const seeds = corpus(kind);
  const sound = seeds.filter(({ name }) => name.startsWith('accepted-'));
  const stream = namedStream(`seed=${seed}/test/fuzz/${kind}`);
  const before = process.memoryUsage().rss;
  let [accepted, slowestMs, grown] = [0, 0, 0];
  const broken: string[] = [];
  for (let input = 0; input < count && broken.length < 20; input++) {
    const from = nextIndex(stream, 4) === 0 ? seeds : sound;
    const bytes = mutate(from[nextIndex(stream, from.length)]!.bytes, stream, options);
    const started = process.cpuUsage();
    const verdict = await judge(bytes);
    const ms = cpuMs(started);
    slowestMs = Math.max(slowestMs, ms);
    if (verdict === true) accepted += 1;
    if (typeof verdict === 'string') broken.push(`${verdict} (${keep(kind, seed, input, bytes)})`);
    if (ms > options.limitMs) broken.push(`took ${ms.toFixed(0)} ms (${keep(kind, seed, input, bytes)})`);
    if (input % 256 === 0) grown = Math.max(grown, process.memoryUsage().rss - before);
  }
  return { inputs: count, accepted, slowestMs, grown, broken };
}

/** Says what a campaign did; the counts are the evidence. */
export function noteFuzz(name: string, { inputs, accepted, slowestMs, grown, broken }: FuzzResult): void {
  const memory = `${(grown / 2 ** 20).toFixed(0)} MiB more memory`;
  process.stderr.write(
    `fuzz ${name}: ${inputs} inputs, ${accepted} accepted, slowest ${slowestMs.toFixed(1)} ms, ${memory}, ${broken.length} broken\n`,
  );
}

function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1_000;
}

function keep(kind: string, seed: number, input: number, bytes: Buffer): string {
  const folder = join(tmpdir(), 'backtest-fuzz');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${kind}-${seed}-${input}`);
  writeFileSync(file, bytes);
  return file;
}
