import { type Caution, cautionsOf, type Evidence } from '../cautions.ts';
import { number, plural, prose } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { ReportModel } from '../model.ts';
import { source, stageSource } from '../provenanceLinks.ts';
import { defineSection } from '../section.ts';
import { severityMark } from '../severity.ts';

export default defineSection({
  id: 'diagnosis',
  title: 'Diagnosis',
  order: 15,
  render: (model) => {
    const cautions = cautionsOf(model);
    const notes = cautions.filter(({ severity }) => severity === 'info');
    const main = cautions.filter(({ severity }) => severity !== 'info');
    return html`${main.length === 0 ? html`<p>No rule found anything that speaks against the result.</p>` : list(model, main)}
    ${notes.length === 0 ? null : html`<details><summary>${plural(notes.length, 'note')}</summary>${list(model, notes)}</details>`}
    <p class="note">
      Rules that look at every run alike, the most severe first; what each code means: docs/findings.md. A rule that says nothing has not proven
      anything. All findings on the data, one by one: <a href="#data_quality">Data quality</a>.
    </p> `.markup;
  },
});

function list(model: ReportModel, cautions: readonly Caution[]): Html {
  return html`<ul class="cautions">
    ${cautions.map((caution) => item(model, caution))}
  </ul>`;
}

function item(model: ReportModel, caution: Caution): Html {
  const { code, severity, text, evidence, advice } = caution;
  return html`<li>
    ${severityMark(severity)}
    <div>
      <p class="claim">${prose(text)} <span class="code">${code}</span></p>
      <p class="evidence">${evidence.map(pair)}<span class="source">${sourceOf(model, caution)}</span></p>
      <p class="advice"><span class="vh">What to do: </span>${prose(advice)}</p>
    </div>
  </li> `;
}

function pair({ label, value }: Evidence): Html {
  return html`<span class="pair">${label} <b>${typeof value === 'string' ? prose(value) : number(value)}</b></span> `;
}

function sourceOf(model: ReportModel, { files, stages }: Caution): Html {
  if (stages !== undefined) return stageSource(model, ...stages);
  return files.length > 0 ? source(model, ...files) : html`From the <a href="#setup">setup</a>`;
}
