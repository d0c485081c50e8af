import { sha256 } from '../../core/canonicalJson.ts';
import { AppError } from '../../core/errors.ts';
import type { ColumnSpec, Table } from '../../core/table.ts';
import { sliceTable } from '../../core/table.ts';
import { formatTime, yearStart } from '../../core/time.ts';
import { relativePath } from '../../lake/paths.ts';
import type { TableArtifact } from '../../lake/tableStore.ts';
import { writeAtomic } from '../../lake/writeAtomic.ts';
import type { Artifact, StageContext } from './stage.ts';

/** A stored table as manifests name it. */
export function toArtifact(table: TableArtifact): Artifact {
  return {
    path: table.path,
    sha256: table.sha256,
    bytes: table.bytes,
    rows: table.rows,
    start: table.start === null ? null : formatTime(table.start),
    end: table.end === null ? null : formatTime(table.end),
  };
}

/** Writes a table as one Parquet file per calendar year of its `timestamp` and returns the files in order. */
export async function writeYears(context: StageContext, table: Table, pathOf: (year: number) => string): Promise<Artifact[]> {
  const times = table.numbers['timestamp']!;
  const artifacts: Artifact[] = [];
  let from = 0;
  while (from < table.rows) {
    const year = new Date(times[from]!).getUTCFullYear();
    const to = firstRowAt(times, yearStart(year + 1), from);
    artifacts.push(toArtifact(await context.store.write(pathOf(year), sliceTable(table, from, to))));
    from = to;
  }
  return artifacts;
}

/** First row from `from` on whose time is not before `time`; the times ascend. */
function firstRowAt(times: Float64Array, time: number, from: number): number {
  let [low, high] = [from, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Writes a text or JSON file and returns it as an artifact. */
export async function writeText(context: StageContext, path: string, text: string | Uint8Array, rows: number | null = null): Promise<Artifact> {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
  const published = await writeAtomic(context.effects.files, path, bytes, context.effects.uniqueName);
  return { path: relativePath(context.paths.root, path), ...published, rows, start: null, end: null };
}

/** A JSON or text artifact of an earlier stage, checked against its recorded hash. @throws E_ARTIFACT_DAMAGED */
export async function readText(context: StageContext, artifact: Artifact): Promise<string> {
  const path = `${context.paths.root}/${artifact.path}`;
  if ((await context.effects.files.stat(path)) === null)
    throw new AppError('E_ARTIFACT_DAMAGED', { path: artifact.path, problem: 'the file is missing' });
  const bytes = await context.effects.files.read(path);
  if (sha256(bytes) !== artifact.sha256)
    throw new AppError('E_ARTIFACT_DAMAGED', { path: artifact.path, problem: 'its content is not what the manifest recorded' });
  return bytes.toString('utf8');
}

/** Outputs of an earlier stage whose path holds the given part, in path order. */
export function outputsWith(context: StageContext, stage: string, part: string): Artifact[] {
  const outputs = context.upstream[stage]?.outputs ?? [];
  return outputs.filter((artifact) => artifact.path.includes(part)).sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** Column specs from compact `name:type` pairs in one string, double where no type is named. */
export function columnsOf(text: string): ColumnSpec[] {
  return text
    .trim()
    .split(/\s+/)
    .map((pair) => {
      const [name, type] = pair.split(':') as [string, ColumnSpec['type'] | undefined];
      return { name, type: type ?? 'double' };
    });
}
