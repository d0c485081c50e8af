import { AppError } from '../core/errors.ts';
import { CsvCursor } from './csv.ts';

const newline = 10;
const maxLineBytes = 4_096;

/**
 * Cursors over whole lines of a CSV file that arrives piece by piece, one after the other; line numbers go on. A cursor is
 * good until the next one is asked for.
 *
 * @throws E_CSV for a line longer than 4,096 bytes
 */
export async function* csvBlocks(pieces: AsyncIterable<Buffer>, file: string): AsyncGenerator<CsvCursor> {
  let rest: Buffer = Buffer.alloc(0);
  let line = 1;
  for await (const piece of pieces) {
    const end = piece.lastIndexOf(newline) + 1;
    const block = end === 0 ? Buffer.alloc(0) : rest.length === 0 ? piece.subarray(0, end) : Buffer.concat([rest, piece.subarray(0, end)]);
    rest = end === 0 ? Buffer.concat([rest, piece]) : Buffer.from(piece.subarray(end));
    if (rest.length > maxLineBytes) throw new AppError('E_CSV', { file, line, problem: `the line is longer than ${maxLineBytes} bytes` });
    if (block.length === 0) continue;
    const cursor = new CsvCursor(block, file);
    cursor.line = line;
    yield cursor;
    line = cursor.line;
  }
  if (rest.length === 0) return;
  const cursor = new CsvCursor(rest, file);
  cursor.line = line;
  yield cursor;
}
