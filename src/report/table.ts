import { bareNumber, type Shown, number, prose } from './format.ts';
import { type Html, html, trusted } from './html.ts';

export interface Column<Row> {
  readonly header: string | Html;
  /** A number with its exact value, text, or a fragment. */
  readonly cell: (row: Row, index: number) => Shown | Html | string | null;
  /** Right aligned; by default what the first row holds decides. */
  readonly isNumeric?: boolean;
  /** Extra class of the cells, for example a tint. */
  readonly tint?: (row: Row) => string;
  /** Class of the header and of every cell: `extra` columns are left out where a script shows them elsewhere. */
  readonly className?: string;
}

export interface TableSpec<Row> {
  /** What the table shows, with units; the accessible name as well. */
  readonly caption: string;
  /** Where it comes from, below the caption. */
  readonly source?: Html;
  /** The first column heads its row. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** True for a row that sums the others. */
  readonly isTotal?: (row: Row) => boolean;
  /** Shown instead of a table without rows. */
  readonly empty?: string;
  /** Lets a script sort the rows by a column and filter them by text. */
  readonly isSortable?: boolean;
  readonly id?: string;
  readonly rowClass?: (row: Row) => string;
}

/** A table with a caption, column and row headers with scope, numbers right aligned. It scrolls sideways where it is too wide. */
export function table<Row>(spec: TableSpec<Row>): Html {
  const { caption, source, columns, rows } = spec;
  if (rows.length === 0) return html`<p class="missing"><strong>${caption}.</strong> ${spec.empty ?? 'Nothing to list.'}</p>`;
  const numeric = columns.map((column, at) => at > 0 && (column.isNumeric ?? rows.some((row) => isShown(column.cell(row, 0)))));
  const head = columns.map(
    (column, at) => html`<th scope="col"${cssClass(joined(numeric[at] ? 'num' : '', column.className))}>${column.header}</th>`,
  );
  const body = rows.map(
    (row, index) =>
      html`<tr${cssClass(joined(spec.isTotal?.(row) === true ? 'total' : '', spec.rowClass?.(row)))}>${columns.map((column, at) => cell(column, row, index, at, numeric[at]!))}</tr>\n`,
  );
  return html`<div class="scroll" role="group" aria-label="${caption}" tabindex="0"${spec.id === undefined ? null : html` id="${spec.id}"`}>
<table${spec.isSortable === true ? trusted(' data-sortable') : null}>
<caption><span class="cap">${caption}${source === undefined ? null : html` <span class="source">${source}</span>`}</span></caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody>
</table>
</div>
`;
}

function cell<Row>(column: Column<Row>, row: Row, index: number, at: number, isNumeric: boolean): Html {
  const value = column.cell(row, index);
  const isNumber = isShown(value);
  const classes = cssClass(joined(isNumeric ? 'num' : '', isNumber && value.isMissing ? 'none' : '', column.tint?.(row), column.className));
  if (at === 0) return html`<th scope="row"${classes}>${isNumber ? number(value) : textOf(value)}</th>`;
  // The cell itself carries what number() would put around the text: tables are most of a report.
  return isNumber ? html`<td${classes} title="${value.title}">${bareNumber(value)}</td>` : html`<td${classes}>${textOf(value)}</td>`;
}

function textOf(value: Html | string | null): Html | null {
  return typeof value === 'string' ? prose(value) : value;
}

function joined(...names: readonly (string | undefined)[]): string {
  return names.filter((name) => name !== undefined && name !== '').join(' ');
}

function cssClass(names: string): Html | null {
  return names === '' ? null : html` class="${names}"`;
}

function isShown(value: Shown | Html | string | null): value is Shown {
  return typeof value === 'object' && value !== null && 'isMissing' in value;
}
