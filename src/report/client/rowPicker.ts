import { element } from './dom.ts';

export interface RowPicker {
  readonly choose: (row: HTMLTableRowElement) => void;
  /** Chooses the row so many places further down, as the table is sorted and filtered now. */
  readonly move: (by: number) => void;
}

/**
 * Lets one row of a table be chosen: by a click, or by its button and the arrow keys. Only the chosen row's button is a
 * stop of the Tab key.
 */
export function rowPicker(table: HTMLTableElement, onChoose: (row: HTMLTableRowElement) => void): RowPicker {
  const body = table.tBodies[0]!;
  const buttons = new Map<HTMLTableRowElement, HTMLButtonElement>();
  for (const row of body.rows) {
    const head = row.cells[0]!;
    const made = element('button', { type: 'button', class: 'pick', tabindex: '-1', 'aria-pressed': 'false' }, ...head.childNodes);
    head.replaceChildren(made);
    buttons.set(row, made);
  }
  let chosen: HTMLTableRowElement | null = null;
  const choose = (row: HTMLTableRowElement) => {
    if (chosen !== null) mark(chosen, buttons.get(chosen)!, false);
    chosen = row;
    mark(row, buttons.get(row)!, true);
    reveal(row);
    onChoose(row);
  };
  const visible = () => [...body.rows].filter((row) => !row.hidden);
  const move = (by: number) => {
    const rows = visible();
    const at = chosen === null ? -1 : rows.indexOf(chosen);
    const next = rows[Math.max(0, Math.min(rows.length - 1, at + by))];
    if (next !== undefined && next !== chosen) choose(next);
  };
  body.addEventListener('click', ({ target }) => {
    const row = target instanceof Element && target.closest('a') === null ? target.closest('tr') : null;
    if (row !== null) choose(row);
  });
  body.addEventListener('keydown', (event) => {
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };
    const by = steps[event.key];
    if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    move(by);
    if (chosen !== null) buttons.get(chosen)!.focus({ preventScroll: true });
  });
  return { choose, move };
}

function mark(row: HTMLTableRowElement, button: HTMLButtonElement, isChosen: boolean): void {
  row.classList.toggle('chosen', isChosen);
  button.setAttribute('aria-pressed', String(isChosen));
  button.tabIndex = isChosen ? 0 : -1;
}

/** Scrolls the list, not the page, until the row can be seen. */
function reveal(row: HTMLTableRowElement): void {
  const list = row.closest('.scroll');
  if (list === null) return;
  const [place, window] = [row.getBoundingClientRect(), list.getBoundingClientRect()];
  const head = row.closest('table')!.tHead!.offsetHeight;
  if (place.top < window.top + head) list.scrollTop += place.top - window.top - head;
  else if (place.bottom > window.bottom) list.scrollTop += place.bottom - window.bottom;
}
