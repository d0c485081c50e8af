import { join, relative, resolve, sep } from 'node:path';
import { AppError } from '../core/errors.ts';
import { checkSymbol } from '../core/symbol.ts';

/** Where everything lies below the data root (README section 3). Symbols and ids are checked before they become paths. */
export interface LakePaths {
  readonly root: string;
  /** One file per source month; `month` is 1..12. */
  rawBars(venue: string, symbol: string, year: number, month: number): string;
  rawFunding(venue: string, symbol: string, year: number, month: number): string;
  /** The same for any further dataset. */
  rawExtra(venue: string, symbol: string, place: { readonly dataset: string; readonly year: number; readonly month: number }): string;
  /** Folder of one month of raw rows; `dataset` is `ohlcv_15m` or `funding`. */
  rawFolder(venue: string, symbol: string, dataset: RawDataset): string;
  /** Downloaded bytes as received, with their provenance records. */
  objects(venue: string): string;
  cleanedBars(runId: string, symbol: string, year: number): string;
  cleanedFunding(runId: string, symbol: string, year: number): string;
  /** Data beyond bars and funding, laid on the bars; `table` is where they come from. */
  cleanedExtra(runId: string, symbol: string, place: { readonly table: string; readonly year: number }): string;
  /** Bars and funding before the run's window, on which features are warmed up. */
  warmupBars(runId: string, symbol: string): string;
  warmupFunding(runId: string, symbol: string): string;
  features(runId: string, symbol: string, year: number): string;
  context(runId: string, symbol: string): string;
  /** All derived tables of a run: `lake/runs/<R>`. */
  runLake(runId: string): string;
  strategyReturns(runId: string, strategy: string): string;
  portfolioReturns(runId: string): string;
  engine(runId: string): string;
  trades(runId: string): string;
  tradesOf(runId: string, symbol: string): string;
  metrics(runId: string): string;
  equityCurve(runId: string): string;
  feeSensitivity(runId: string): string;
  latencySensitivity(runId: string): string;
  riskMetrics(runId: string): string;
  dailyReturns(runId: string): string;
  overlayBindings(runId: string): string;
  runs(): string;
  run(runId: string): string;
  runRecord(runId: string): string;
  stageManifest(runId: string, stage: string): string;
  stageLog(runId: string, stage: string): string;
  environment(runId: string): string;
  report(runId: string): string;
  reportHtml(runId: string): string;
  summary(runId: string): string;
  /** The list of all reports, and the same as data. */
  reportIndex(): string;
  reportIndexJson(): string;
  studyReport(study: string, version: number, runId: string): string;
  /** Surrogate distributions of a study version, shared by runs. */
  studyCalibration(study: string, version: number): string;
  policyReport(policy: string, version: number, runId: string): string;
  /** The ranked candidates of a run: folder. */
  edgeCandidates(runId: string): string;
  portfolioReport(runId: string): string;
  promotionReport(subject: string): string;
  ledger(): string;
  checkpoints(): string;
  cache(): string;
  /** The one-writer lock of the lake. */
  lock(): string;
}

export type RawDataset = 'ohlcv_15m' | 'funding';

/** Paths below a data root. Every function throws E_BAD_SYMBOL or E_USAGE for a symbol or id that may not be a name. */
export function lakePaths(dataRoot: string): LakePaths {
  const root = resolve(dataRoot);
  const at = (...parts: string[]) => join(root, ...parts);
  const raw = (venue: string, symbol: string, dataset: string) => at('lake', 'raw', checkId('venue', venue), 'perp', checkSymbol(symbol), dataset);
  const rawFile = (venue: string, symbol: string, dataset: string, file: { name: string; year: number; month: number }) => {
    const { name, year, month } = file;
    const [y, m] = [four(year), two(month)];
    return join(raw(venue, symbol, dataset), `year=${y}`, `month=${m}`, `${name}_${symbol}_${y}-${m}.parquet`);
  };
  const runLake = (runId: string, ...parts: string[]) => at('lake', 'runs', checkRunId(runId), ...parts);
  const yearly = (name: string, symbol: string, year: number) => [`year=${four(year)}`, `${name}_${symbol}_15m_${four(year)}.parquet`];
  const run = (runId: string, ...parts: string[]) => at('runs', checkRunId(runId), ...parts);
  const trades = (runId: string, ...parts: string[]) => at('lake', 'trades', 'backtests', checkRunId(runId), ...parts);
  const report = (runId: string, ...parts: string[]) => at('reports', 'runs', checkRunId(runId), ...parts);
  return {
    root,
    rawBars: (venue, symbol, year, month) => rawFile(venue, symbol, 'ohlcv_15m', { name: 'ohlcv', year, month }),
    rawFunding: (venue, symbol, year, month) => rawFile(venue, symbol, 'funding', { name: 'funding', year, month }),
    rawExtra: (venue, symbol, { dataset, year, month }) => rawFile(venue, symbol, checkId('dataset', dataset), { name: dataset, year, month }),
    rawFolder: (venue, symbol, dataset) => raw(venue, symbol, dataset),
    objects: (venue) => at('lake', 'raw', checkId('venue', venue), 'objects'),
    cleanedBars: (runId, symbol, year) => runLake(runId, 'cleaned', 'perp', checkSymbol(symbol), 'bars_15m', ...yearly('bars', symbol, year)),
    cleanedFunding: (runId, symbol, year) =>
      runLake(runId, 'cleaned', 'perp', checkSymbol(symbol), 'funding_15m', ...yearly('funding', symbol, year)),
    cleanedExtra: (runId, symbol, { table, year }) =>
      runLake(runId, 'cleaned', 'perp', checkSymbol(symbol), 'extra_15m', checkId('table', table), ...yearly(table, symbol, year)),
    warmupBars: (runId, symbol) => runLake(runId, 'cleaned', 'perp', checkSymbol(symbol), 'warmup', 'bars_15m.parquet'),
    warmupFunding: (runId, symbol) => runLake(runId, 'cleaned', 'perp', checkSymbol(symbol), 'warmup', 'funding_15m.parquet'),
    features: (runId, symbol, year) =>
      runLake(runId, 'features', 'perp', checkSymbol(symbol), '15m', 'features_v1', ...yearly('features', symbol, year)),
    context: (runId, symbol) => runLake(runId, 'context', 'funding_persistence', checkSymbol(symbol), '15m.parquet'),
    runLake: (runId) => runLake(runId),
    strategyReturns: (runId, strategy) => run(runId, 'engine', `strategy_returns_${checkId('strategy', strategy)}.parquet`),
    portfolioReturns: (runId) => run(runId, 'engine', 'portfolio_returns.parquet'),
    engine: (runId) => run(runId, 'engine'),
    trades: (runId) => trades(runId),
    tradesOf: (runId, symbol) => trades(runId, `trades_${checkSymbol(symbol)}.csv`),
    metrics: (runId) => trades(runId, 'metrics.json'),
    equityCurve: (runId) => trades(runId, 'equity_curve.csv'),
    feeSensitivity: (runId) => trades(runId, 'fee_sensitivity.json'),
    latencySensitivity: (runId) => trades(runId, 'latency_sensitivity.json'),
    riskMetrics: (runId) => trades(runId, 'risk_metrics.json'),
    dailyReturns: (runId) => trades(runId, 'daily_returns.json'),
    overlayBindings: (runId) => trades(runId, 'overlay_bindings.json'),
    runs: () => at('runs'),
    run: (runId) => run(runId),
    runRecord: (runId) => run(runId, 'run.json'),
    stageManifest: (runId, stage) => run(runId, `${checkId('stage', stage)}.json`),
    stageLog: (runId, stage) => run(runId, `${checkId('stage', stage)}.log`),
    environment: (runId) => run(runId, 'environment.json'),
    report: (runId) => report(runId),
    reportHtml: (runId) => report(runId, 'report.html'),
    summary: (runId) => report(runId, 'summary.md'),
    reportIndex: () => at('reports', 'index.html'),
    reportIndexJson: () => at('reports', 'index.json'),
    studyReport: (study, version, runId) => at('reports', 'studies', checkId('study', study), `v${version}`, checkRunId(runId)),
    studyCalibration: (study, version) => at('reports', 'studies', checkId('study', study), `v${version}`, 'calibration'),
    policyReport: (policy, version, runId) => at('reports', 'policies', checkId('policy study', policy), `v${version}`, checkRunId(runId)),
    edgeCandidates: (runId) => at('reports', 'edge_candidates', checkRunId(runId)),
    portfolioReport: (runId) => at('reports', 'portfolio', checkRunId(runId)),
    promotionReport: (subject) => at('reports', 'promotion', checkId('subject', subject)),
    ledger: () => at('governance', 'ledger.jsonl'),
    checkpoints: () => at('governance', 'checkpoints'),
    cache: () => at('cache'),
    lock: () => at('lake', '.lock'),
  };
}

/** The path as artifacts record it: relative to the data root, forward slashes. E_INTERNAL when it lies outside. */
export function relativePath(dataRoot: string, path: string): string {
  const parts = relative(resolve(dataRoot), resolve(dataRoot, path)).split(sep);
  if (parts[0] === '' || parts[0] === '..' || /^[A-Za-z]:$/.test(parts[0]!)) {
    throw new AppError('E_INTERNAL', { problem: `${path} is not inside the data root ${dataRoot}` });
  }
  return parts.join('/');
}

/** The run id itself; E_USAGE unless it matches `[a-z0-9][a-z0-9_-]{0,63}`. */
export function checkRunId(runId: string): string {
  if (isRunId(runId)) return runId;
  const meant = runId
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .replace(/^[-_]+/, '');
  const guess = isRunId(meant) ? `; did you mean ${meant}?` : '';
  throw new AppError('E_USAGE', {
    problem: `run id ${JSON.stringify(runId)}: expected up to 64 of a-z, 0-9, _ and -, starting with a letter or digit${guess}`,
  });
}

function isRunId(text: string): boolean {
  return /^[a-z0-9][a-z0-9_-]{0,63}$/.test(text);
}

/** A unit, stage or venue id that becomes part of a path; E_USAGE unless it matches `[a-z][a-z0-9_]{0,63}`. */
export function checkId(kind: string, id: string): string {
  if (/^[a-z][a-z0-9_]{0,63}$/.test(id)) return id;
  throw new AppError('E_USAGE', { problem: `${kind} ${JSON.stringify(id)}: expected up to 64 of a-z, 0-9 and _, starting with a letter` });
}

function four(year: number): string {
  return whole('year', year, 1970, 9999).padStart(4, '0');
}

function two(month: number): string {
  return whole('month', month, 1, 12).padStart(2, '0');
}

function whole(kind: string, value: number, low: number, high: number): string {
  if (Number.isInteger(value) && value >= low && value <= high) return String(value);
  throw new AppError('E_INTERNAL', { problem: `${kind} ${value} cannot be part of a path` });
}
