import { isAppError } from '../../core/errors.ts';
import type { Finding } from '../../core/findings.ts';
import type { Table } from '../../core/table.ts';
import { formatTime } from '../../core/time.ts';
import { parquetColumns, readParquet } from '../../lake/readParquet.ts';
import { type AuditTools, fault } from './auditTools.ts';
import type { Artifact } from './stage.ts';
import { contractProblem, type TableContract } from './tableContracts.ts';

/**
 * A Parquet file against its contract and its record: columns and types, row count, times in order, first and last
 * time. The file's bytes have been checked before; this judges what was written.
 */
export async function verifyTable(tools: AuditTools, artifact: Artifact, contract: TableContract | null): Promise<Finding[]> {
  const file = `${tools.paths.root}/${artifact.path}`;
  const db = await tools.db();
  try {
    const columns = await parquetColumns(db, file);
    const findings: Finding[] = [];
    const schema = contract === null ? null : contractProblem(contract, columns);
    if (schema !== null) findings.push(fault('SCHEMA_DIFFERS', artifact.path, schema));
    const timed = columns.filter(({ name, type }) => name === 'timestamp' && type === 'timestamp');
    const table = await readParquet(db, [file], tools.isDeep ? columns : timed);
    if (artifact.rows !== null && table.rows !== artifact.rows)
      findings.push(
        fault('ROWS_DIFFER', artifact.path, `expected ${artifact.rows} rows, found ${table.rows}`, { observed: table.rows, allowed: artifact.rows }),
      );
    return [...findings, ...timeFindings(table, artifact, contract?.hasRepeatedTimes ?? true)];
  } catch (error) {
    if (!isAppError(error) || error.code !== 'E_ARTIFACT_DAMAGED') throw error;
    return [fault('TABLE_UNREADABLE', artifact.path, String(error.details['problem'] ?? error.message))];
  }
}

function timeFindings(table: Table, artifact: Artifact, hasRepeatedTimes: boolean): Finding[] {
  const times = table.numbers['timestamp'];
  if (times === undefined || table.rows === 0) return [];
  const findings: Finding[] = [];
  for (let row = 1; row < table.rows && !hasRepeatedTimes; row++) {
    if (times[row]! > times[row - 1]!) continue;
    const message = `expected increasing times, found ${formatTime(times[row]!)} after ${formatTime(times[row - 1]!)} at row ${row}`;
    findings.push(fault('TIME_DISORDER', artifact.path, message));
    break;
  }
  const ends = { start: formatTime(times[0]!), end: formatTime(times[table.rows - 1]!) };
  for (const name of ['start', 'end'] as const) {
    if (artifact[name] === null || artifact[name] === ends[name]) continue;
    const message = `expected ${name} ${artifact[name]}, found ${ends[name]}`;
    findings.push(fault('RANGE_DIFFERS', artifact.path, message, { observed: ends[name], allowed: artifact[name] }));
  }
  return findings;
}

/** A text artifact against its record: CSV rows, JSON syntax. */
export async function verifyText(tools: AuditTools, artifact: Artifact): Promise<Finding[]> {
  const text = (await tools.effects.files.read(`${tools.paths.root}/${artifact.path}`)).toString('utf8');
  if (artifact.path.endsWith('.json')) {
    try {
      JSON.parse(text);
      return [];
    } catch {
      return [fault('JSON_UNREADABLE', artifact.path, 'expected JSON, found something else')];
    }
  }
  if (artifact.rows === null || !artifact.path.endsWith('.csv')) return [];
  const rows = text.split('\n').length - 2;
  if (rows === artifact.rows) return [];
  return [fault('ROWS_DIFFER', artifact.path, `expected ${artifact.rows} rows, found ${rows}`, { observed: rows, allowed: artifact.rows })];
}
