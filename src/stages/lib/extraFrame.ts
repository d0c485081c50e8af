import { AppError } from '../../core/errors.ts';
import type { Columns } from '../../core/table.ts';
import type { Frame } from '../../engine/frame.ts';
import { outputsWith } from './artifacts.ts';
import { extraColumns, extraColumnsRead } from './extraColumns.ts';
import { extraTableColumns } from './extraTables.ts';
import { loadFrame } from './loadFrame.ts';
import type { Artifact, StageContext } from './stage.ts';

/**
 * One symbol's bars as studies read them: what strategies see, and what the run's studies read beyond bars and funding as
 * far as the run has it.
 */
export async function loadStudyFrame(
  context: StageContext,
  symbol: string,
): Promise<{ readonly frame: Frame; readonly inputs: readonly Artifact[] }> {
  const { frame, inputs } = await loadFrame(context, symbol);
  const extra = await loadExtraColumns(context, symbol, frame.rows);
  return { frame: { ...frame, columns: { ...frame.columns, ...extra.columns } }, inputs: [...inputs, ...extra.inputs] };
}

/**
 * Columns beyond bars and funding that the run's studies read, by the name that formulas use, [rows] of the clean bars.
 * What the run has no data for is not among them.
 *
 * @param rows of the clean bars
 * @throws E_ARTIFACT_DAMAGED for a table of another length
 */
export async function loadExtraColumns(
  context: StageContext,
  symbol: string,
  rows: number,
): Promise<{ readonly columns: Columns; readonly inputs: readonly Artifact[] }> {
  const columns: Record<string, Float64Array> = {};
  const inputs = new Map<string, readonly Artifact[]>();
  for (const name of extraColumnsRead(context.config)) {
    const { table, column } = extraColumns[name]!;
    const files = outputsWith(context, 'clean_extra', `/perp/${symbol}/extra_15m/${table}/`);
    if (files.length === 0) continue;
    inputs.set(table, files);
    const spec = extraTableColumns[table].filter((candidate) => candidate.name === column);
    const read = await context.store.read(files, spec);
    if (read.rows !== rows)
      throw new AppError('E_ARTIFACT_DAMAGED', { path: files[0]!.path, problem: `it has ${read.rows} rows, the clean bars have ${rows}` });
    columns[name] = read.numbers[column]!;
  }
  return { columns, inputs: [...inputs.values()].flat() };
}
