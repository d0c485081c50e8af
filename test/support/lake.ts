import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Invocation, ParsedFlags } from '../../src/cli/lib/command.ts';
import { toAppError } from '../../src/core/errors.ts';
import { namedStream, nextIndex, nextUniform } from '../../src/core/random.ts';
import { createEffects } from '../../src/lake/realEffects.ts';
import { readProvenance } from '../../src/stages/lib/provenance.ts';
import { outputsOfRun } from '../../src/stages/lib/readRun.ts';
import type { RunOutcome } from '../../src/stages/lib/runPipeline.ts';
import { type LakeAudit, verifyLake } from '../../src/stages/lib/verifyLake.ts';
import { createHttp } from '../../src/venues/http.ts';
import { runInProcess } from './pipeline.ts';

/** One symbol of the simulated market over three months: the smallest run with trades in it. */
export const smallRequest = {
  source: 'sample',
  symbols: ['BTCUSDT'],
  start: '2023-01-01',
  end: '2023-03-31',
  strategies: ['vol_compression_v1'],
};

export const smallRun = (dataRoot: string, options: Partial<Parameters<typeof runInProcess>[1]> = {}): Promise<RunOutcome> =>
  runInProcess(smallRequest, { dataRoot, ...options });

/** Effects without a network connection to close. */
export const effects = createEffects({ http: createHttp() });

export function verifyAll(dataRoot: string, options: { runId?: string; isDeep?: boolean } = {}): Promise<LakeAudit> {
  const { runId = null, isDeep = false } = options;
  return verifyLake({ effects, dataRoot, plugins: [], isDeep, runId, signal: new AbortController().signal });
}

/** Errors of an audit, runs and raw lake together. */
export function errorsOf(audit: LakeAudit): { code: string; subject: string; message: string }[] {
  return [...audit.findings, ...audit.runs.flatMap(({ findings }) => findings)].filter(({ severity }) => severity === 'error');
}

/** Files that the pipeline reads again before it calls a run finished: outputs, manifests, the record. */
export function filesOfRun({ runId, manifests }: RunOutcome): string[] {
  const records = manifests.map(({ stage }) => `runs/${runId}/${stage}.json`);
  return [...outputsOfRun(manifests).map(({ path }) => path), ...records, `runs/${runId}/run.json`];
}

/** Received bytes and provenance records: only `verify` reads them once the raw rows are there. */
export async function receivedFiles(dataRoot: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { path, objects } of readProvenance(effects.files, dataRoot)) found.push(path, ...objects.map((object) => object.path));
  return found;
}

export type DamageKind = 'flip' | 'truncate' | 'append' | 'swap';

/** Damages a file in place (a second one too when swapping) and returns what puts it right again. */
export function damage(dataRoot: string, kind: DamageKind, path: string, pick: number, other: string): () => void {
  const file = join(dataRoot, path);
  const before = readFileSync(file);
  const second = join(dataRoot, other);
  const otherBefore = readFileSync(second);
  if (kind === 'flip') {
    const changed = Buffer.from(before);
    const bit = Math.floor(pick * before.length * 8);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    writeFileSync(file, changed);
  } else if (kind === 'truncate') {
    truncateSync(file, Math.floor(pick * before.length));
  } else if (kind === 'append') {
    writeFileSync(file, Buffer.concat([before, Buffer.from([Math.floor(pick * 256)])]));
  } else {
    writeFileSync(file, otherBefore);
    writeFileSync(second, before);
  }
  return () => {
    writeFileSync(file, before);
    writeFileSync(second, otherBefore);
  };
}

/**
 * Damages one random file in one random way per case, in turn over every kind of damage and every file, and checks
 * that `verify` names it and that the next run refuses it. Every case is put right before the next.
 *
 * @returns the cases that went unnoticed, in words
 */
export async function damageCampaign(dataRoot: string, outcome: RunOutcome, cases: number, seed: number): Promise<string[]> {
  const read = filesOfRun(outcome);
  const all = [...read, ...(await receivedFiles(dataRoot))];
  const random = namedStream(`seed=${seed}/damage`);
  const kinds: readonly DamageKind[] = ['flip', 'truncate', 'append', 'flip', 'swap'];
  const offset = nextIndex(random, all.length);
  const unnoticed: string[] = [];
  for (let n = 0; n < cases; n++) {
    const path = all[(offset + n) % all.length]!;
    const kind = kinds[n % kinds.length]!;
    const others = all.filter(
      (candidate) => candidate !== path && !readFileSync(join(dataRoot, candidate)).equals(readFileSync(join(dataRoot, path))),
    );
    const other = others[nextIndex(random, others.length)]!;
    const repair = damage(dataRoot, kind, path, nextUniform(random), other);
    const damaged = kind === 'swap' ? [path, other] : [path];
    const label = `seed ${seed} case ${n}: ${kind} ${damaged.join(' and ')}`;
    const named = errorsOf(await verifyAll(dataRoot)).map(({ subject }) => subject);
    // A file that only a spoiled record names cannot be judged until the record is mended.
    const records = damaged.filter((file) => /^runs\/[^/]+\/\w+\.json$|\/provenance\.json$/.test(file));
    for (const file of records.length > 0 ? records : damaged) if (!named.includes(file)) unnoticed.push(`${label}: verify did not name ${file}`);
    const refusal = await smallRun(dataRoot).then(
      () => null,
      (error: unknown) => toAppError(error),
    );
    const isRead = damaged.some((file) => read.includes(file));
    const isRefused =
      refusal !== null && ['E_ARTIFACT_DAMAGED', 'E_ENVIRONMENT'].includes(refusal.code) && damaged.some((file) => refusal.message.includes(file));
    if (isRead !== isRefused) unnoticed.push(`${label}: the next run said ${refusal === null ? 'nothing' : refusal.message}`);
    repair();
  }
  return unnoticed;
}

/** A command line as commands receive it. */
export function invocation(dataRoot: string, args: readonly string[], flags: ParsedFlags): Invocation {
  return { args, flags, dataRoot, effects, signal: new AbortController().signal, note: () => {} };
}
