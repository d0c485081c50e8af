import type { Columns, Table } from '../../core/table.ts';
import type { Line } from '../../engine/accounting.ts';
import type { Book } from '../../engine/book.ts';
import type { Frame } from '../../engine/frame.ts';
import { columnsOf } from './artifacts.ts';

/** What a strategy's table needs of one symbol. */
export interface TableLine {
  readonly line: Line;
  readonly frame: Pick<Frame, 'symbol' | 'rows' | 'openTime' | 'columns'>;
  readonly context: Columns;
}

export const strategyColumns = columnsOf(
  'timestamp:timestamp symbol:text pos ret pnl close high low high_96 low_96 fp_def_version:text fp_active:int8 fp_age_bars:int32 fp_norm_due:int8 fp_severity gross cost funding',
);

export const portfolioColumns = columnsOf('timestamp:timestamp portfolio_ret portfolio_pnl gross cost funding gross_exposure net_exposure turnover');

/** One row per bar and symbol of one strategy, sorted by time, then symbol (the lines come in symbol order). */
export function strategyTable(lines: readonly TableLine[]): Table {
  const rows = lines.reduce((sum, { frame }) => sum + frame.rows, 0);
  const numbers: Record<string, Float64Array> = {};
  for (const { name, type } of strategyColumns) if (type !== 'text') numbers[name] = new Float64Array(rows);
  const symbols = new Float64Array(rows);
  const order = mergeOrder(lines);
  lines.forEach(({ line, frame, context }, index) => {
    const target = order[index]!;
    const sources: Record<string, Float64Array> = {
      timestamp: frame.openTime,
      pos: line.money.position,
      ret: line.returns,
      pnl: line.money.pnl,
      gross: line.money.gross,
      cost: line.money.cost,
      funding: line.money.funding,
      ...Object.fromEntries(['close', 'high', 'low', 'high_96', 'low_96'].map((name) => [name, frame.columns[name]!])),
      ...Object.fromEntries(['fp_active', 'fp_age_bars', 'fp_norm_due', 'fp_severity'].map((name) => [name, context[name]!])),
    };
    for (const [name, values] of Object.entries(sources)) {
      const out = numbers[name]!;
      for (let row = 0; row < frame.rows; row++) out[target[row]!] = values[row]!;
    }
    for (let row = 0; row < frame.rows; row++) symbols[target[row]!] = index;
  });
  const coded = {
    symbol: { codes: symbols, dictionary: lines.map(({ frame }) => frame.symbol) },
    fp_def_version: { codes: new Float64Array(rows), dictionary: ['v1'] },
  };
  return { columns: strategyColumns, rows, numbers, texts: {}, coded };
}

export function portfolioTable(book: Book): Table {
  return {
    columns: portfolioColumns,
    rows: book.rows,
    numbers: {
      timestamp: book.openTime,
      portfolio_ret: book.marketReturn,
      portfolio_pnl: book.pnl,
      gross: book.gross,
      cost: book.cost,
      funding: book.funding,
      gross_exposure: book.grossExposure,
      net_exposure: book.netExposure,
      turnover: book.turnover,
    },
    texts: {},
  };
}

/** For each line, the row in the merged table of each of its rows. */
function mergeOrder(lines: readonly TableLine[]): Int32Array[] {
  const order = lines.map(({ frame }) => new Int32Array(frame.rows));
  const next = lines.map(() => 0);
  let out = 0;
  for (;;) {
    let time = Infinity;
    for (let k = 0; k < lines.length; k++) {
      const { frame } = lines[k]!;
      if (next[k]! < frame.rows && frame.openTime[next[k]!]! < time) time = frame.openTime[next[k]!]!;
    }
    if (time === Infinity) return order;
    for (let k = 0; k < lines.length; k++) {
      const { frame } = lines[k]!;
      if (next[k]! < frame.rows && frame.openTime[next[k]!] === time) order[k]![next[k]!++] = out++;
    }
  }
}
