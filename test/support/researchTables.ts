import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ColumnSpec } from '../../src/core/table.ts';
import { openDuckDb } from '../../src/lake/duckdb.ts';
import { readParquet } from '../../src/lake/readParquet.ts';
import type { Cell, ReferenceFile, ReferenceTable } from '../../src/research/compat/lib/table.ts';
import type { StudyFrame } from '../../src/research/study/frame.ts';
import { cleanBarColumns } from '../../src/stages/clean.ts';
import { columnsOf } from '../../src/stages/lib/artifacts.ts';
import type { RunRequest } from '../../src/stages/lib/runConfig.ts';
import { mean, sampleStd } from '../../src/stats/moments.ts';
import { runInProcess } from './pipeline.ts';

const featureColumns = columnsOf(
  'open high low close funding_event_ts:timestamp funding_rate_scaled ret_1 logret_1 rv_96 rv_pct_2880 high_96 low_96 range_96 range_med_480',
);

/** A CSV table of the reference's, cells as text. */
export interface TextTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Reads a CSV file whose cells may be quoted; a file without a header has none. */
export function readTextTable(file: string): TextTable {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map((match) => match[1] ?? match[2]!));
  return { header: lines[0] ?? [], rows: lines.slice(1) };
}

/** Rows as records by column name. */
export function recordsOf({ header, rows }: TextTable): Record<string, string>[] {
  return rows.map((row) => Object.fromEntries(header.map((name, c) => [name, row[c]!])));
}

/** The table of a name among the files of an analyzer. */
export function tableNamed(files: readonly ReferenceFile[], name: string): ReferenceTable {
  const file = files.find((candidate) => candidate.name === name);
  expect(file !== undefined && 'rows' in file, `table ${name}`).toBe(true);
  return file as ReferenceTable;
}

/** The text of a name among the files of an analyzer. */
export function textNamed(files: readonly ReferenceFile[], name: string): string {
  const file = files.find((candidate) => candidate.name === name);
  expect(file !== undefined && 'text' in file, `text ${name}`).toBe(true);
  return (file as { text: string }).text;
}

export interface CompareOptions {
  /** Columns that hang on the reference's random draws. */
  readonly except?: readonly string[];
  /** Relative tolerance of what is not a whole number. */
  readonly relative?: number;
}

/** Fails unless a table is the one of the reference: header, rows and their order, whole numbers and words exactly, fractions closely. */
export function expectTable(actual: ReferenceTable, folder: string, { except = [], relative = 1e-9 }: CompareOptions = {}): void {
  const expected = readTextTable(join(folder, actual.name));
  expect(actual.header).toEqual(expected.header);
  expect(actual.rows.length, `rows of ${actual.name}`).toBe(expected.rows.length);
  const compared = expected.header.flatMap((column, c) => (except.includes(column) ? [] : [c]));
  // One assertion for all cells: one each would take longer than everything else.
  const different = expected.rows.flatMap((row, r) =>
    compared
      .filter((c) => !isSame(actual.rows[r]![c]!, row[c]!, relative))
      .map((c) => `row ${r} ${expected.header[c]}: ${row[c]} expected, got ${actual.rows[r]![c]}`),
  );
  expect(different, actual.name).toEqual([]);
}

function isSame(actual: Cell, expected: string, relative: number): boolean {
  if (typeof actual === 'string') return actual === expected;
  if (actual === null || expected === '') return actual === null && expected === '';
  if (typeof actual === 'boolean') return expected === (actual ? 'True' : 'False');
  const wanted = Number(expected);
  return Math.abs(actual - wanted) <= relative * (Number.isInteger(wanted) ? 0 : Math.abs(wanted)) + 1e-15;
}

/** Fails unless interval bounds drawn with other random numbers lie near the reference's: within a share of the width of its interval. */
export function expectSimilarBounds(actual: ReferenceTable, folder: string, name: string, share = 0.25): void {
  const expected = readTextTable(join(folder, actual.name));
  const [low, high] = [`${name}_ci_low`, `${name}_ci_high`].map((column) => expected.header.indexOf(column));
  expected.rows.forEach((row, r) => {
    const width = Number(row[high!]) - Number(row[low!]);
    for (const c of [low!, high!])
      expect(Math.abs(Number(actual.rows[r]![c]) - Number(row[c])), `${actual.name} row ${r} ${expected.header[c]}`).toBeLessThanOrEqual(
        share * width + 1e-12,
      );
  });
}

/** Fails unless every column of differences has the mean of the reference's, within three standard errors of the two means' difference. */
export function expectSameMeans(actual: ReferenceTable, folder: string): void {
  const expected = readTextTable(join(folder, actual.name));
  expected.header.forEach((column, c) => {
    if (!column.startsWith('delta_')) return;
    const [own, theirs] = [actual.rows.map((row) => row[c]), expected.rows.map((row) => (row[c] === '' ? null : row[c]))].map((cells) => {
      const values = cells.filter((cell) => cell !== null).map(Number);
      return { mean: mean(values)!, error: sampleStd(values)! / Math.sqrt(values.length) };
    });
    expect(Math.abs(own!.mean - theirs!.mean), `${actual.name} ${column}`).toBeLessThanOrEqual(3 * Math.hypot(own!.error, theirs!.error) + 1e-12);
  });
}

/** Frames of a run that ends with its features. */
export async function loadFrames(request: RunRequest, options: { dataRoot: string; archiveUrl: string }): Promise<StudyFrame[]> {
  const { manifests } = await runInProcess(request, { ...options, until: 'features' });
  const db = await openDuckDb({ allowedFolders: [options.dataRoot] });
  const read = async (stage: string, part: string, columns: readonly ColumnSpec[]) => {
    const files = manifests.find((manifest) => manifest.stage === stage)!.outputs.filter(({ path }) => path.includes(part));
    return await readParquet(db, files.map(({ path }) => join(options.dataRoot, path)).sort(), columns);
  };
  try {
    const frames: StudyFrame[] = [];
    for (const symbol of request['symbols'] as string[]) {
      const bars = await read('clean', `/${symbol}/bars_15m/`, cleanBarColumns);
      const features = await read('features', `/${symbol}/`, featureColumns);
      const { timestamp: openTime, is_gap: isGap, volume } = bars.numbers as Record<string, Float64Array>;
      frames.push({
        symbol,
        rows: bars.rows,
        openTime: openTime!,
        isGap: Uint8Array.from(isGap!),
        columns: { ...features.numbers, volume: volume! },
      });
    }
    return frames;
  } finally {
    await db.close();
  }
}
