import type { Finding } from '../core/findings.ts';
import type { Table } from '../core/table.ts';
import { formatDay } from '../core/time.ts';
import { cleanBarColumns } from './clean.ts';
import { outputsWith, writeYears } from './lib/artifacts.ts';
import { extraColumns, extraColumnsRead, extraDatasetsRead, type ExtraTable, extraTablesRead } from './lib/extraColumns.ts';
import { absentDays, alignTable, type AlignedTable, type BarGrid, extraTableColumns } from './lib/extraTables.ts';
import { type Artifact, defineStage, type StageContext, type SymbolResult } from './lib/stage.ts';

export default defineStage({
  id: 'clean_extra',
  summary: 'lays what studies read beyond bars and funding on the 15-minute grid, each value where it is first known',
  after: ['ingest_ohlcv', 'ingest_extra', 'clean'],
  precedes: ['context'],
  isWanted: (config) => extraColumnsRead(config).length > 0,
  parameters: (config, context) => ({
    symbols: config.symbols,
    start: formatDay(config.start),
    end: formatDay(config.end),
    tables: extraTablesRead(config),
    // Part of ingest's result and of none of its files.
    absent: extraDatasetsRead(config).flatMap((dataset) => config.symbols.map((symbol) => absentDays(context, symbol, dataset))),
  }),
  perSymbol: alignSymbol,
});

async function alignSymbol(context: StageContext, symbol: string): Promise<SymbolResult> {
  const barFiles = outputsWith(context, 'clean', `/perp/${symbol}/bars_15m/`);
  const bars = await context.store.read(barFiles, cleanBarColumns);
  const grid = { openTime: bars.numbers['timestamp']!, isGap: Uint8Array.from(bars.numbers['is_gap']!) };
  const inputs: Artifact[] = [...barFiles];
  const outputs: Artifact[] = [];
  const findings: Finding[] = [];
  const missing: Record<string, number> = {};
  for (const table of extraTablesRead(context.config)) {
    const aligned = await alignTable(context, symbol, { table, grid });
    inputs.push(...aligned.inputs);
    const ofTable = namesRead(context, table);
    for (const name of ofTable) missing[name] = missingRows(aligned.columns[extraColumns[name]!.column]!, grid);
    findings.push(...tableFindings(symbol, aligned, { names: ofTable, missing, bars: usableBars(grid) }));
    if (hasValues(aligned)) outputs.push(...(await writeTable(context, symbol, { table, grid, aligned })));
  }
  return { symbol, inputs, outputs, effective: {}, counts: { bars: grid.openTime.length, missing }, findings };
}

function writeTable(context: StageContext, symbol: string, parts: { table: ExtraTable; grid: BarGrid; aligned: AlignedTable }): Promise<Artifact[]> {
  const { table, grid, aligned } = parts;
  const rows: Table = {
    columns: extraTableColumns[table],
    rows: grid.openTime.length,
    numbers: { timestamp: grid.openTime, ...aligned.columns },
    texts: {},
  };
  return writeYears(context, rows, (year) => context.paths.cleanedExtra(context.runId, symbol, { table, year }));
}

function namesRead({ config }: StageContext, table: ExtraTable): string[] {
  return extraColumnsRead(config).filter((name) => extraColumns[name]!.table === table);
}

/** Columns that are not there at all, columns with holes where bars are, and zeros that were taken for holes. */
function tableFindings(
  symbol: string,
  { zeros }: AlignedTable,
  { names, missing, bars }: { names: readonly string[]; missing: Readonly<Record<string, number>>; bars: number },
): Finding[] {
  const findings: Finding[] = names.flatMap((name): Finding[] => {
    const lost = missing[name]!;
    const subject = `${symbol} ${name}`;
    if (lost === 0) return [];
    if (lost === bars)
      return [
        { code: 'COLUMN_ABSENT', severity: 'warning', subject, message: `no bar has a value; studies that read it are inconclusive`, observed: lost },
      ];
    return [
      { code: 'COLUMN_INCOMPLETE', severity: 'info', subject, message: `${lost} of ${bars} bars have no value`, observed: lost, allowed: bars },
    ];
  });
  if (zeros === 0) return findings;
  const message = 'the source has volume and no trades; counts and taker volumes of 0 beside volume are taken as missing';
  return [...findings, { code: 'ZEROS_AS_MISSING', severity: 'warning', subject: symbol, message, observed: zeros }];
}

function hasValues({ columns }: AlignedTable): boolean {
  return Object.values(columns).some((column) => column.some((value) => !Number.isNaN(value)));
}

function usableBars({ isGap }: BarGrid): number {
  return isGap.reduce((count, gap) => count + 1 - gap, 0);
}

/** Usable bars without a value. */
function missingRows(column: Float64Array, { isGap }: BarGrid): number {
  return column.reduce((count, value, row) => count + Number(isGap[row] === 0 && Number.isNaN(value)), 0);
}
