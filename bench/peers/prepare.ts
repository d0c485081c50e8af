import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { monthOf } from '../../src/core/time.ts';
import { openDuckDb } from '../../src/lake/duckdb.ts';
import { parquetColumns, readParquet } from '../../src/lake/readParquet.ts';
import { gapFreeSegments } from '../../src/features/lib/computeFeatures.ts';
import type { Manifest } from '../../src/stages/lib/stage.ts';

const barNames = ['timestamp', 'open', 'high', 'low', 'close', 'volume'];
const featureNames = ['logret_1', 'rv_96', 'rv_pct_2880', 'high_96', 'low_96', 'range_96'];

export interface PrepareRequest {
  /** The built command line. */
  readonly main: string;
  readonly scratch: string;
  /** Flags of `backtest stage`. */
  readonly market: readonly string[];
}

/**
 * Builds features in a scratch lake and writes what both sides read: `setup.json` and one flat file with the columns of the
 * first symbol's longest stretch without a gap.
 */
export async function prepare({ main, scratch, market }: PrepareRequest): Promise<{ subject: string }> {
  const dataRoot = join(scratch, 'data');
  const words = [main, 'stage', 'features', ...market, '--data-root', dataRoot, '--run-id', 'peers', '--json', '--quiet'];
  const features = JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8', maxBuffer: 2 ** 26 })) as Manifest;
  const symbol = (features.requested['symbols'] as string[])[0]!;
  const db = await openDuckDb({ allowedFolders: [dataRoot] });
  const read = async (files: readonly { readonly path: string }[], names: readonly string[]) => {
    const paths = files.map(({ path }) => join(dataRoot, path)).filter((path) => path.includes(`/${symbol}/`));
    const known = await parquetColumns(db, paths[0]!);
    const columns = names.map((name) => known.find((column) => column.name === name)!);
    return (await readParquet(db, paths, columns)).numbers;
  };
  const bars = await read(
    features.inputs.filter(({ path }) => path.includes('/bars_15m/')),
    [...barNames, 'is_gap'],
  );
  const columns = { ...bars, ...(await read(features.outputs, featureNames)) } as Record<string, Float64Array>;
  await db.close();

  const segments = gapFreeSegments(Uint8Array.from(columns['is_gap']!));
  let [from, to] = [0, 0];
  for (let s = 0; s < segments.length; s += 2) if (segments[s + 1]! - segments[s]! > to - from) [from, to] = [segments[s]!, segments[s + 1]!];
  const names = [...barNames, ...featureNames];
  writeFileSync(join(scratch, 'bars'), Buffer.concat(names.map((name) => new Uint8Array(columns[name]!.slice(from, to).buffer))));
  const results = join(scratch, 'results');
  mkdirSync(results);
  const setup = { bars: join(scratch, 'bars'), columns: names, rows: to - from, archive: someArchive(dataRoot, symbol), results };
  writeFileSync(join(scratch, 'setup.json'), JSON.stringify(setup));
  const day = (row: number) => new Date(columns['timestamp']![row]!).toISOString().slice(0, 10);
  return { subject: `${symbol}, ${to - from} bars without a gap, ${day(from)} to ${day(to - 1)}` };
}

/** A monthly archive from the middle of what was fetched. */
function someArchive(dataRoot: string, symbol: string) {
  const zips = readdirSync(join(dataRoot, 'lake', 'raw'), { recursive: true })
    .map((name) => join(dataRoot, 'lake', 'raw', String(name)))
    .filter((name) => new RegExp(`${symbol}-15m-\\d{4}-\\d\\d\\.zip$`).test(name))
    .sort((a, b) => (basename(a) < basename(b) ? -1 : 1));
  const path = zips[zips.length >> 1]!;
  const [, year, month] = /-(\d{4})-(\d\d)\.zip$/.exec(path)!;
  const { start, end } = monthOf(Date.UTC(Number(year), Number(month) - 1, 1));
  return { path, fileName: basename(path), symbol, from: start, to: end };
}
