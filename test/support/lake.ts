import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEffects } from '../../src/lake/realEffects.ts';
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

/** Files of a run, one kind per way in which a file comes to be: manifests and record, tables, texts, received bytes. */
export function filesOfRun(outcome: RunOutcome): string[] {
  const { runId, manifests } = outcome;
  return [
    ...outputsOfRun(manifests).map(({ path }) => path),
    ...manifests.map(({ stage }) => `runs/${runId}/${stage}.json`),
    `runs/${runId}/run.json`,
  ];
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
