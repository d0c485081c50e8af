import type { Cell, ReferenceTable } from './table.ts';

/** Rows that a summary shows of a table. */
const headRows = 20;

/**
 * A summary in Markdown: title, lines, and the heads of tables under headings.
 *
 * @param sections heading and table, in order; a table without rows says so
 */
export function summaryText(title: string, lines: readonly string[], sections: readonly (readonly [string, ReferenceTable])[]): string {
  const parts = sections.map(([heading, table]) => `## ${heading}\n\n${table.rows.length === 0 ? 'No rows.' : headText(table)}`);
  return `${[`# ${title}`, lines.map((line) => `- ${line}`).join('\n'), ...parts].join('\n\n')}\n`;
}

function headText({ header, rows }: ReferenceTable): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.slice(0, headRows).map((row) => line(row.map(cellText)))].join('\n');
}

function cellText(cell: Cell): string {
  if (typeof cell === 'number') return Number.isInteger(cell) ? String(cell) : String(Number(cell.toPrecision(6)));
  return cell === null ? '' : String(cell);
}
