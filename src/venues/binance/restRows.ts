import { AppError } from '../../core/errors.ts';
import { fundingSnap } from '../../market/fundingSnap.ts';
import { hourMs } from '../../core/time.ts';
import type { RestPage } from '../source.ts';
import { snapToleranceMs } from './funding.ts';

/**
 * Rows of a REST answer, a JSON array.
 *
 * @throws E_ARCHIVE for a page that is no JSON array (an error page with status 200)
 */
export function parseRows(page: RestPage): unknown[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(page.bytes.toString('utf8'));
  } catch (cause) {
    throw new AppError('E_ARCHIVE', { file: page.url, problem: 'the server sent something else than JSON' }, { cause });
  }
  if (!Array.isArray(parsed)) throw new AppError('E_ARCHIVE', { file: page.url, problem: 'the server sent JSON that is no list of rows' });
  return parsed;
}

/**
 * REST bars in the layout of the archive, so that one strict parser reads both.
 *
 * @param now server time; bars that are not closed by then are left out
 */
export function klinesCsv(rows: readonly unknown[][], file: string, now: number | null): Buffer {
  const lines: string[] = [];
  for (const [index, row] of rows.entries()) {
    if (!Array.isArray(row)) throw new AppError('E_CSV', { file, line: index + 1, problem: 'the row is no list' });
    if (now !== null && Number(row[6]) >= now) continue;
    lines.push(row.map((value) => plain(value, file, index)).join(','));
  }
  return Buffer.from(lines.join('\n'));
}

/** REST settlements that belong to the range, in the layout of the archive; the interval is left to the caller, who knows the neighbors. */
export function fundingCsv(rows: readonly Record<string, unknown>[], file: string, range: { from: number; to: number }): Buffer {
  const lines: string[] = [];
  for (const [index, row] of rows.entries()) {
    if (typeof row !== 'object' || row === null) throw new AppError('E_CSV', { file, line: index + 1, problem: 'the row is no object' });
    const stamp = plain(row['fundingTime'], file, index);
    const time = fundingSnap(Number(stamp), hourMs, snapToleranceMs).snapped ?? Number(stamp);
    if (time >= range.from && time < range.to) lines.push(`${stamp},${unknownInterval},${plain(row['fundingRate'], file, index)}`);
  }
  return Buffer.from(lines.join('\n'));
}

/** Stands for an interval that the REST interface does not tell. */
const unknownInterval = 8;

/** The text of a plain decimal number given as text or number. */
function plain(value: unknown, file: string, index: number): string {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text === 'string' && /^-?\d+(\.\d+)?$/.test(text)) return text;
  const shown = JSON.stringify(value)?.slice(0, 40) ?? 'nothing';
  throw new AppError('E_CSV', { file, line: index + 1, problem: `a plain decimal number was expected, found ${shown}` });
}
