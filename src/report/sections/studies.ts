import { count, number, typographic, words } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { ReportModel, ReportStudy } from '../model.ts';
import { source } from '../provenanceLinks.ts';
import { defineSection } from '../section.ts';
import { statusMark } from '../study/statusMark.ts';
import { effectShown, pShown } from '../study/units.ts';
import { table } from '../table.ts';

export default defineSection({
  id: 'studies',
  title: 'Event studies',
  order: 17,
  missing: ({ studies }) => (studies.length === 0 ? 'the run has no studies; --studies all runs every one beside a backtest' : null),
  render: (model) =>
    html`<div>${table<ReportStudy>({
      caption: 'What the studies found',
      source: source(model, 'verdict.json'),
      columns: [
        { header: 'Study', cell: ({ id, page }) => html`<a href="${page}">${words(id)}</a>` },
        { header: 'Verdict', cell: ({ verdict }) => statusMark(verdict) },
        { header: 'Effect, interval', cell: ({ primary }) => effect(primary), isNumeric: true },
        { header: 'p', cell: ({ primary }) => pShown(primary.p) },
        { header: 'Events', cell: ({ primary }) => count(primary.events) },
        { header: 'Not passed', cell: notPassed },
        { header: 'Question', cell: ({ question }) => question, tint: () => 'means' },
      ],
      rows: model.studies,
    })}
<p class="note">${tally(model)} Effects are those of each study’s primary estimand on its development slice, with its own interval and p; pp: percentage points. The name leads to
the study’s page. A study says whether something is there, not that it can be traded.</p></div>`.markup,
});

function effect({ unit, effect: value, low, high, level }: ReportStudy['primary']): Html {
  const shown = number(effectShown(unit, value, { reason: 'could not be estimated' }));
  if (low === null || high === null) return shown;
  const text = `${effectShown(unit, low).text} to ${effectShown(unit, high).text}`;
  return html`${shown}<br><span class="code" title="${count(100 * level).text}% interval, ${low} to ${high}">${typographic(text)}</span>`;
}

function notPassed({ missing, open }: ReportStudy): string {
  return missing.length > 0 ? missing.join('; ') : open.map(words).join(', ');
}

function tally({ studies }: ReportModel): string {
  const of = (verdict: ReportStudy['verdict']) => studies.filter((study) => study.verdict === verdict).length;
  return `${of('pass')} passed, ${of('fail')} failed, ${of('inconclusive')} inconclusive.`;
}
