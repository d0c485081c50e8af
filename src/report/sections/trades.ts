import { barMs, formatTime } from '../../core/time.ts';
import { figure } from '../charts/renderChart.ts';
import { tradeHistogram } from '../charts/tradeHistogram.ts';
import { bps, count, percent, price, ratio, words } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { ReportModel, ReportTrade } from '../model.ts';
import { source } from '../provenanceLinks.ts';
import { defineSection } from '../section.ts';
import { table } from '../table.ts';
import { groupTrades, histogram, rankTrades, type TradeGroup } from '../tradeGroups.ts';
import { basisOf } from '../verdict.ts';

const listed = 10;

export default defineSection({
  id: 'trades',
  title: 'Trades',
  order: 40,
  missing: ({ trades }) => (trades.length === 0 ? 'no strategy traded' : null),
  render: async (model) => {
    const { trades } = model;
    const ranked = rankTrades(trades);
    return html`${await pnlFigure(model)}
      ${groupTable(
        model,
        'How trades ended',
        'Exit reason',
        groupTrades(trades, ({ exitReason }) => words(exitReason)),
      )}
      ${groupTable(
        model,
        'Long and short',
        'Direction',
        groupTrades(trades, ({ direction }) => direction),
      )}
      ${groupTable(
        model,
        'By symbol',
        'Symbol',
        groupTrades(trades, ({ symbol }) => symbol),
      )}
      ${groupTable(
        model,
        'By strategy',
        'Strategy',
        groupTrades(trades, ({ strategy }) => strategy),
      )}
      <details>
        <summary>The ${listed} best and the ${listed} worst trades</summary>
        ${tradeTable(model, 'Best trades', ranked.slice(0, listed))} ${tradeTable(model, 'Worst trades', ranked.slice(-listed).toReversed())}
      </details>
      ${model.setup.compat === null ? null : html`<p class="note">Reference compatibility: the bar on which a position flips counts in both trades, so trades need not add up to the net return; exit reasons are guessed from prices.</p>`} `
      .markup;
  },
});

async function pnlFigure(model: ReportModel): Promise<Html> {
  const values = model.trades.map(({ pnl }) => pnl).sort((a, b) => a - b);
  const wins = values.filter((pnl) => pnl > 0).length;
  const median = (values[Math.floor((values.length - 1) / 2)]! + values[Math.floor(values.length / 2)]!) / 2;
  const title = `${wins} of ${values.length} trades gained; the median trade ${median < 0 ? 'lost' : 'gained'} ${percent(Math.abs(median)).text}`;
  return figure({
    ...tradeHistogram(histogram(values)),
    title,
    caption: html`Number of trades by pnl ${basisOf(model)}; losses left of the line, gains right of it. ${source(model, 'trades_*.csv')}`,
  });
}

function groupTable(model: ReportModel, caption: string, header: string, rows: readonly TradeGroup[]): Html {
  const total = model.trades.length;
  return table<TradeGroup>({
    caption,
    source: source(model, 'trades_*.csv'),
    columns: [
      { header, cell: ({ name }) => name },
      { header: 'Trades', cell: ({ trades }) => count(trades) },
      { header: 'Share', cell: ({ trades }) => percent(trades / total, { decimals: 1 }) },
      { header: 'Won', cell: ({ wins, trades }) => percent(wins / trades, { decimals: 1 }) },
      { header: 'Net pnl', cell: ({ pnl }) => percent(pnl, { decimals: 2 }) },
      { header: 'Mean, bps', cell: ({ pnl, trades }) => bps(pnl / trades, { decimals: 1 }) },
      { header: 'Costs', cell: ({ cost }) => percent(-cost, { decimals: 2 }) },
      { header: 'Mean bars held', cell: ({ barsHeld, trades }) => ratio(barsHeld / trades, { decimals: 1 }) },
    ],
    rows,
  });
}

function tradeTable(model: ReportModel, caption: string, rows: readonly ReportTrade[]): Html {
  return table<ReportTrade>({
    caption,
    source: source(model, 'trades_*.csv'),
    columns: [
      { header: 'Entered at (UTC)', cell: ({ entryTime }) => html`<span class="n">${shortTime(entryTime + barMs)}</span>` },
      { header: 'Symbol', cell: ({ symbol }) => symbol },
      { header: 'Strategy', cell: ({ strategy }) => strategy },
      { header: 'Side', cell: ({ direction }) => direction },
      { header: 'Entry', cell: ({ entryPrice }) => price(entryPrice, { reason: 'no price recorded' }) },
      { header: 'Exit', cell: ({ exitPrice }) => price(exitPrice, { reason: 'no price recorded' }) },
      { header: 'Bars', cell: ({ barsHeld }) => count(barsHeld) },
      { header: 'Ended by', cell: ({ exitReason }) => words(exitReason) },
      { header: 'Net pnl', cell: ({ pnl }) => percent(pnl, { decimals: 2 }) },
    ],
    rows,
  });
}

function shortTime(ms: number): string {
  return formatTime(ms).slice(0, 16).replace('T', ' ');
}
