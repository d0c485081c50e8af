import type { SubjectRef } from '../records.ts';
import type { LedgerBody, TrialsBody } from './entry.ts';

/** One line for people about what an entry says. */
export function describeBody(body: LedgerBody): string {
  switch (body.t) {
    case 'HYPOTHESIS_REGISTERED':
      return `hypothesis ${body.hypothesis} registered${body.terms === undefined ? '' : `, ${body.terms.max_trials} trials, holdout ${body.terms.holdout.start} to ${body.terms.holdout.end}`}`;
    case 'HYPOTHESIS_CLOSED':
      return `hypothesis ${body.hypothesis} closed, ${body.outcome}: ${body.reason}`;
    case 'EXPERIMENT_PLANNED':
      return `experiment ${body.experiment} of ${body.hypothesis} planned, ${body.runs.length} runs, ${body.trial_budget} trials`;
    case 'EXPERIMENT_CLOSED':
      return `experiment ${body.experiment} closed, ${body.outcome}: ${body.reason}`;
    case 'RUN_ATTACHED':
      return `run ${body.run_id} attached to ${body.experiment}${body.planned_key === null ? '' : ` as ${body.planned_key}`}`;
    case 'TRIALS':
      return describeTrials(body);
    case 'HOLDOUT_OPENED':
      return `holdout of ${body.hypothesis} opened by ${body.subject}, run ${body.run_id}`;
    case 'SPEC_REGISTERED':
      return `${subjectText(body.subject)} registered${body.hypothesis === null ? '' : ` under ${body.hypothesis}`}`;
    case 'EVIDENCE_ATTACHED':
      return `evidence ${body.evidence} (${body.role}) of ${subjectText(body.subject)}, run ${body.run_id}`;
    case 'TRANSITION':
      return `${subjectText(body.subject)} ${body.from} to ${body.to}${body.override === null ? '' : ` with an override until ${body.override.expires}`}: ${body.reason}`;
    case 'CHECKPOINT':
      return `checkpoint ${body.state_digest.slice(0, 12)}`;
    default:
      return `${(body as { t: string }).t}: written by a newer version`;
  }
}

function describeTrials({ trials, hypothesis, kind, subject, run_id, result }: TrialsBody): string {
  const value = result.value === null ? '-' : String(Number(result.value.toPrecision(3)));
  const verdict = result.verdict === null ? '' : `, ${result.verdict}`;
  return `${trials} ${trials === 1 ? 'trial' : 'trials'} of ${hypothesis}: ${kind} ${subject}, run ${run_id}, ${result.metric} ${value}${verdict}`;
}

/** `edge vc_core v3`. */
export function subjectText({ kind, id, version }: Pick<SubjectRef, 'kind' | 'id' | 'version'>): string {
  return `${kind} ${id} v${version}`;
}
