import type { Finding } from '../../core/findings.ts';
import type { Table } from '../../core/table.ts';
import { barMs, formatTime } from '../../core/time.ts';
import { additiveEquity } from '../../engine/book.ts';
import { readParquet } from '../../lake/readParquet.ts';
import { columnsOf } from './artifacts.ts';
import { type AuditTools, fault, remark } from './auditTools.ts';
import type { RunRecord } from './manifests.ts';
import type { Artifact, Manifest } from './stage.ts';

const bookColumns = columnsOf('timestamp:timestamp portfolio_pnl gross cost funding');
const lineColumns = columnsOf('timestamp:timestamp symbol:text pnl gross cost funding');

/** Rounding of sums over a few hundred thousand bars, as a share of the unit notional. */
const tolerance = 1e-9;

/** Sums that other tables must repeat, collected one table at a time. */
interface Sums {
  /** Pnl by `<strategy> <symbol>`, by `strategy <id>` and by `symbol <S>`. */
  readonly pnl: Map<string, number>;
  /** Pnl of all lines by bar of the book. */
  readonly byBar: Float64Array;
  readonly start: number;
}

/**
 * Accounting identities over the stored tables: gross - cost + funding = pnl on every bar; lines add up to the book;
 * trades add up to their line; equity is initial * (1 + summed pnl); metrics repeat the sums. A table whose bytes are
 * not as recorded (not in `whole`) is left out: that failure is already known.
 */
export async function verifyIdentities(
  tools: AuditTools,
  record: RunRecord,
  manifests: readonly Manifest[],
  whole: ReadonlySet<string>,
): Promise<Finding[]> {
  const outputs = manifests.find(({ stage }) => stage === 'backtest')?.outputs.filter(({ path }) => whole.has(path)) ?? [];
  const book = outputs.find(({ path }) => path.endsWith('/engine/portfolio_returns.parquet'));
  if (book === undefined) return [];
  const table = await read(tools, book, bookColumns);
  const findings = moneyFindings(table, book.path, 'portfolio_pnl');
  const lines = outputs.filter(({ path }) => strategyOf(path) !== null);
  const isComplete = lines.length === record.config.strategies.length;
  const pnl = table.numbers['portfolio_pnl']!;
  const sums: Sums = { pnl: new Map(), byBar: new Float64Array(table.rows), start: table.numbers['timestamp']![0] ?? 0 };
  for (const line of lines) findings.push(...(await lineFindings(tools, line, sums)));
  if (isComplete) findings.push(...differences(book.path, 'the strategies’ pnl', sums.byBar, pnl, sums.start));
  findings.push(...(await tradeFindings(tools, record, outputs, sums)));
  findings.push(...(await equityFindings(tools, record, outputs, additiveEquity(pnl, record.config.initialEquity), sums.start)));
  sums.pnl.set('', total(pnl));
  return [...findings, ...(await metricFindings(tools, outputs, sums))];
}

async function read(tools: AuditTools, { path }: Artifact, columns: typeof bookColumns): Promise<Table> {
  return readParquet(await tools.db(), [`${tools.paths.root}/${path}`], columns);
}

function strategyOf(path: string): string | null {
  return /\/engine\/strategy_returns_(\w+)\.parquet$/.exec(path)?.[1] ?? null;
}

/** gross - cost + funding = pnl on every row; the first row that fails is named. */
function moneyFindings(table: Table, path: string, pnlColumn: string): Finding[] {
  const { gross, cost, funding, timestamp, [pnlColumn]: pnl } = table.numbers as Record<string, Float64Array>;
  for (let row = 0; row < table.rows; row++) {
    const expected = gross![row]! - cost![row]! + funding![row]!;
    if (Math.abs(expected - pnl![row]!) <= tolerance) continue;
    const message = `at ${formatTime(timestamp![row]!)} gross - cost + funding is ${expected}, ${pnlColumn} is ${pnl![row]}`;
    return [fault('IDENTITY_MONEY', path, message, { observed: pnl![row]!, allowed: expected })];
  }
  return [];
}

async function lineFindings(tools: AuditTools, artifact: Artifact, sums: Sums): Promise<Finding[]> {
  const strategy = strategyOf(artifact.path)!;
  const table = await read(tools, artifact, lineColumns);
  const { timestamp, pnl } = table.numbers as Record<string, Float64Array>;
  const symbols = table.texts['symbol']!;
  const add = (key: string, value: number) => sums.pnl.set(key, (sums.pnl.get(key) ?? 0) + value);
  for (let row = 0; row < table.rows; row++) {
    const bar = (timestamp![row]! - sums.start) / barMs;
    if (bar >= 0 && bar < sums.byBar.length) sums.byBar[bar]! += pnl![row]!;
    if (pnl![row] === 0) continue;
    for (const key of [`${strategy} ${symbols[row]}`, `strategy ${strategy}`, `symbol ${symbols[row]}`]) add(key, pnl![row]!);
  }
  return moneyFindings(table, artifact.path, 'pnl');
}

/** Trades of a strategy on a symbol sum to the line's pnl. The reference counts flip bars twice: there it is only reported. */
async function tradeFindings(tools: AuditTools, record: RunRecord, outputs: readonly Artifact[], sums: Sums): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { path } of outputs) {
    const symbol = /\/trades_([A-Z0-9]+)\.csv$/.exec(path)?.[1];
    if (symbol === undefined) continue;
    const totals = await tradeTotals(tools, path);
    for (const { id } of record.config.strategies) {
      const expected = sums.pnl.get(`${id} ${symbol}`) ?? 0;
      const found = totals.get(id) ?? 0;
      if (Math.abs(found - expected) <= tolerance || !outputs.some((output) => strategyOf(output.path) === id)) continue;
      const say = record.config.compat === 'reference' ? remark : fault;
      findings.push(say('IDENTITY_TRADES', path, `trades of ${id} sum to ${found}, its bars to ${expected}`, { observed: found, allowed: expected }));
    }
  }
  return findings;
}

async function tradeTotals(tools: AuditTools, path: string): Promise<Map<string, number>> {
  const [head, ...rows] = (await tools.effects.files.read(`${tools.paths.root}/${path}`)).toString('utf8').trimEnd().split('\n');
  const names = head!.split(',');
  const [strategy, pnl] = [names.indexOf('strategy'), names.indexOf('pnl')];
  const totals = new Map<string, number>();
  for (const row of rows) {
    const cells = row.split(',');
    totals.set(cells[strategy]!, (totals.get(cells[strategy]!) ?? 0) + Number(cells[pnl]));
  }
  return totals;
}

async function equityFindings(
  tools: AuditTools,
  record: RunRecord,
  outputs: readonly Artifact[],
  expected: Float64Array,
  start: number,
): Promise<Finding[]> {
  const curve = outputs.find(({ path }) => path.endsWith('/equity_curve.csv'));
  if (curve === undefined) return [];
  const rows = (await tools.effects.files.read(`${tools.paths.root}/${curve.path}`)).toString('utf8').trimEnd().split('\n').slice(1);
  const share = (equity: number) => equity / record.config.initialEquity;
  const stored = Float64Array.from(rows, (row) => share(Number(row.slice(row.indexOf(',') + 1))));
  return differences(curve.path, 'initial equity * (1 + summed pnl), in units of initial equity,', stored, expected.map(share), start);
}

/** The first place where two series differ, as a finding. */
function differences(path: string, what: string, found: Float64Array, expected: Float64Array, start: number): Finding[] {
  if (found.length !== expected.length) return [fault('IDENTITY_SUM', path, `${what} has ${expected.length} bars, ${found.length} were found`)];
  for (let row = 0; row < found.length; row++) {
    if (Math.abs(found[row]! - expected[row]!) <= tolerance) continue;
    const message = `at ${formatTime(start + row * barMs)} expected ${what} to be ${expected[row]}, found ${found[row]}`;
    return [fault('IDENTITY_SUM', path, message, { observed: found[row]!, allowed: expected[row]! })];
  }
  return [];
}

interface StoredMetrics {
  readonly net_total_return: number;
  readonly strategies?: Readonly<Record<string, StoredMetrics>>;
  readonly symbols?: Readonly<Record<string, StoredMetrics>>;
}

async function metricFindings(tools: AuditTools, outputs: readonly Artifact[], sums: Sums): Promise<Finding[]> {
  const artifact = outputs.find(({ path }) => /\/backtests\/[^/]+\/metrics\.json$/.test(path));
  if (artifact === undefined) return [];
  const metrics = JSON.parse((await tools.effects.files.read(`${tools.paths.root}/${artifact.path}`)).toString('utf8')) as StoredMetrics;
  const parts: [string, StoredMetrics][] = [
    ['', metrics],
    ...Object.entries(metrics.strategies ?? {}).map(([id, part]): [string, StoredMetrics] => [`strategy ${id}`, part]),
    ...Object.entries(metrics.symbols ?? {}).map(([id, part]): [string, StoredMetrics] => [`symbol ${id}`, part]),
  ];
  return parts.flatMap(([name, part]) => {
    const expected = sums.pnl.get(name) ?? 0;
    if (Math.abs(part.net_total_return - expected) <= tolerance) return [];
    const message = `net_total_return${name === '' ? '' : ` of ${name}`} is ${part.net_total_return}, the bars sum to ${expected}`;
    return [fault('IDENTITY_METRICS', artifact.path, message, { observed: part.net_total_return, allowed: expected })];
  });
}

function total(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
