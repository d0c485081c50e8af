import type { MetricPointer } from '../records.ts';
import type { RunSnapshot } from './runSnapshot.ts';

/** Where a metric lies in the files of a run, and what turns the number there into the unit of the metric. */
export interface Source {
  readonly metric: string;
  readonly unit: string;
  /** Below the part of the file that is about the subject; of several places the largest number counts. */
  readonly at: readonly string[];
  readonly scale?: (value: number) => number;
}

/** Metrics of one unit, each at one place. */
export const rows = (unit: string, places: Readonly<Record<string, string>>): Source[] =>
  Object.entries(places).map(([metric, at]) => ({ metric, unit, at: [at] }));

/** Numbers of one file of a run, below a part of it; what the file does not have is left out. */
export function readAll({ documents }: RunSnapshot, path: string, { base, sources }: { base: string; sources: readonly Source[] }): MetricPointer[] {
  const document = documents.get(path);
  if (document === undefined) return [];
  return sources.flatMap(({ metric, unit, at: places, scale = same }) => {
    const found = places.map((place) => ({ pointer: base + place, number: numberAt(document, base + place) }));
    if (found.every(({ number }) => number === undefined)) return [];
    // One of several that is undefined leaves the largest undefined.
    const worst = found.reduce((a, b) => (typeof a.number !== 'number' || (typeof b.number === 'number' && b.number <= a.number) ? a : b));
    return [{ metric, path, pointer: worst.pointer, unit, value: typeof worst.number === 'number' ? scale(worst.number) : null }];
  });
}

const same = (value: number) => value;

/** A number or a yes (1) or no (0) at a JSON pointer; null where it is null; undefined where there is nothing or something else. */
export function numberAt(document: unknown, pointer: string): number | null | undefined {
  const value = at(document, pointer);
  if (value === null) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** What lies at a JSON pointer (RFC 6901); undefined where nothing does. */
export function at(document: unknown, pointer: string): unknown {
  let value = document;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
