import { candleChart, segmentNames, type TradeData } from './candleChart.ts';
import { zoomButtons } from './chartBase.ts';
import { button, element, readData } from './dom.ts';
import { rowPicker } from './rowPicker.ts';

/** Candles of the trade that is chosen in the list below, its prices and levels, and its facts. */
export function tradeView(): void {
  const place = document.getElementById('trade-view');
  const data = readData<TradeData[]>('trade-data');
  const list = document.querySelector<HTMLTableElement>('#trade-list table');
  if (place === null || data === null || list === null) return;
  const rows = [...list.tBodies[0]!.rows];
  const title = element('p', { class: 'readout', role: 'status' });
  const canvas = element('div', { class: 'chart', role: 'group', 'aria-label': 'Candles of the chosen trade' });
  const [legend, facts, toolbar] = [element('p', { class: 'legend' }), element('dl', { class: 'tradefacts' }), element('div', { class: 'toolbar' })];
  place.append(toolbar, title, canvas, legend, facts);
  const { chart, show } = candleChart(canvas);
  const picker = rowPicker(list, (row) => {
    const trade = data[rows.indexOf(row)]!;
    show(trade);
    title.replaceChildren(...titleOf(list, row));
    legend.replaceChildren(...legendOf(trade));
    facts.replaceChildren(...factsOf(list, row));
  });
  const moves = element('span', { class: 'buttons', role: 'group', 'aria-label': 'Trade' });
  moves.append(
    button('\u2191 Previous', 'Previous trade', () => picker.move(-1)),
    button('\u2193 Next', 'Next trade', () => picker.move(1)),
  );
  toolbar.append(
    moves,
    zoomButtons(chart, () => chart.timeScale().fitContent()),
  );
  picker.choose(rows.reduce((best, row) => (netOf(list, row) > netOf(list, best) ? row : best), rows[0]!));
}

/** Cells of a row by the text of their headers. */
function cellsOf(list: HTMLTableElement, row: HTMLTableRowElement): Map<string, HTMLTableCellElement> {
  return new Map([...list.tHead!.rows[0]!.cells].map((header, at) => [header.textContent, row.cells[at]!]));
}

function netOf(list: HTMLTableElement, row: HTMLTableRowElement): number {
  return Math.abs(Number.parseFloat(cellsOf(list, row).get('Net')!.dataset['exact']!));
}

function titleOf(list: HTMLTableElement, row: HTMLTableRowElement): (Node | string)[] {
  const cells = cellsOf(list, row);
  const text = (name: string) => cells.get(name)!.textContent;
  const result = `${text('Net')} net, ended by ${text('Ended by')}`;
  return [element('strong', {}, `${text('Symbol')} ${text('Side')}, ${text('Entered (UTC)')}`), ` \u00b7 ${text('Strategy')} \u00b7 ${result}`];
}

/** Everything the table says about the trade, besides what the title has. */
function factsOf(list: HTMLTableElement, row: HTMLTableRowElement): HTMLElement[] {
  return [...cellsOf(list, row)]
    .filter(([name]) => !['Entered (UTC)', 'Symbol', 'Strategy', 'Side'].includes(name))
    .map(([name, cell]) => {
      const exact = cell.dataset['exact'];
      const value = (cell.querySelector('button') ?? cell).cloneNode(true).childNodes;
      return element('div', {}, element('dt', {}, name), element('dd', exact === undefined ? {} : { 'data-exact': exact }, ...value));
    });
}

/** What is drawn, beside a sample of it. */
function legendOf({ marks, levels, barsEach, prices }: TradeData): HTMLElement[] {
  const key = (className: string, text: string) => element('span', { class: 'key' }, element('i', { class: className }), text);
  const minutes = barsEach * 15;
  const candle = `one candle is ${minutes < 60 ? `${minutes} minutes` : `${+(minutes / 60).toFixed(2)} hours`}`;
  const keys = [key('up', 'closed higher'), key('down', 'closed lower'), key('held', 'held')];
  for (const name of segmentNames) if (marks[name] !== null) keys.push(key(`line ${name}`, name));
  for (const name of Object.keys(levels)) keys.push(key('line level', name));
  if (prices.includes('.')) keys.push(key('gap', 'no bar'));
  return [...keys, element('span', {}, `${candle}; times are opens, UTC`)];
}
