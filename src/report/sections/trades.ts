import { figure } from '../charts/renderChart.ts';
import { tradeHistogram } from '../charts/tradeHistogram.ts';
import { bps, count, percent, ratio, words } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { ReportModel, ReportTrade } from '../model.ts';
import { source } from '../provenanceLinks.ts';
import { defineSection } from '../section.ts';
import { table } from '../table.ts';
import { tradeExplorer } from '../tradeExplorer.ts';
import { groupTrades, histogram, type TradeGroup } from '../tradeGroups.ts';
import { basisOf } from '../verdict.ts';

export default defineSection({
  id: 'trades',
  title: 'Trades',
  order: 40,
  missing: ({ trades }) => (trades.length === 0 ? 'no strategy traded' : null),
  render: async (model) => {
    const by = (caption: string, header: string, label: (trade: ReportTrade) => string) =>
      groupTable(model, { caption, header, rows: groupTrades(model.trades, label) });
    return html`${await pnlFigure(model)}
${by('How trades ended', 'Exit reason', ({ exitReason }) => words(exitReason))}
${tradeExplorer(model)}
${by('Long and short', 'Direction', ({ direction }) => direction)}
${by('Trades by symbol', 'Symbol', ({ symbol }) => symbol)}
${by('Trades by strategy', 'Strategy', ({ strategy }) => strategy)}
${model.setup.compat === null ? null : html`<p class="note">Reference compatibility: the bar on which a position flips counts in both trades, so trades need not add up to the net return; exit reasons are guessed from prices.</p>`}`
      .markup;
  },
});

async function pnlFigure(model: ReportModel): Promise<Html> {
  const values = model.trades.map(({ pnl }) => pnl).sort((a, b) => a - b);
  const wins = values.filter((pnl) => pnl > 0).length;
  const median = (values[Math.floor((values.length - 1) / 2)]! + values[Math.floor(values.length / 2)]!) / 2;
  const title = `${count(wins).text} of ${count(values.length).text} trades gained; the median trade ${median < 0 ? 'lost' : 'gained'} ${percent(Math.abs(median)).text}`;
  return figure({
    ...tradeHistogram(histogram(values)),
    title,
    caption: html`Number of trades by pnl ${basisOf(model)}; losses left of the line, gains right of it. ${source(model, 'trades_*.csv')}`,
  });
}

function groupTable(model: ReportModel, { caption, header, rows }: { caption: string; header: string; rows: readonly TradeGroup[] }): Html {
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
