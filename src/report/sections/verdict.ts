import type { Caution } from '../cautions.ts';
import { count, number, percent, plural, prose, ratio, type Shown, typographic } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { ReportModel } from '../model.ts';
import { source, stageSource } from '../provenanceLinks.ts';
import { defineSection } from '../section.ts';
import { severityMark } from '../severity.ts';
import { basisOf, verdictOf } from '../verdict.ts';

/** So many lines say what matters most; the diagnosis has them all, with evidence and advice. */
const shownCautions = 5;

export default defineSection({
  id: 'verdict',
  title: 'Verdict',
  order: 10,
  render: (model) => {
    const verdict = verdictOf(model);
    const weighty = verdict.cautions.filter(({ severity }) => severity !== 'info');
    return html`<div><p class="headline">${verdict.headline}</p>
<p class="sentence">${prose(verdict.sentence)}</p>
${tiles(model)}
<p class="note">${source(model, 'metrics.json')}</p></div>
<div><h3>What limits this result</h3>
${cautionList(weighty.slice(0, shownCautions))}
${sources(model, weighty.slice(0, shownCautions))}
<p>${rest(verdict.cautions.length - Math.min(weighty.length, shownCautions))}</p></div>`.markup;
  },
});

function rest(more: number): Html {
  const text = more === 0 ? 'Evidence, and what to do' : `${plural(more, 'more remark')}, evidence, and what to do`;
  return html`${text}: <a href="#diagnosis">Diagnosis</a>. All findings on the data, one by one: <a href="#data_quality">Data quality</a>.`;
}

function sources(model: ReportModel, cautions: readonly Caution[]): Html | null {
  const files = [...new Set(cautions.flatMap((caution) => caution.files))];
  const stages = [...new Set(cautions.flatMap((caution) => caution.stages ?? []))];
  const named = [...(files.length === 0 ? [] : [source(model, ...files)]), ...(stages.length === 0 ? [] : [stageSource(model, ...stages)])];
  return named.length === 0 ? null : html`<p class="note">${named.map((one) => html`${one}. `)}</p>`;
}

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
  return html`<div><dt>${label}</dt><dd class="big">${number(value)}</dd><dd class="small">${note}</dd></div>`;
}

function cautionList(cautions: readonly Caution[]): Html {
  if (cautions.length === 0) return html`<p>No rule found anything that speaks against it.</p>`;
  return html`<ul class="cautions">
${cautions.map(({ code, severity, text }) => html`<li>${severityMark(severity)}<span>${prose(text)} <span class="code">${code}</span></span></li>\n`)}</ul>`;
}
