import { count, money, number, percent, ratio, words } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { ReportModel } from '../model.ts';
import { costFigure, courseFigure, headroomFigure, riskFigure } from '../portfolio/figures.ts';
import type { ReportPortfolio } from '../portfolio/model.ts';
import { source } from '../provenanceLinks.ts';
import { defineSection } from '../section.ts';
import { statusMark } from '../study/statusMark.ts';
import { table } from '../table.ts';

export default defineSection({
  id: 'portfolio',
  title: 'Portfolio',
  order: 17.8,
  missing: ({ portfolio }) => (portfolio === null ? 'the run has no portfolio; --portfolio runs edges together beside a backtest' : null),
  render: async (model) => {
    const portfolio = model.portfolio!;
    const parts = [introduction(portfolio), gateTable(model, portfolio), modeTable(model, portfolio)];
    if (portfolio.span !== null && portfolio.daily.day.length > 1) {
      parts.push(
        await courseFigure(model, portfolio),
        await headroomFigure(model, portfolio),
        await riskFigure(model, portfolio),
        await costFigure(model, portfolio),
      );
      parts.push(edgeTable(model, portfolio), symbolTable(model, portfolio), stressTable(model, portfolio));
    }
    return html`<div>${parts}</div>`.markup;
  },
});

function introduction({ title, id, version, mode, baseline, universe, span, holdout, comparison, edges }: ReportPortfolio): Html {
  const days =
    span === null
      ? 'No day is out of sample: no edge had enough history in a month with a universe.'
      : `Out of sample: ${span.from} to ${span.to}, ${span.days} days.`;
  const sealed =
    holdout.state === 'none'
      ? ''
      : ` The last ${holdout.days} days are a holdout, ${holdout.state === 'sealed' ? 'sealed and not looked at' : 'opened'}.`;
  return html`<p>${title} (${id}, version ${version}): ${edges.length} edges over ${universe}, weights by ${words(mode)}, compared with ${words(baseline)}. ${days}${sealed}
${comparison}</p>`;
}

function gateTable(model: ReportModel, { verdict }: ReportPortfolio): Html | null {
  if (verdict === null) return html`<p class="note">Not judged: --validate-portfolio asks for the gates.</p>`;
  return table({
    caption: verdict.verdict === 'PASS_PROMOTION' ? 'Every gate passes' : 'Not every gate passes',
    source: source(model, 'portfolio/*/verdict.json'),
    columns: [
      { header: 'Gate', cell: ({ id }) => words(id) },
      { header: 'Answer', cell: ({ status }) => statusMark(status) },
      { header: 'Observed', cell: ({ observed, unit }) => shown(observed, unit), isNumeric: true },
      { header: 'Needed', cell: ({ threshold, unit }) => shown(threshold, unit), isNumeric: true },
      { header: 'Unit', cell: ({ unit }) => unit },
      { header: 'Why', cell: ({ why }) => why, tint: () => 'means' },
    ],
    rows: verdict.gates,
  });
}

function shown(value: number | null, unit: string) {
  if (unit === 'quote currency') return money(value, { reason: 'not known' });
  if (unit === 'probability') return ratio(value, { reason: 'not known' });
  if (unit.startsWith('share') || unit.startsWith('fraction') || unit.startsWith('return')) return percent(value, { reason: 'not known' });
  return count(value, { reason: 'not known' });
}

function modeTable(model: ReportModel, { modes, mode }: ReportPortfolio): Html {
  return table({
    caption: 'Allocation modes out of sample, costs and funding included',
    source: source(model, 'portfolio/*/metrics.json'),
    columns: [
      { header: 'Mode', cell: (row) => (row.mode === mode ? `${words(row.mode)} (declared)` : words(row.mode)) },
      { header: 'Net return', cell: ({ net_total_return }) => percent(net_total_return) },
      { header: 'Sharpe, a year', cell: sharpeCell, isNumeric: true },
      { header: 'Drawdown', cell: ({ max_drawdown }) => percent(max_drawdown) },
      { header: 'Worst 1% of days', cell: ({ cvar_1d_99 }) => percent(cvar_1d_99 === null ? null : -cvar_1d_99) },
      { header: 'Cost', cell: ({ cost }) => percent(cost) },
      { header: 'Saved by netting', cell: ({ netting_benefit }) => percent(netting_benefit) },
      { header: 'Traded a day', cell: ({ avg_daily_turnover }) => percent(avg_daily_turnover) },
      { header: 'Limits exceeded', cell: ({ constraint_breaches }) => constraint_breaches.map(({ limit }) => words(limit)).join(', ') || 'none' },
    ],
    rows: modes,
  });
}

function sharpeCell({ sharpe_annualized: value, sharpe_standard_error: error }: ReportPortfolio['modes'][number]): Html {
  const main = number(ratio(value, { decimals: 2, reason: 'nothing varied' }));
  return error === null ? main : html`${main}<br><span class="code">± ${ratio(error, { decimals: 2 }).text}</span>`;
}

function edgeTable(model: ReportModel, { edges, mode }: ReportPortfolio): Html {
  return table({
    caption: `Edges in ${words(mode)}`,
    source: source(model, `edge_contribution_${mode}.csv`),
    columns: [
      { header: 'Edge', cell: ({ edge_id }) => words(edge_id) },
      { header: 'Pnl', cell: ({ total_pnl }) => percent(total_pnl) },
      { header: 'Cost alone', cell: ({ cost }) => percent(cost) },
      { header: 'Mean weight', cell: ({ mean_weight }) => ratio(mean_weight) },
      { header: 'Active days', cell: ({ active_days }) => count(active_days) },
      { header: 'Sharpe alone', cell: ({ standalone_sharpe }) => ratio(standalone_sharpe, { decimals: 2, reason: 'nothing varied' }) },
      { header: 'Sharpe it adds', cell: ({ marginal_sharpe }) => ratio(marginal_sharpe, { decimals: 2, isSigned: true, reason: 'not defined' }) },
      { header: 'Share of risk', cell: ({ risk_share }) => percent(risk_share, { decimals: 0, reason: 'nothing varied' }) },
    ],
    rows: edges,
  });
}

function symbolTable(model: ReportModel, { symbols, mode }: ReportPortfolio): Html {
  return table({
    caption: `Symbols in ${words(mode)}`,
    source: source(model, `symbol_contribution_${mode}.csv`),
    columns: [
      { header: 'Symbol', cell: ({ symbol }) => symbol },
      { header: 'Pnl', cell: ({ total_pnl }) => percent(total_pnl) },
      { header: 'Bars held', cell: ({ held_bars }) => count(held_bars) },
      { header: 'Bars with profit', cell: ({ positive_bars_ratio }) => percent(positive_bars_ratio, { decimals: 0, reason: 'never held' }) },
      { header: 'Traded', cell: ({ traded }) => percent(traded, { decimals: 0 }) },
    ],
    rows: symbols,
  });
}

function stressTable(model: ReportModel, { stress, mode }: ReportPortfolio): Html {
  return table({
    caption: `The declared mode, ${words(mode)}, under worse conditions`,
    source: source(model, 'stress.json'),
    columns: [
      { header: 'Condition', cell: ({ cell }) => words(cell) },
      { header: 'Weights', cell: ({ weights }) => (weights === 'kept' ? 'as decided' : 'decided anew') },
      { header: 'Net return', cell: ({ net_total_return }) => percent(net_total_return) },
      { header: 'Drawdown', cell: ({ max_drawdown }) => percent(max_drawdown) },
      { header: 'Worst 1% of days', cell: ({ cvar_1d_99 }) => percent(cvar_1d_99 === null ? null : -cvar_1d_99) },
      { header: 'Limits exceeded', cell: ({ breaches }) => breaches.map(({ limit }) => words(limit)).join(', ') || 'none' },
    ],
    rows: stress,
  });
}
