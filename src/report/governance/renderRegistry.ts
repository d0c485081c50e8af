import type { ExperimentIndex, GraveRow, IndexedExperiment, IndexedHypothesis } from '../../governance/registry/experimentIndex.ts';
import type { PromotionDecision } from '../../governance/records.ts';
import { count, number, ratio } from '../format.ts';
import { type Html, html } from '../html.ts';
import { renderPage } from '../page.ts';
import { table } from '../table.ts';

/** What the page of the experiment registry is made from. */
export interface RegistryModel {
  readonly index: ExperimentIndex;
  readonly graves: readonly GraveRow[];
  /** By id, sorted. */
  readonly decisions: readonly PromotionDecision[];
}

/**
 * The experiment registry as one self-contained page: hypotheses with what was tried for them, subjects with how far they have come,
 * every decision with the gates that failed, and what found no support. Made from the ledger, so the same ledger and the same files
 * give the same bytes.
 *
 * @source governance specification 17.10
 */
export function renderRegistry(model: RegistryModel): string {
  const { index, graves, decisions } = model;
  return renderPage({
    title: 'Backtest experiments',
    skip: 'Skip to the hypotheses',
    header: html`<p class="eyebrow">Backtest</p>
<h1>Hypotheses, experiments, decisions</h1>
<p class="subtitle">The ledger up to entry ${index.generated_from.ledger_head}, hash <code>${index.generated_from.hash.slice(0, 16)}</code>.</p>`,
    main: html`${hypothesisTable(index.hypotheses)}
${subjectTable(index.hypotheses)}
${experimentTable(index.hypotheses)}
${decisionTable(decisions)}
${graveTable(graves)}
${orphanNote(index)}`,
    footer: html`<p>Made by <code>backtest ledger export</code> from the ledger and the records that it names; an edit here changes nothing. <code>backtest audit why</code> and <code>why-not</code> say what each state rests on. Times are UTC.</p>`,
    scripts: [],
  });
}

function hypothesisTable(rows: readonly IndexedHypothesis[]): Html {
  return table<IndexedHypothesis>({
    caption: 'Hypotheses: what was claimed before the first look, and how much was tried for it',
    empty: 'Nothing has been registered: backtest hypotheses register.',
    columns: [
      { header: 'Hypothesis', cell: ({ id }) => html`<code>${id}</code>` },
      { header: 'State', cell: ({ state }) => state },
      { header: 'Registered', cell: ({ registered }) => `${registered.at.slice(0, 10)}, entry ${registered.entry}` },
      { header: 'Trials', cell: ({ trials }) => count(trials.this) },
      { header: 'Budget', cell: ({ trials }) => count(trials.budget, { reason: 'none stated' }) },
      { header: 'Trials of the family', cell: ({ trials }) => count(trials.family) },
      { header: 'Family', cell: ({ family }) => html`<code>${family}</code>` },
      { header: 'Experiments', cell: ({ experiments }) => count(experiments.length) },
      { header: 'Evidence', cell: ({ evidence }) => healthText(evidence.map(({ health }) => health)) },
    ],
    rows,
  });
}

interface SubjectRow {
  readonly hypothesis: string;
  readonly subject: IndexedHypothesis['subjects'][number];
}

function subjectTable(hypotheses: readonly IndexedHypothesis[]): Html {
  return table<SubjectRow>({
    caption: 'Subjects: how far each version has come, by the ledger',
    empty: 'No edge, overlay or portfolio is registered for a hypothesis.',
    columns: [
      { header: 'Subject', cell: ({ subject }) => html`<code>${subject.kind}:${subject.id}@${subject.version}</code>` },
      { header: 'State', cell: ({ subject }) => subject.state },
      { header: 'Evidence', cell: ({ subject }) => healthText([subject.health]) },
      { header: 'Hypothesis', cell: ({ hypothesis }) => html`<code>${hypothesis}</code>` },
    ],
    rows: hypotheses.flatMap(({ id, subjects }) => subjects.map((subject) => ({ hypothesis: id, subject }))),
  });
}

interface RunRow {
  readonly hypothesis: string;
  readonly experiment: IndexedExperiment;
  readonly run: IndexedExperiment['runs'][number] | null;
}

function experimentTable(hypotheses: readonly IndexedHypothesis[]): Html {
  const rows = hypotheses.flatMap(({ id, experiments }) =>
    experiments.flatMap((experiment): RunRow[] =>
      experiment.runs.length === 0
        ? [{ hypothesis: id, experiment, run: null }]
        : experiment.runs.map((run) => ({ hypothesis: id, experiment, run })),
    ),
  );
  return table<RunRow>({
    caption: 'Experiments and the runs attached to them',
    empty: 'No experiment has been planned.',
    columns: [
      { header: 'Experiment', cell: ({ experiment }) => html`<code>${experiment.id}</code>` },
      { header: 'State', cell: ({ experiment }) => experiment.state },
      { header: 'Trials spent', cell: ({ experiment }) => count(experiment.budget.spent) },
      { header: 'Trials planned', cell: ({ experiment }) => count(experiment.budget.planned) },
      { header: 'Run', cell: ({ run }) => (run === null ? 'none attached' : html`<code>${run.run_id}</code>`) },
      { header: 'Role', cell: ({ run }) => run?.role ?? '' },
      { header: 'Execution', cell: ({ run }) => (run === null ? '' : run.execution) },
      { header: 'Hypothesis', cell: ({ hypothesis }) => html`<code>${hypothesis}</code>` },
    ],
    rows,
  });
}

function decisionTable(decisions: readonly PromotionDecision[]): Html {
  return table<PromotionDecision>({
    caption: 'Decisions: every guard and gate was answered; those that failed are named',
    empty: 'Nothing has been decided.',
    columns: [
      { header: 'Decision', cell: ({ id }) => html`<code>${id.slice(0, 18)}</code>` },
      { header: 'Subject', cell: ({ subject }) => html`<code>${subject.kind}:${subject.id}@${subject.version}</code>` },
      { header: 'Step', cell: ({ from, to }) => `${from} to ${to}` },
      { header: 'Verdict', cell: ({ verdict }) => (verdict === 'PASS_PROMOTION' ? 'passed' : 'failed') },
      { header: 'Passed', cell: ({ results }) => count(results.filter(({ pass }) => pass).length) },
      { header: 'Of', cell: ({ results }) => count(results.length) },
      { header: 'Failed', cell: (decision) => failedText(decision) },
      {
        header: 'Overridden',
        cell: ({ override }) =>
          override === null ? '' : `${override.failed_codes.join(', ')}: ${override.reason}, until ${override.expires.slice(0, 10)}`,
      },
      { header: 'Policy', cell: ({ policy }) => html`<code>${policy.id}</code>` },
    ],
    rows: decisions,
  });
}

function failedText({ results }: PromotionDecision): Html {
  const failed = results.filter(({ pass }) => !pass);
  return html`${failed.map(
    ({ code, observed, threshold }, i) =>
      html`${i === 0 ? null : ', '}<code>${code}</code>${observed === null ? null : html` ${number(ratio(observed))}`}${threshold === null || observed === null ? null : html` against ${number(ratio(threshold))}`}`,
  )}`;
}

function graveTable(graves: readonly GraveRow[]): Html {
  return table<GraveRow>({
    caption: 'Graveyard: hypotheses that found no support, with what was measured',
    empty: 'No hypothesis has been closed without support.',
    columns: [
      { header: 'Hypothesis', cell: ({ id }) => html`<code>${id}</code>` },
      { header: 'Outcome', cell: ({ outcome }) => outcome },
      { header: 'Reason', cell: ({ reason }) => html`${reason}` },
      { header: 'Trials', cell: ({ trials }) => count(trials) },
      { header: 'Measured', cell: ({ results }) => html`${results.map(measured)}` },
    ],
    rows: graves,
  });
}

function measured({ subject, metric, value, verdict }: GraveRow['results'][number], at: number): Html {
  return html`${at === 0 ? null : '; '}<code>${subject}</code> ${metric} ${number(ratio(value, { reason: 'undefined' }))}${verdict === null ? null : html` (${verdict})`}`;
}

function orphanNote({ orphans }: ExperimentIndex): Html {
  const lines = Object.entries(orphans).filter(([, ids]) => ids.length > 0);
  if (lines.length === 0) return html`<p class="note">No run stands without a hypothesis, and no hypothesis without a run.</p>`;
  return html`${lines.map(([what, ids]) => html`<p class="note">${what.replaceAll('_', ' ')}: ${ids.map((id, i) => html`${i === 0 ? null : ', '}<code>${id}</code>`)}</p>`)}`;
}

function healthText(healths: readonly (string | null)[]): string {
  if (healths.length === 0) return 'none';
  const bad = healths.filter((health) => health !== 'VERIFIED');
  if (bad.length === 0) return healths.length === 1 ? 'verified' : `${healths.length} verified`;
  return [...new Set(bad.map((health) => (health === null ? 'none' : health.toLowerCase().replaceAll('_', ' '))))].join(', ');
}
