import { AppError } from '../core/errors.ts';
import type { Files } from '../core/effects.ts';
import type { Table } from '../core/table.ts';
import { formatDay } from '../core/time.ts';
import type { BookMetrics } from '../engine/bookMetrics.ts';
import { openDuckDb } from '../lake/duckdb.ts';
import { type LakePaths, lakePaths } from '../lake/paths.ts';
import { parquetColumns, readParquet } from '../lake/readParquet.ts';
import { createFiles } from '../lake/realEffects.ts';
import { readRunRecord, requireContent, type RunRecord } from '../stages/lib/manifests.ts';
import { outputsOfRun, readFinishedRun, runIds } from '../stages/lib/readRun.ts';
import type { Artifact, Manifest } from '../stages/lib/stage.ts';
import { parseTrades, type StoredTrade } from '../stages/lib/tradeFiles.ts';

/** The content of metrics.json. */
export interface StoredMetrics extends BookMetrics {
  readonly accounting: string;
  readonly compat: 'reference' | null;
  readonly strategies: Readonly<Record<string, BookMetrics>>;
  readonly symbols: Readonly<Record<string, BookMetrics>>;
}

/**
 * A finished run, read only. Every file is checked against the hash in its manifest before it is believed. Tables hold
 * `rows` rows in time order: numbers by column name as Float64Array (times epoch ms, booleans 0 and 1, NaN for missing) and
 * texts as arrays (null for missing). Columns are described in docs/data.md and docs/metrics.md.
 *
 * Every method rejects with E_ARTIFACT_DAMAGED for a file that is not as recorded, and with E_NO_DATA for a symbol or
 * strategy that the run does not have.
 */
export interface RunReader {
  readonly record: RunRecord;
  /** In stage order: parameters, inputs, outputs, counts and findings of each stage. */
  readonly manifests: readonly Manifest[];
  /** Clean bars on the full grid, gaps flagged. */
  bars(symbol: string): Promise<Table>;
  /** Funding in force at each bar. */
  funding(symbol: string): Promise<Table>;
  /** Feature columns, those of the run's strategies included. */
  features(symbol: string): Promise<Table>;
  /** Funding persistence. Columns known in retrospect are among them. */
  context(symbol: string): Promise<Table>;
  /** Position, return and money of one strategy on one symbol, bar by bar. */
  returns(strategy: string, symbol: string): Promise<Table>;
  /** Sums over all lines, bar by bar. */
  book(): Promise<Table>;
  /** Round trips of one symbol, or of all in symbol order. */
  trades(symbol?: string): Promise<StoredTrade[]>;
  metrics(): Promise<StoredMetrics>;
  /** Frees what reading Parquet took. The reader must not be used afterwards. */
  close(): Promise<void>;
}

/** Records of every run in a data root, by run id; a run whose record cannot be read is left out. */
export async function listRuns(dataRoot: string): Promise<RunRecord[]> {
  const files = createFiles();
  const paths = lakePaths(dataRoot);
  const records: RunRecord[] = [];
  for (const runId of await runIds(files, paths)) {
    const record = await readRunRecord(files, paths, runId).catch(() => null);
    if (record !== null) records.push(record);
  }
  return records;
}

/**
 * Opens a finished run for reading; nothing is written anywhere.
 *
 * @throws E_RUN_UNKNOWN naming the known runs; E_USAGE when the run is not finished; E_ARTIFACT_DAMAGED when its records
 *         are not what was written
 */
export async function openRun(dataRoot: string, runId: string): Promise<RunReader> {
  const files = createFiles();
  const paths = lakePaths(dataRoot);
  const { record, manifests } = await readFinishedRun(files, paths, runId);
  const source = new RunFiles(files, paths, record, outputsOfRun(manifests));
  return {
    record,
    manifests,
    bars: async (symbol) => source.table(`/perp/${source.symbol(symbol)}/bars_15m/`),
    funding: async (symbol) => source.table(`/perp/${source.symbol(symbol)}/funding_15m/`),
    features: async (symbol) => source.table(`/features/perp/${source.symbol(symbol)}/`),
    context: async (symbol) => source.table(`/context/funding_persistence/${source.symbol(symbol)}/`),
    returns: async (strategy, symbol) =>
      rowsOf(await source.table(`/engine/strategy_returns_${source.strategy(strategy)}.parquet`), source.symbol(symbol)),
    book: () => source.table('/engine/portfolio_returns.parquet'),
    async trades(symbol) {
      const symbols = symbol === undefined ? record.config.symbols : [source.symbol(symbol)];
      const texts = await Promise.all(symbols.map((name) => source.text(`/trades_${name}.csv`)));
      return texts.flatMap(parseTrades);
    },
    metrics: async () => JSON.parse(await source.text(`/backtests/${record.run_id}/metrics.json`)) as StoredMetrics,
    close: () => source.close(),
  };
}

/** The files of a run, each believed only when its hash is the recorded one. */
class RunFiles {
  readonly #files: Files;
  readonly #paths: LakePaths;
  readonly #record: RunRecord;
  readonly #outputs: readonly Artifact[];
  #db: ReturnType<typeof openDuckDb> | null = null;

  constructor(files: Files, paths: LakePaths, record: RunRecord, outputs: readonly Artifact[]) {
    this.#files = files;
    this.#paths = paths;
    this.#record = record;
    this.#outputs = outputs.filter(({ path }) => !path.startsWith('lake/raw/'));
  }

  symbol(name: string): string {
    return this.#known('symbol', name, this.#record.config.symbols);
  }

  strategy(id: string): string {
    const strategies = this.#record.config.strategies.map((strategy) => strategy.id);
    return this.#known('strategy', id, strategies);
  }

  async text(part: string): Promise<string> {
    const [path] = await this.#checked(part);
    return (await this.#files.read(path!)).toString('utf8');
  }

  async table(part: string): Promise<Table> {
    const paths = await this.#checked(part);
    this.#db ??= openDuckDb({ allowedFolders: [this.#paths.root] });
    const db = await this.#db;
    return readParquet(db, paths, await parquetColumns(db, paths[0]!));
  }

  async close(): Promise<void> {
    const db = this.#db;
    this.#db = null;
    if (db !== null) await (await db).close();
  }

  /** Absolute paths of the outputs whose path holds the given part, in path order; at least one. */
  async #checked(part: string): Promise<string[]> {
    const found = this.#outputs.filter(({ path }) => path.includes(part));
    for (const artifact of found) await requireContent(this.#files, this.#paths, artifact);
    if (found.length > 0) return found.map(({ path }) => `${this.#paths.root}/${path}`);
    throw new AppError('E_ARTIFACT_DAMAGED', { path: `runs/${this.#record.run_id}`, problem: `no manifest names a file ${part}` });
  }

  #known(kind: string, name: string, known: readonly string[]): string {
    if (known.includes(name)) return name;
    const { start, end } = this.#record.config;
    const remedy = `Its ${kind === 'symbol' ? 'symbols' : 'strategies'}: ${known.join(', ')}.`;
    throw new AppError('E_NO_DATA', {
      what: `run ${this.#record.run_id}`,
      symbol: `${kind} ${name}`,
      start: formatDay(start),
      end: formatDay(end),
      remedy,
    });
  }
}

/** The rows of one symbol; the text column `symbol` says which. */
function rowsOf(table: Table, symbol: string): Table {
  const rows = [...table.texts['symbol']!.keys()].filter((row) => table.texts['symbol']![row] === symbol);
  const numbers = Object.fromEntries(Object.entries(table.numbers).map(([name, values]) => [name, Float64Array.from(rows, (row) => values[row]!)]));
  const texts = Object.fromEntries(Object.entries(table.texts).map(([name, values]) => [name, rows.map((row) => values[row]!)]));
  return { columns: table.columns, rows: rows.length, numbers, texts };
}
