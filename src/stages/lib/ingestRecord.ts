import { basename } from 'node:path';
import type { Finding } from '../../core/findings.ts';
import { sha256 } from '../../core/canonicalJson.ts';
import { isAppError } from '../../core/errors.ts';
import { relativePath } from '../../lake/paths.ts';
import { readSealed, sealJson } from '../../lake/sealedJson.ts';
import { writeAtomic } from '../../lake/writeAtomic.ts';
import type { ArchiveDataset } from '../../venues/layouts.ts';
import type { Artifact, StageContext } from './stage.ts';

/** Where a raw row came from; the value of its `source` column. */
export type SourceName = 'archive_monthly' | 'archive_daily' | 'rest';

/** The one to believe first where two have a row for one time. */
export const sourcePriority: readonly SourceName[] = ['archive_monthly', 'archive_daily', 'rest'];

/** Bytes received and kept; `file` lies beside the record. Times are those of its first and last row. */
export interface SourceObject {
  readonly source: SourceName;
  readonly url: string;
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly checksum: string | null;
  readonly etag: string | null;
  readonly last_modified: string | null;
  readonly server_date: string | null;
  readonly start: string | null;
  readonly end: string | null;
  readonly rows: number;
}

/** An unbroken stretch of rows of one source; times of its first and last row. */
export interface SourceRange {
  readonly source: SourceName;
  readonly from: string;
  readonly to: string;
  readonly rows: number;
}

/** Missing grid times, epoch ms, half-open; `count` is how many bars or settlements. */
export interface Missing {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** A partition that is no longer the current one. Its file was moved to `partition.path` under objects/ and keeps its hash. */
export interface Superseded {
  readonly reason: 'archive replaced' | 'rows added';
  readonly partition: Artifact;
  readonly objects: readonly SourceObject[];
}

/** A period that was asked for and had no file. */
export interface AbsentPeriod {
  /** `2025-07` or `2025-07-11`. */
  readonly period: string;
  /** True when the period had ended less than the publication lag ago. */
  readonly isWithinLag: boolean;
}

/**
 * What is known of one source month of one symbol and dataset; lies beside the received bytes as `provenance.json`.
 * `complete`: nothing is missing. `settled`: what is missing will not come any more. `open`: asked again by the next run.
 */
export interface MonthRecord {
  readonly dataset: ArchiveDataset;
  readonly symbol: string;
  readonly month: string;
  readonly status: 'complete' | 'settled' | 'open';
  /** Where the answers came from; what is settled for one origin is asked again of another. */
  readonly origin: string;
  /** The server's time when it was asked last. */
  readonly checked: string | null;
  readonly objects: readonly SourceObject[];
  readonly partition: Artifact | null;
  readonly sources: readonly SourceRange[];
  readonly missing: readonly Missing[];
  readonly absent: readonly AbsentPeriod[];
  readonly superseded: readonly Superseded[];
  readonly findings: readonly Finding[];
}

const schema = 2;

/** A record as found; `isIntact` when its partition is there with the recorded content (or there is none). */
export interface FoundRecord {
  readonly record: MonthRecord;
  readonly isIntact: boolean;
}

export function recordFolder(context: StageContext, venue: string, symbol: string, dataset: ArchiveDataset, month: string): string {
  return `${context.paths.objects(venue)}/perp/${symbol}/${dataset}/${month}`;
}

/** The record of a month; null when there is none or it is not what was written (the month is then fetched again). */
export async function findRecord(context: StageContext, folder: string): Promise<FoundRecord | null> {
  const { files } = context.effects;
  const found = await readSealed<MonthRecord>(files, `${folder}/provenance.json`, schema);
  if (found.state !== 'whole') return null;
  const { partition } = found.value;
  if (partition === null) return { record: found.value, isIntact: true };
  const path = `${context.paths.root}/${partition.path}`;
  const isThere = (await files.stat(path)) !== null;
  return { record: found.value, isIntact: isThere && sha256(await files.read(path)) === partition.sha256 };
}

export async function saveRecord(context: StageContext, folder: string, record: MonthRecord): Promise<void> {
  await writeAtomic(context.effects.files, `${folder}/provenance.json`, sealJson(record, schema), context.effects.uniqueName);
}

/**
 * Keeps a current partition that is about to be replaced, under objects/ by its hash, so that runs that used it can
 * still be verified. Null when the file has other content than recorded and was not kept before.
 */
export async function keepSuperseded(
  context: StageContext,
  folder: string,
  found: FoundRecord,
  reason: Superseded['reason'],
): Promise<Superseded | null> {
  const { partition, objects } = found.record;
  if (partition === null) return null;
  const { files } = context.effects;
  const kept = `${folder}/${partition.sha256.slice(0, 12)}-${basename(partition.path)}`;
  if ((await files.stat(kept)) === null) {
    if (!found.isIntact) return null;
    await linkOrCopy(context, `${context.paths.root}/${partition.path}`, kept);
  }
  return { reason, partition: { ...partition, path: relativePath(context.paths.root, kept) }, objects };
}

/** A hard link costs nothing and the later replacement leaves it alone; file systems without links get a copy. */
async function linkOrCopy(context: StageContext, from: string, to: string): Promise<void> {
  const { files, uniqueName } = context.effects;
  try {
    await files.link(from, to);
  } catch (error) {
    if (!isAppError(error) || (error.code !== 'E_PERMISSION' && error.code !== 'E_FILE')) throw error;
    await writeAtomic(files, to, await files.read(from), uniqueName);
  }
}
