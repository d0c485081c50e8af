import { element } from './dom.ts';

/** Makes the rows of every table that asks for it sortable by its headers and filterable by text. */
export function sortableTables(): void {
  for (const table of document.querySelectorAll<HTMLTableElement>('table[data-sortable]')) {
    for (const header of table.tHead!.rows[0]!.cells) makeSortable(table, header);
    addFilter(table);
  }
}

const rowsOf = (table: HTMLTableElement) => [...table.tBodies[0]!.rows];

function makeSortable(table: HTMLTableElement, header: HTMLTableCellElement): void {
  const sorter = element('button', { type: 'button', class: 'sort' }, ...header.childNodes);
  header.replaceChildren(sorter);
  sorter.addEventListener('click', () => {
    const isNumeric = header.classList.contains('num');
    const was = header.getAttribute('aria-sort');
    // Numbers are most often looked at from the top, names from the beginning.
    const order = was === null ? (isNumeric ? 'descending' : 'ascending') : was === 'ascending' ? 'descending' : 'ascending';
    for (const other of header.parentElement!.children) other.removeAttribute('aria-sort');
    header.setAttribute('aria-sort', order);
    const sign = order === 'ascending' ? 1 : -1;
    const keyed = rowsOf(table).map((row) => ({ row, key: keyOf(row.cells[header.cellIndex]!, isNumeric) }));
    keyed.sort((a, b) => compare(a.key, b.key, sign));
    table.tBodies[0]!.append(...keyed.map(({ row }) => row));
  });
}

/** What a cell sorts by: its exact number, or its text; null for a number that is missing. */
function keyOf(cell: HTMLTableCellElement, isNumeric: boolean): number | string | null {
  if (!isNumeric) return cell.textContent.trim().toLowerCase();
  const exact = cell.dataset['exact'] ?? cell.title;
  const value = Number.parseFloat(exact === '' ? cell.textContent : exact);
  return Number.isNaN(value) ? null : value;
}

/** Missing values come last in either order. */
function compare(a: number | string | null, b: number | string | null, sign: number): number {
  if (a === null || b === null) return (a === null ? 1 : 0) - (b === null ? 1 : 0);
  return a < b ? -sign : a > b ? sign : 0;
}

function addFilter(table: HTMLTableElement): void {
  const all = rowsOf(table).length;
  if (all < 8) return;
  const count = element('span', { class: 'note', role: 'status' });
  const input = element('input', { type: 'search', placeholder: 'all of these words', autocomplete: 'off', spellcheck: 'false' });
  const filter = element('p', { class: 'filter' }, element('label', {}, 'Filter ', input), ' ', count);
  input.addEventListener('input', () => {
    const words = input.value.toLowerCase().split(/\s+/);
    let shown = 0;
    for (const row of rowsOf(table)) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) shown++;
    }
    count.textContent = shown === all ? '' : `${shown} of ${all} rows`;
  });
  const scroll = table.closest('.scroll') ?? table;
  scroll.before(filter);
}
