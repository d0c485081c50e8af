import { count, number, percent, plural, ratio, typographic, words } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { ReportModel, ReportPolicy } from '../model.ts';
import { candidateStatus } from '../policy/candidateWords.ts';
import { cellName } from '../policy/policyWords.ts';
import { source } from '../provenanceLinks.ts';
import { defineSection } from '../section.ts';
import { statusMark } from '../study/statusMark.ts';
import { pShown } from '../study/units.ts';
import { table } from '../table.ts';

export default defineSection({
  id: 'policies',
  title: 'Policies and candidates',
  order: 17.5,
  missing: ({ policies, candidates }) =>
    policies.length === 0 && candidates === null
      ? 'the run has no policy studies and no list of candidates; --policy all runs every policy study, --edge-candidates ranks what was found'
      : null,
  render: (model) => html`<div>${policies(model)}${candidates(model)}</div>`.markup,
});

function policies(model: ReportModel): Html | null {
  if (model.policies.length === 0) return null;
  return html`${table<ReportPolicy>({
    caption: 'What the policy studies found',
    source: source(model, 'policies/*/*/*/verdict.json'),
    columns: [
      { header: 'Policy study', cell: ({ id, page }) => html`<a href="${page}">${words(id)}</a>` },
      { header: 'Verdict', cell: ({ verdict }) => statusMark(verdict) },
      { header: 'Promoted', cell: promoted },
      { header: 'Cells', cell: ({ cells }) => count(cells) },
      { header: 'Trials', cell: ({ trials }) => count(trials) },
      { header: 'Other trials', cell: ({ prior }) => count(prior) },
      { header: 'Best cell', cell: ({ best }) => (best === null ? 'none' : cellName(best.cell)) },
      { header: 'Bps a day, interval', cell: ({ best }) => difference(best), isNumeric: true },
      { header: 'Exposure kept', cell: ({ best }) => percent(best?.exposureKept, { reason: 'nothing was tried' }) },
      { header: 'p, adjusted', cell: ({ best }) => pShown(best?.pAdjusted ?? null) },
      { header: 'Question', cell: ({ question }) => question, tint: () => 'means' },
    ],
    rows: model.policies,
  })}
<p class="note">The best cell is the one with the smallest p against throttles of equal exposure that know nothing, on the development slice, adjusted for all cells. Bps a day: net money
of one line with the policy less without it, costs included; trading less saves costs, so a gain alone says nothing. A promotion drafts an overlay, which applies to nothing by itself.</p>`;
}

function promoted({ promoted: overlays, missing }: ReportPolicy): Html | string {
  if (overlays.length === 0) return missing.length > 0 ? missing.join('; ') : 'none';
  return html`${overlays.map(({ cell, draft }, at) => html`${at === 0 ? null : '; '}<a href="${draft}">${cellName(cell)}</a>`)}`;
}

function difference(best: ReportPolicy['best']): Html {
  const value = number(ratio(best?.difference ?? null, { isSigned: true, reason: 'nothing was tried' }));
  if (best === null || best.low === null || best.high === null) return value;
  const [low, high] = [best.low, best.high].map((bound) => ratio(bound, { isSigned: true }).text);
  return html`${value}<br><span class="code" title="${count(100 * best.level).text}% interval, ${best.low} to ${best.high}">${typographic(`${low} to ${high}`)}</span>`;
}

function candidates(model: ReportModel): Html | null {
  const { candidates: list } = model;
  if (list === null) return null;
  const rest = list.total - list.shown.length;
  return html`${table<(typeof list.shown)[number]>({
    caption: 'Candidates, ranked among what is measured alike',
    source: source(model, 'edge_candidates.json'),
    empty: candidateStatus[list.status],
    columns: [
      { header: 'Candidate', cell: ({ subject, candidate, page }) => html`<a href="${page}">${words(subject)}</a>: ${cellName(candidate)}` },
      { header: 'Class', cell: (row) => row.class.split('/').map(words).join(', ') },
      { header: 'Rank', cell: ({ rank }) => count(rank) },
      { header: 'Verdict', cell: ({ status }) => statusMark(status) },
      { header: 'Effect', cell: ({ effect }) => ratio(effect, { isSigned: true }) },
      { header: 'Unit', cell: ({ unit }) => unit },
      { header: 'Interval', cell: interval, isNumeric: true },
      { header: 'p, adjusted', cell: ({ p_adjusted: p }) => pShown(p) },
      { header: 'q', cell: ({ q }) => pShown(q) },
      { header: 'Events', cell: ({ n_events: n }) => count(n) },
      { header: 'Not passed', cell: ({ gates }) => [...gates.fail, ...gates.inconclusive].map(words).join(', ') },
    ],
    rows: list.shown,
  })}
<p class="note">${rest > 0 ? `${plural(rest, 'further candidate')} in ` : 'All of it as data: '}<a href="${list.page}">edge_candidates.csv</a>. q: Benjamini-Yekutieli over every candidate of the list. Effects of two classes have no common
scale and are not ranked against each other.</p>`;
}

function interval({ ci_low: low, ci_high: high }: { readonly ci_low: number | null; readonly ci_high: number | null }): Html | string {
  if (low === null || high === null) return '–';
  return html`<span class="code" title="${low} to ${high}">${typographic(`${ratio(low, { isSigned: true }).text} to ${ratio(high, { isSigned: true }).text}`)}</span>`;
}
