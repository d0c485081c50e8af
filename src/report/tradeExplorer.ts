import { barMs, formatTime } from '../core/time.ts';
import { encodeCandles } from './candles.ts';
import { count, percent, price, ratio, words } from './format.ts';
import { type Html, html } from './html.ts';
import type { ReportModel, ReportTrade, TradeWindow } from './model.ts';
import { dataBlock } from './page.ts';
import { source } from './provenanceLinks.ts';
import { table } from './table.ts';

/** Rows that are printed when there are more: the ends of the ranking. */
const printedExtremes = 10;

/**
 * Single trades: a table that holds everything (and is all there is without a script), and the candles of each for the
 * chart above it, on which the script draws the chosen row.
 */
export function tradeExplorer(model: ReportModel): Html {
  const { trades, tradeWindows } = model;
  if (tradeWindows.length === 0) return html`<p class="missing">No bars are kept for single trades.</p>`;
  const shown = tradeWindows.map(({ trade }) => trades[trade]!);
  return html`<div class="explorer">
<h3>${shown.length === trades.length ? `Each of the ${shown.length} trades, bar by bar` : `${shown.length} of ${count(trades.length).text} trades, bar by bar`}</h3>
<p>${selectionRule(trades.length, shown.length)} Bars are the run’s own clean ones; a trade begins and ends at the close of the marked bar.<span class="print-only"> Printed are the ${printedExtremes} largest gains and the ${printedExtremes} largest losses.</span></p>
<div class="live" id="trade-view"></div>
<noscript><p class="note">The candles need scripts, which are off; the table says the same in numbers.</p></noscript>
${tradeTable(model, shown)}
${dataBlock(
  'trade-data',
  tradeWindows.map((window) => chartData(trades[window.trade]!, window)),
)}
</div>
`;
}

function selectionRule(all: number, shown: number): string {
  if (all === shown) return 'All trades of the run are listed.';
  return 'Listed are about as many trades of each strategy: a fifth of them its largest gains, a fifth its largest losses, the others taken at even steps through exit reasons, symbols and time.';
}

function tradeTable(model: ReportModel, shown: readonly ReportTrade[]): Html {
  const extra = { className: 'extra' };
  const ranked = shown.map(({ pnl }) => pnl).sort((a, b) => a - b);
  const [low, high] = [ranked[printedExtremes - 1] ?? Infinity, ranked.at(-printedExtremes) ?? -Infinity];
  const noStop = { reason: 'no stop declared' };
  const noPrice = { reason: 'no price recorded' };
  return table<ReportTrade>({
    id: 'trade-list',
    caption: 'Single trades',
    source: source(model, 'trades_*.csv', 'bars_*_15m_*.parquet', 'features_*_15m_*.parquet'),
    isSortable: true,
    rowClass: ({ pnl }) => (pnl <= low || pnl >= high ? 'extreme' : ''),
    columns: [
      { header: 'Entered (UTC)', cell: ({ entryTime }) => closeOf(entryTime) },
      { header: 'Symbol', cell: ({ symbol }) => symbol },
      { header: 'Strategy', cell: ({ strategy }) => strategy },
      { header: 'Side', cell: ({ direction }) => direction },
      { header: 'Net', cell: ({ pnl }) => percent(pnl, { decimals: 2 }), tint: ({ pnl }) => (pnl > 0 ? 'gain' : pnl < 0 ? 'loss' : '') },
      { header: 'R', cell: ({ rMultiple }) => ratio(rMultiple, { decimals: 2, ...noStop }) },
      { header: 'Ended by', cell: ({ exitReason, isOpen }) => (isOpen ? 'still open' : words(exitReason)) },
      { header: 'Bars held', cell: ({ barsHeld }) => count(barsHeld) },
      { header: 'Gross', cell: ({ gross }) => percent(gross, { decimals: 2 }), ...extra },
      { header: 'Costs', cell: ({ cost }) => percent(-cost, { decimals: 2 }), ...extra },
      { header: 'Funding', cell: ({ funding }) => percent(funding, { decimals: 3 }), ...extra },
      { header: 'Worst (MAE)', cell: ({ mae }) => percent(mae, { decimals: 2 }), ...extra },
      { header: 'Best (MFE)', cell: ({ mfe }) => percent(mfe, { decimals: 2 }), ...extra },
      { header: 'Entry price', cell: ({ entryPrice }) => price(entryPrice, noPrice), ...extra },
      { header: 'Exit price', cell: ({ exitPrice }) => price(exitPrice, noPrice), ...extra },
      { header: 'Stop', cell: ({ stopPrice }) => price(stopPrice, noStop), ...extra },
      { header: 'Target', cell: ({ targetPrice }) => price(targetPrice, { reason: 'no target declared' }), ...extra },
      { header: 'Left (UTC)', cell: ({ exitTime }) => closeOf(exitTime), ...extra },
      { header: 'Flagged bars', cell: ({ flaggedBars }) => count(flaggedBars), ...extra },
    ],
    rows: shown,
  });
}

/** What the chart draws: candles, on which of them the trade begins and ends, and its prices. */
function chartData(trade: ReportTrade, { candles }: TradeWindow) {
  const at = (openTime: number) => Math.floor((openTime - candles.start) / (candles.barsEach * barMs));
  return {
    ...encodeCandles(candles),
    entry: at(trade.entryTime),
    exit: at(trade.exitTime),
    isLong: trade.direction === 'long',
    isOpen: trade.isOpen,
    marks: { entry: trade.entryPrice, exit: trade.exitPrice, stop: trade.stopPrice, target: trade.targetPrice },
  };
}

/** Close of the bar that opens at `openTime`: when it was known. */
function closeOf(openTime: number): Html {
  return html`<span class="n">${formatTime(openTime + barMs)
    .slice(0, 16)
    .replace('T', ' ')}</span>`;
}
