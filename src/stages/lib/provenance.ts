import type { Files } from '../../core/effects.ts';
import { isInsidePath, type RecordedFile } from '../../lake/verifyFiles.ts';
import { isSealIntact } from '../../lake/sealedJson.ts';
import { walkFiles } from '../../lake/walkFiles.ts';
import type { Artifact } from './stage.ts';

/** A provenance record as checks see it: the files received and the raw partition made of them. */
export interface FoundProvenance {
  /** The record's path below the data root. */
  readonly path: string;
  /** Files as received (archives, pages) and partitions that were superseded, by path below the data root. */
  readonly objects: readonly RecordedFile[];
  /** Null in a record that names none, and when the record cannot be read. */
  readonly partition: Artifact | null;
  /** What is wrong with the record itself. */
  readonly problem: string | null;
}

/** File names of provenance records begin with this. */
export const provenancePrefix = 'provenance';

/** Every provenance record of the raw lake, in path order. */
export async function* readProvenance(files: Files, root: string): AsyncGenerator<FoundProvenance> {
  for (const venue of await files.list(`${root}/lake/raw`)) {
    for await (const { path } of walkFiles(files, root, `lake/raw/${venue}/objects`)) {
      if (isProvenance(path)) yield describeRecord(path, (await files.read(`${root}/${path}`)).toString('utf8'));
    }
  }
}

export function isProvenance(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.startsWith(provenancePrefix) && name.endsWith('.json');
}

/** Path of the record of a raw partition; null for a path that is none. */
export function provenancePathOf(partition: string): string | null {
  const match = /^lake\/raw\/([^/]+)\/(perp\/[^/]+\/[^/]+)\/year=(\d{4})\/month=(\d{2})\//.exec(partition);
  return match === null ? null : `lake/raw/${match[1]}/objects/${match[2]}/${match[3]}-${match[4]}/${provenancePrefix}.json`;
}

/** True when one of the raw partitions has been replaced by another revision since. */
export async function isSuperseded(files: Files, root: string, artifacts: readonly Artifact[]): Promise<boolean> {
  for (const { path, sha256 } of artifacts) {
    const place = provenancePathOf(path);
    if (place === null || (await files.stat(`${root}/${place}`)) === null) continue;
    const { partition } = describeRecord(place, (await files.read(`${root}/${place}`)).toString('utf8'));
    if (partition !== null && partition.sha256 !== sha256) return true;
  }
  return false;
}

/** What a record says, or what is wrong with it. @param path the record's own, below the data root */
export function describeRecord(path: string, text: string): FoundProvenance {
  const broken = (problem: string): FoundProvenance => ({ path, objects: [], partition: null, problem });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return broken('it is not readable JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return broken('expected a JSON object');
  if (!isSealIntact(text)) return broken('its content is not what its own checksum says');
  const { symbol, dataset, month } = value as Record<string, unknown>;
  if (!path.endsWith(`/perp/${String(symbol)}/${String(dataset)}/${String(month)}/${provenancePrefix}.json`))
    return broken(`expected the record of this month, found one of ${String(symbol)} ${String(dataset)} ${String(month)}`);
  const partition = ((value as Record<string, unknown>)['partition'] ?? null) as Artifact | null;
  if (partition !== null && !(isInsidePath(partition.path) && partition.path.startsWith('lake/raw/') && isHash(partition.sha256)))
    return broken('expected its partition to have a path below lake/raw and a SHA-256');
  const objects: RecordedFile[] = [];
  const problem = collectObjects(value, path.slice(0, path.lastIndexOf('/')), objects);
  return problem === null ? { path, objects, partition, problem: null } : broken(problem);
}

/** Gathers everything in the record that names a received file: `file`, `sha256`, `bytes` and perhaps its `checksum` line. */
function collectObjects(value: unknown, folder: string, out: RecordedFile[]): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const { file, sha256, bytes, checksum } = value as Record<string, unknown>;
  if (typeof file === 'string' && sha256 !== undefined) {
    if (!isInsidePath(file) || !isHash(sha256) || typeof bytes !== 'number') return `expected file ${JSON.stringify(file)} with sha256 and bytes`;
    if (typeof checksum === 'string' && /^[0-9a-f]{64}/i.test(checksum) && !checksum.toLowerCase().startsWith(sha256))
      return `the SHA-256 of ${file} is not the one in its checksum line`;
    out.push({ path: `${folder}/${file}`, sha256, bytes });
  }
  for (const [key, item] of Object.entries(value)) {
    const problem = key === 'partition' ? null : collectObjects(item, folder, out);
    if (problem !== null) return problem;
    if (key === 'superseded' && Array.isArray(item)) for (const { partition } of item as { partition: Artifact }[]) out.push(partition);
  }
  return null;
}

function isHash(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}
