import type { ColumnSpec } from '../../core/table.ts';
import { cleanBarColumns, cleanFundingColumns } from '../clean.ts';
import { contextColumns } from '../context.ts';
import { storedFundingColumns } from '../ingest_funding.ts';
import { contractColumns, featureColumns } from './featurePlan.ts';
import { portfolioColumns, strategyColumns } from './engineTables.ts';
import type { ExtraDataset, ExtraTable } from './extraColumns.ts';
import { storedExtraColumns } from './extraDatasets.ts';
import { extraTableColumns } from './extraTables.ts';
import { storedBarColumns } from './ingestKlines.ts';
import type { StageContext } from './stage.ts';

/** What the columns of a stored table must be. */
export interface TableContract {
  readonly columns: readonly ColumnSpec[];
  /** True when further columns may follow (a feature table of a run whose strategies are not to be had). */
  readonly isOpen: boolean;
  /** Rows of one time may follow each other (one per symbol); otherwise every time is there once. */
  readonly hasRepeatedTimes: boolean;
}

const closed = (columns: readonly ColumnSpec[], hasRepeatedTimes = false): TableContract => ({ columns, isOpen: false, hasRepeatedTimes });

/**
 * The contract of a Parquet output, or null for a table that has none.
 *
 * @param context of the run, for the columns that its strategies add; null when their code is not to be had
 */
export function contractOf(stage: string, path: string, context: StageContext | null): TableContract | null {
  if (stage === 'ingest_ohlcv') return closed(storedBarColumns);
  if (stage === 'ingest_funding') return closed(storedFundingColumns);
  if (stage === 'ingest_extra') {
    const dataset = tableIn(path, /\/perp\/[^/]+\/([a-z0-9_]+)\/year=/) as ExtraDataset | null;
    return dataset === null ? null : closed(storedExtraColumns(dataset), dataset === 'liquidations');
  }
  if (stage === 'clean_extra') {
    const table = tableIn(path, /\/extra_15m\/([a-z0-9_]+)\/year=/);
    return table === null ? null : closed(extraTableColumns[table]);
  }
  if (stage === 'clean') return closed(/\/bars_15m[/.]/.test(path) ? cleanBarColumns : cleanFundingColumns);
  if (stage === 'features') return context === null ? { ...closed(contractColumns), isOpen: true } : closed(featureColumns(context));
  if (stage === 'context') return closed(contextColumns);
  if (/\/engine\/strategy_returns_\w+\.parquet$/.test(path)) return closed(strategyColumns, true);
  if (path.endsWith('/engine/portfolio_returns.parquet')) return closed(portfolioColumns);
  return null;
}

/** The extra table that a path names, null for none that is known. */
function tableIn(path: string, shape: RegExp): ExtraTable | null {
  const table = shape.exec(path)?.[1] ?? '';
  return Object.hasOwn(extraTableColumns, table) ? (table as ExtraTable) : null;
}

/** How found columns differ from a contract, in words; null when they do not. */
export function contractProblem(contract: TableContract, found: readonly ColumnSpec[]): string | null {
  const expected = contract.columns;
  for (const [index, { name, type }] of expected.entries()) {
    const column = found[index];
    if (column === undefined) return `expected column ${name} (${type}) at place ${index + 1}, found no more columns`;
    if (column.name !== name || column.type !== type)
      return `expected column ${name} (${type}) at place ${index + 1}, found ${column.name} (${column.type})`;
  }
  if (contract.isOpen || found.length === expected.length) return null;
  return `expected ${expected.length} columns, found ${found.length}: ${found
    .slice(expected.length)
    .map(({ name }) => name)
    .join(', ')}`;
}
