import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ColumnSpec, Table } from '../../src/core/table.ts';
import { openDuckDb } from '../../src/lake/duckdb.ts';
import { readParquet } from '../../src/lake/readParquet.ts';
import { columnsOf } from '../../src/stages/lib/artifacts.ts';
import type { MonthRecord } from '../../src/stages/lib/ingestRecord.ts';
import type { RunOptions, RunOutcome } from '../../src/stages/lib/runPipeline.ts';
import type { Manifest } from '../../src/stages/lib/stage.ts';
import type { ArchiveDataset } from '../../src/venues/layouts.ts';
import { runInProcess } from './pipeline.ts';

export type Dataset = 'ohlcv_15m' | 'funding';

export interface IngestOptions extends Partial<RunOptions> {
  readonly dataRoot: string;
  readonly symbols?: readonly string[];
  readonly start: string;
  readonly end: string;
  readonly dataset?: Dataset;
  /** Further keys of the request. */
  readonly request?: Readonly<Record<string, unknown>>;
}

/** What the manifest says of one symbol. */
export interface SymbolEffective {
  readonly first: string | null;
  readonly last: string | null;
  readonly gaps: readonly Record<string, string | number>[];
  readonly sources: readonly { source: string; from: string; to: string; rows: number }[];
}

export interface IngestOutcome extends RunOutcome {
  readonly manifest: Manifest;
  readonly codes: readonly string[];
  effective(symbol: string): SymbolEffective;
}

/** Runs one ingest stage in this process and returns its manifest. */
export async function runIngest(options: IngestOptions): Promise<IngestOutcome> {
  const { symbols = ['AAAUSDT'], start, end, dataset = 'ohlcv_15m', request = {}, ...rest } = options;
  const until = dataset === 'funding' ? 'ingest_funding' : 'ingest_ohlcv';
  const skip = dataset === 'funding' ? {} : { skip_ingest_funding: true };
  const outcome = await runInProcess({ symbols, start, end, ...skip, ...request }, { until, ...rest });
  const manifest = outcome.manifests.find(({ stage }) => stage === until)!;
  return {
    ...outcome,
    manifest,
    codes: manifest.findings.map(({ code }) => code),
    effective: (symbol) => (manifest.effective['symbols'] as Record<string, SymbolEffective>)[symbol]!,
  };
}

const columns: Record<Dataset, ColumnSpec[]> = {
  ohlcv_15m: columnsOf('timestamp:timestamp open high low close volume source:text'),
  funding: columnsOf('timestamp:timestamp raw_timestamp:timestamp funding_rate interval_hours source:text'),
};

/** Rows of the manifest's partitions, in order, read from Parquet. */
export function readRows(dataRoot: string, manifest: Manifest, dataset: Dataset = 'ohlcv_15m'): Promise<Table> {
  return readTable(dataRoot, manifest.outputs, columns[dataset]);
}

/** Rows of stored tables, in order, read from Parquet. */
export async function readTable(dataRoot: string, artifacts: readonly { readonly path: string }[], specs: readonly ColumnSpec[]): Promise<Table> {
  const db = await openDuckDb({ allowedFolders: [dataRoot] });
  try {
    return await readParquet(
      db,
      artifacts.map(({ path }) => join(dataRoot, path)),
      specs,
    );
  } finally {
    await db.close();
  }
}

/** Times of a table, epoch ms. */
export const timesOf = (table: Table): number[] => [...table.numbers['timestamp']!];

export function recordPath(dataRoot: string, symbol: string, month: string, dataset: ArchiveDataset = 'ohlcv_15m'): string {
  return join(dataRoot, 'lake/raw/binance/objects/perp', symbol, dataset, month, 'provenance.json');
}

/** The provenance record of a month, or null. */
export function readRecord(dataRoot: string, symbol: string, month: string, dataset: ArchiveDataset = 'ohlcv_15m'): MonthRecord | null {
  const path = recordPath(dataRoot, symbol, month, dataset);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as MonthRecord) : null;
}
