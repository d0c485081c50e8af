import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import type { Table } from '../core/table.ts';
import type { DuckDbBindings, DuckDbModule } from './duckdbModule.ts';
import { fillNumbers, fillTexts, rowsPerVector } from './vectors.ts';

/**
 * Lets SQL read tables in memory: `SELECT ... FROM lake_rows(id)`. Rows are handed over vector by vector in row order,
 * which costs half of filling a temp table first. Numbers and codes of coded text appear as DOUBLE, other text as
 * VARCHAR, missing as NULL.
 */
export interface TableSource {
  /** Offers a table until `remove(id)`; the id goes into the SQL text. */
  add(table: Table): number;
  remove(id: number): void;
}

interface Scan {
  readonly table: Table;
  position: number;
}

/** Registers the table function on an instance (functions are shared by its connections). */
export function registerTableSource({ api, bindings }: DuckDbModule, connection: DuckDBConnection): TableSource {
  const tables = new Map<number, Table>();
  let last = 0;
  const tableOf = (id: unknown): Table => {
    const table = tables.get(Number(id));
    if (table === undefined) throw new Error(`no table ${String(id)} is offered`);
    return table;
  };
  const rows = api.DuckDBTableFunction.create({
    name: 'lake_rows',
    parameterTypes: [api.INTEGER],
    bindFunction(info) {
      guarded(info, () => {
        const table = tableOf(info.getParameter(0));
        for (const { name, type } of table.columns)
          info.addResultColumn(name, type === 'text' && table.coded?.[name] === undefined ? api.VARCHAR : api.DOUBLE);
        info.setCardinality(table.rows, true);
        info.setBindData(table);
      });
    },
    initFunction(info) {
      guarded(info, () => {
        info.setMaxThreads(1);
        info.setInitData({ table: info.bindData as Table, position: 0 } satisfies Scan);
      });
    },
    mainFunction(info, chunk) {
      guarded(info, () => nextRows(bindings, info.initData as Scan, chunk));
    },
  });
  connection.registerTableFunction(rows);
  return {
    add(table) {
      last += 1;
      tables.set(last, table);
      return last;
    },
    remove: (id) => void tables.delete(id),
  };
}

function nextRows(bindings: DuckDbBindings, scan: Scan, chunk: DuckDBDataChunk): void {
  const { table, position } = scan;
  const count = Math.min(rowsPerVector, table.rows - position);
  chunk.rowCount = count;
  if (count === 0) return;
  table.columns.forEach(({ name, type }, index) => {
    const coded = table.coded?.[name];
    if (coded !== undefined) fillNumbers(bindings, chunk, index, coded.codes.subarray(position, position + count));
    else if (type === 'text') fillTexts(chunk, index, table.texts[name]!, position, count);
    else fillNumbers(bindings, chunk, index, table.numbers[name]!.subarray(position, position + count));
  });
  scan.position += count;
}

/** An exception must not cross into DuckDB: it becomes the query's error. */
function guarded(info: { setError(error: string): void }, work: () => void): void {
  try {
    work();
  } catch (error) {
    info.setError(error instanceof Error ? error.message : String(error));
  }
}
