import type { Severity } from '../../core/findings.ts';
import type { Caution } from '../cautions.ts';
import { count, number, percent, prose, ratio, type Shown, typographic } from '../format.ts';
import { type Html, html, trusted } from '../html.ts';
import type { ReportModel } from '../model.ts';
import { source } from '../provenanceLinks.ts';
import { defineSection } from '../section.ts';
import { basisOf, verdictOf } from '../verdict.ts';

export default defineSection({
  id: 'verdict',
  title: 'Verdict',
  order: 10,
  render: (model) => {
    const verdict = verdictOf(model);
    const result = verdict.cautions.filter(({ topic }) => topic === 'result');
    const data = verdict.cautions.filter(({ topic }) => topic === 'data');
    return html`<p class="headline">${verdict.headline}</p>
      <p class="sentence">${prose(verdict.sentence)}</p>
      ${tiles(model)}
      <p class="note">${source(model, 'metrics.json', 'trades_*.csv')}</p>
      <h3>What limits this result</h3>
      ${cautionList(result, 'Nothing in the numbers.')}
      <h3>What is wrong with the data</h3>
      ${cautionList(data, 'No stage reported a warning or an error.')}
      <p class="note">All findings, one by one: <a href="#data_quality">Data quality</a>.</p> `.markup;
  },
});

function tiles(model: ReportModel): Html {
  const { metrics } = model;
  const { sharpe_daily_low: low, sharpe_daily_high: high } = metrics;
  const interval =
    low === null || high === null
      ? 'no interval: too few days'
      : `95% interval ${typographic(ratio(low, { decimals: 2 }).text)} to ${typographic(ratio(high, { decimals: 2 }).text)}`;
  const share =
    metrics.gross_return > 0
      ? `${percent(-metrics.cost_return / metrics.gross_return).text} of the gross return`
      : 'the gross return is not above zero';
  return html`<dl class="tiles">
    ${tile('Net return', percent(metrics.net_total_return, { isSigned: true }), basisOf(model))}
    ${tile('Sharpe ratio, daily', ratio(metrics.sharpe_daily_annualized, { decimals: 2, reason: 'too few days' }), interval)}
    ${tile('Maximum drawdown', percent(metrics.max_drawdown), 'of the highest equity before')}
    ${tile('Trades', count(metrics.total_trades), html`${number(percent(metrics.total_trades === 0 ? null : metrics.win_rate, { reason: 'no trades' }))} of them won`)}
    ${tile('One bar late', percent(metrics.net_return_one_bar_late, { isSigned: true }), 'net return with 15 minutes of latency')}
    ${tile('Costs', percent(metrics.cost_return), share)}
  </dl>`;
}

function tile(label: string, value: Shown, note: string | Html): Html {
  return html`<div>
    <dt>${label}</dt>
    <dd class="big">${number(value)}</dd>
    <dd class="small">${note}</dd>
  </div>`;
}

function cautionList(cautions: readonly Caution[], none: string): Html {
  if (cautions.length === 0) return html`<p>${none}</p>`;
  return html`<ul class="cautions">
    ${cautions.map(
      ({ code, severity, text }) =>
        html`<li>
          ${level(severity)}<span>${prose(text)} <span class="code">${code}</span></span>
        </li> `,
    )}
  </ul>`;
}

const levels: Readonly<Record<Severity, { word: string; shape: string }>> = {
  error: { word: 'Serious', shape: '<path d="M5 0L10 10H0Z"/>' },
  warning: { word: 'Caution', shape: '<path d="M5 0L10 5L5 10L0 5Z"/>' },
  info: { word: 'Note', shape: '<circle cx="5" cy="5" r="4"/>' },
};

/** Word and shape, so that color carries nothing alone. */
function level(severity: Severity): Html {
  const { word, shape } = levels[severity];
  return html`<span class="level ${severity}"><svg viewBox="0 0 10 10" fill="currentColor" aria-hidden="true">${trusted(shape)}</svg>${word}</span>`;
}
