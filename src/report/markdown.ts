import { printable } from './html.ts';

/** No line of a summary is longer: it fits into a terminal, and into a comment on a pull request. */
export const lineWidth = 118;

/** Text that is no markup in Markdown: one line, no HTML, no cell ends, no links. */
export function escapeMarkdown(text: string): string {
  return printable(text)
    .replace(/\s+/g, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/[\\|`[\]]/g, '\\$&');
}

/** Lines of words; lines after the first begin with the indent. A word longer than a line stands alone. */
export function wrapped(text: string, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const next = line === '' ? word : `${line} ${word}`;
    if (line === '' || next.length <= lineWidth) line = next;
    else {
      lines.push(line);
      line = indent + word;
    }
  }
  return [...lines, line];
}

/** One point of a list. */
export function item(text: string): string[] {
  return wrapped(`- ${text}`, '  ');
}

/**
 * A table whose columns line up in a terminal: the first to the left, the others to the right. Columns that do not fit
 * beside each other go into further tables that begin with the first column again.
 */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cells = [head, ...rows].map((row) => row.map(escapeMarkdown));
  const widths = head.map((_, at) => Math.max(3, ...cells.map((row) => row[at]!.length)));
  const blocks: number[][] = [];
  let room = 0;
  for (let at = 1; at < head.length; at++) {
    const needed = widths[at]! + 3;
    if (blocks.length === 0 || room < needed) {
      blocks.push([]);
      room = lineWidth - (widths[0]! + 4);
    }
    blocks.at(-1)!.push(at);
    room -= needed;
  }
  return blocks.flatMap((block, at) => [...(at === 0 ? [] : ['']), ...tableLines(cells, widths, [0, ...block])]);
}

function tableLines(cells: readonly (readonly string[])[], widths: readonly number[], columns: readonly number[]): string[] {
  const pad = (text: string, at: number) => (at === 0 ? text.padEnd(widths[at]!) : text.padStart(widths[at]!));
  const line = (row: readonly string[]) => `| ${columns.map((at) => pad(row[at]!, at)).join(' | ')} |`;
  const rule = `| ${columns.map((at) => (at === 0 ? '-'.repeat(widths[at]!) : `${'-'.repeat(widths[at]! - 1)}:`)).join(' | ')} |`;
  return [line(cells[0]!), rule, ...cells.slice(1).map(line)];
}
