import { prose } from '../format.ts';
import { type Html, html } from '../html.ts';
import { renderPage } from '../page.ts';
import { balanceFigure, stabilityFigure } from './figures/cells.ts';
import { curveFigures } from './figures/curves.ts';
import { monthFigure } from './figures/months.ts';
import { nullFigure } from './figures/nulls.ts';
import { profileFigure } from './figures/profile.ts';
import { gateConsequence, verdictConsequence } from './gateWords.ts';
import { hypothesisBody } from './hypothesis.ts';
import type { StudyPageModel } from './model.ts';
import { provenanceBody } from './provenance.ts';
import { statusMark } from './statusMark.ts';
import { coverageTable, effectTable, gateTable, negativeControlTable, stabilityTable, thresholdTable, whyText } from './tables.ts';
import { capital, studyHeadline, studySentences, verdictNames } from './verdictWords.ts';

interface Part {
  readonly id: string;
  readonly title: string;
  readonly render: (model: StudyPageModel) => Html | Promise<Html>;
}

const parts: readonly Part[] = [
  { id: 'verdict', title: 'Verdict', render: verdictBody },
  { id: 'hypothesis', title: 'Hypothesis', render: hypothesisBody },
  { id: 'gates', title: 'Gates', render: gatesBody },
  { id: 'effects', title: 'Effects', render: effectsBody },
  { id: 'stability', title: 'Stability', render: stabilityBody },
  { id: 'controls', title: 'Controls', render: controlsBody },
  { id: 'nulls', title: 'Without the hypothesis', render: nullsBody },
  { id: 'events', title: 'Events and data', render: eventsBody },
  { id: 'provenance', title: 'Provenance', render: provenanceBody },
];

/**
 * A study as one self-contained HTML page, the same bytes for the same model: the verdict first, then what was asked, how each gate answered,
 * figures and tables. Links lead to the tables in the page's own folder. A study without events or data gives a page that says what is missing.
 */
export async function renderStudyPage(model: StudyPageModel): Promise<string> {
  const { document, result } = model;
  const bodies: Html[] = [];
  for (const { id, title, render } of parts)
    bodies.push(html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${await render(model)}
</section>
`);
  return renderPage({
    title: `${document.id}: ${verdictNames[result.verdict]}`,
    skip: 'Skip to the verdict',
    header: html`<p class="eyebrow">Event study, version ${document.version}</p>
<h1>${document.title}</h1>
<p class="subtitle">${document.id} on ${symbolText(model)}, run ${model.runId}</p>`,
    nav: html`<nav aria-label="Sections"><ul>${parts.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>`,
    main: html`${bodies}`,
    footer: html`<p>Times are UTC. Bars are 15 minutes and known at their close. Numbers are rounded for reading: point at one for its exact value; the tables
beside this page have them all. Digest <code>${result.digest.slice(0, 12)}</code>.</p>`,
    scripts: [],
  });
}

function symbolText({ ranges }: StudyPageModel): string {
  if (ranges.length === 0) return 'no symbol';
  return ranges.length <= 4 ? ranges.map(({ symbol }) => symbol).join(', ') : `${ranges.length} symbols`;
}

function verdictBody(model: StudyPageModel): Html {
  return html`<p class="headline">${studyHeadline(model)}</p>
<p class="sentence">${prose(studySentences(model))}</p>
${notPassed(model)}<p>${verdictConsequence[model.result.verdict]} ${model.certification}</p>`;
}

const order = { fail: 0, inconclusive: 1, pass: 2 } as const;

/** Gates that did not pass, failed ones first; where data are missing, every gate would say the same. */
function notPassed({ result }: StudyPageModel): Html | null {
  const told = result.gates.filter(({ status }) => status !== 'pass').sort((a, b) => order[a.status] - order[b.status]);
  if (told.length === 0 || result.missing.length > 0) return null;
  return html`<ul class="cautions gates">
${told.map((gate) => html`<li>${statusMark(gate.status)}<span>${whyText(`${capital(gate.why)}.`)} ${gateConsequence(gate)} <span class="code">${gate.id}</span></span></li>\n`)}</ul>
`;
}

function gatesBody(model: StudyPageModel): Html {
  return html`${gateTable(model)}
<p class="note">Events and balance come first: without them no other gate says anything, not even no. One failed gate fails the study; one that cannot be told leaves it
inconclusive. The same as text: <a href="lock.md">lock.md</a>.</p>`;
}

async function effectsBody(model: StudyPageModel): Promise<Html> {
  const profile = await profileFigure(model);
  return html`${effectTable(model)}
${await curveFigures(model)}${profile ?? absent('No event was matched, so there is no path to draw.')}`;
}

async function stabilityBody(model: StudyPageModel): Promise<Html> {
  const drawn = await stabilityFigure(model);
  return html`${drawn ?? absent('The primary effect was not estimated in any year, symbol or stratum.')}
<details>
<summary>Every cell on every slice</summary>
${stabilityTable(model)}
</details>`;
}

async function controlsBody(model: StudyPageModel): Promise<Html> {
  return html`${(await balanceFigure(model)) ?? absent('No event was matched, so there is no balance to show.')}`;
}

async function nullsBody(model: StudyPageModel): Promise<Html> {
  const drawn = await nullFigure(model);
  return html`${drawn ?? absent('The primary effect was not estimated, so there is nothing to compare with what chance does.')}
${negativeControlTable(model)}`;
}

async function eventsBody(model: StudyPageModel): Promise<Html> {
  const drawn = await monthFigure(model);
  return html`${drawn ?? absent('There are no events.')}
${thresholdTable(model)}
${coverageTable(model)}`;
}

function absent(reason: string): Html {
  return html`<p class="missing">Not shown: ${reason}</p>`;
}
