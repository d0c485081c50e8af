import { benjaminiHochberg } from '../../stats/multiple/adjust.ts';
import { subjectText } from '../ledger/describe.ts';
import { defaultHypothesis } from '../ledger/trials.ts';
import { experimentState, familyTrials, holdoutOpenings, spentTrials } from '../lifecycle/families.ts';
import { type GovernanceState, subjectKey, versionsOf } from '../lifecycle/state.ts';
import { legacyState } from '../lifecycle/states.ts';
import { trialP } from '../promotion/ledgerMetrics.ts';
import type { SubjectState } from '../records.ts';
import { type AuditCase, type AuditedSubject } from './auditCase.ts';
import { nextReview } from './why.ts';

/** A subject whose state rests on something. */
export interface DependencyRow {
  readonly subject: string;
  readonly state: SubjectState;
  /** What the thing is to it. */
  readonly through: string;
}

/** Every approved subject that would fall if a thing changed: an artifact's path or hash, a run, a unit of code, a data snapshot, a policy, a hypothesis, an edge of a portfolio. */
export function dependsOn({ subjects }: AuditCase, thing: string): DependencyRow[] {
  return subjects
    .filter(({ record }) => record.state === 'APPROVED')
    .flatMap(({ record, decision, evidence, parts }) => {
      const cited = evidence.filter(({ evidence: piece }) => decision?.decision?.evidence.includes(piece.id) ?? true);
      const through = new Set<string>();
      for (const { evidence: piece, units } of cited) {
        if (piece.run_id === thing || piece.run_digest === thing) through.add(`run of evidence ${piece.id} (${piece.role})`);
        if (piece.id === thing) through.add(`evidence (${piece.role})`);
        if (piece.artifacts.some(({ path, sha256 }) => path === thing || sha256 === thing || path.startsWith(`${thing}/`)))
          through.add(`artifact of evidence ${piece.id} (${piece.role})`);
        if ([piece.facts.inputs, piece.facts.code, piece.facts.config].includes(thing)) through.add(`facts of evidence ${piece.id} (${piece.role})`);
        if (units.some((unit) => unit === thing || unit.slice(unit.indexOf('/') + 1) === thing))
          through.add(`code of evidence ${piece.id} (${piece.role})`);
      }
      const policy = decision?.decision?.policy;
      if (policy !== undefined && (policy.id === thing || policy.digest === thing)) through.add('policy of its decision');
      const returns = decision?.decision?.basis.returns ?? [];
      if (returns.some(({ path, sha256 }) => path === thing || sha256 === thing || path.includes(`/${thing}/`)))
        through.add('returns that its decision was judged beside');
      if (decision !== null && (decision.digest === thing || decision.decision?.id === thing)) through.add('its decision');
      if (record.hypothesis === thing) through.add('its hypothesis');
      if (parts.some(({ ref }) => [ref.id, ref.digest, subjectKey(ref)].includes(thing))) through.add('one of its edges');
      return [...through].map((text) => ({ subject: subjectKey(record.ref), state: record.state, through: text }));
    });
}

export interface DriftRow {
  readonly subject: string;
  readonly kind: 'ledger' | 'status' | 'digest' | 'code' | 'evidence' | 'unregistered';
  readonly message: string;
}

/** Where files, ledger and code say different things. A status in a file is a claim; here it is held against the ledger. */
export function drift({ state, chain, subjects, unregistered }: AuditCase): DriftRow[] {
  const rows: DriftRow[] = chain.map((message) => ({ subject: 'ledger', kind: 'ledger', message }));
  for (const { record, document, evidence } of subjects) {
    const subject = subjectKey(record.ref);
    if (document !== null && document.ref.version === record.ref.version) {
      const { status } = legacyState(record.state);
      if (document.status !== null && document.status !== record.state && document.status !== status)
        rows.push({ subject, kind: 'status', message: `${document.path} claims ${document.status}, the ledger says ${record.state}` });
      if (document.ref.digest !== record.ref.digest)
        rows.push({ subject, kind: 'digest', message: `${document.path} was edited after version ${record.ref.version} was registered` });
    }
    for (const { evidence: piece, drift: units, health, problems } of evidence) {
      if (units.length > 0) rows.push({ subject, kind: 'code', message: `${units.join(', ')} changed since run ${piece.run_id} (${piece.id})` });
      if (health !== 'VERIFIED') rows.push({ subject, kind: 'evidence', message: `${piece.id} is ${health}: ${problems[0] ?? ''}` });
    }
  }
  for (const { ref, path, status } of unregistered) {
    const others = versionsOf(state, ref.kind, ref.id).filter((known) => known.state === 'APPROVED');
    const before = others.length === 0 ? '' : `; approved is version ${others.at(-1)!.ref.version}`;
    if ((status !== null && status !== 'DRAFT') || others.length > 0)
      rows.push({
        subject: subjectKey(ref),
        kind: 'unregistered',
        message: `${path}${status === null ? '' : ` claims ${status}`}: the ledger does not know this version${before}`,
      });
  }
  return rows;
}

export interface StaleRow {
  readonly subject: string;
  readonly reason: string;
  /** The command that would suspend it. */
  readonly proposal: string;
}

/** Approvals that no longer stand as they were given, each with the suspension that it asks for. */
export function stale({ subjects, now }: AuditCase): StaleRow[] {
  return subjects.flatMap((audited) => {
    const { record } = audited;
    if (record.state !== 'APPROVED') return [];
    const subject = subjectKey(record.ref);
    return staleReasons(audited, now).map((reason) => ({
      subject,
      reason,
      proposal: `backtest promote suspend ${subject} --reason ${JSON.stringify(reason)}`,
    }));
  });
}

/** Why an approval is stale, one line each; none while it stands. */
export function staleReasons({ decision, evidence, document, record, parts }: AuditedSubject, now: string): string[] {
  const reasons: string[] = [];
  const today = now.slice(0, 10);
  const review = nextReview({ decision, evidence });
  if (review !== null && today > review.day) reasons.push(`not reviewed since ${review.day}`);
  for (const problem of decision?.problems ?? []) reasons.push(problem);
  const until = document !== null && document.ref.digest === record.ref.digest ? document.validUntil : null;
  if (until !== null && today > until) reasons.push(`its validity ended on ${until}`);
  const override = decision?.decision?.override ?? null;
  if (override !== null && today > override.expires) reasons.push(`its override expired on ${override.expires}`);
  for (const { ref, state, trust, isSound } of parts)
    if (!isSound) reasons.push(`its edge ${subjectKey(ref)} is ${state ?? 'not registered'} (${trust})`);
  for (const { evidence: piece, health, problems, drift: units } of evidence) {
    if (decision?.decision?.evidence.includes(piece.id) === false) continue;
    if (health !== 'VERIFIED') reasons.push(`evidence ${piece.id} is ${health}: ${problems[0] ?? ''}`);
    if (units.length > 0) reasons.push(`code behind evidence ${piece.id} changed: ${units.join(', ')}`);
  }
  return reasons;
}

export interface MultiplicityRow {
  readonly family: string;
  readonly hypotheses: readonly string[];
  readonly trials: number;
  readonly abandoned_experiments: readonly string[];
  readonly holdout_openings: readonly { readonly hypothesis: string; readonly run_id: string; readonly seq: number }[];
  /** One row per recorded look: its own p-value and the one adjusted for all looks of the family. */
  readonly looks: readonly {
    readonly run_id: string;
    readonly subject: string;
    readonly trials: number;
    readonly p: number | null;
    readonly q: number;
  }[];
}

/** How much was tried, per family of hypotheses, and what is left of each result after that. */
export function multiplicity(state: GovernanceState): MultiplicityRow[] {
  const families = new Map<string, string[]>();
  for (const { id, terms } of state.hypotheses.values()) families.set(terms?.family ?? id, [...(families.get(terms?.family ?? id) ?? []), id]);
  return [...families]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([family, hypotheses]) => {
      const looks = [...new Map(familyTrials(state, hypotheses[0]!).map(({ body }) => [body.digest, body])).values()];
      const values = looks.map(trialP);
      const hidden = looks.reduce((sum, { trials }) => sum + trials - 1, 0);
      const adjusted = benjaminiHochberg([...values.map((p) => p ?? 1), ...Array.from({ length: hidden }, () => 1)]);
      return {
        family,
        hypotheses: hypotheses.sort(),
        trials: looks.reduce((sum, { trials }) => sum + trials, 0),
        abandoned_experiments: [...state.experiments.values()]
          .filter((experiment) => hypotheses.includes(experiment.hypothesis) && experimentState(experiment) === 'ABANDONED')
          .map(({ id }) => id),
        holdout_openings: hypotheses.flatMap((id) => holdoutOpenings(state, id).map(({ run_id, seq }) => ({ hypothesis: id, run_id, seq }))),
        looks: looks.map(({ run_id, subject, trials }, i) => ({ run_id, subject, trials, p: values[i]!, q: adjusted[i]! })),
      };
    });
}

export interface Coverage {
  /** Approved subjects by what they cover. */
  readonly event_families: Readonly<Record<string, readonly string[]>>;
  readonly symbols: Readonly<Record<string, readonly string[]>>;
  readonly clusters: Readonly<Record<string, readonly string[]>>;
  readonly hypotheses_without_runs: readonly string[];
  readonly runs_without_hypothesis: readonly string[];
}

/** What the approved subjects cover, and what stands alone. */
export function coverage({ state, subjects }: AuditCase): Coverage {
  const approved = subjects.filter(({ record }) => record.state === 'APPROVED');
  const group = (keysOf: (audited: AuditedSubject) => readonly string[]): Record<string, string[]> => {
    const groups = new Map<string, string[]>();
    for (const audited of approved) for (const key of keysOf(audited)) groups.set(key, [...(groups.get(key) ?? []), subjectText(audited.record.ref)]);
    return Object.fromEntries([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  return {
    event_families: group(({ document }) => (document === null || document.eventFamily === null ? [] : [document.eventFamily])),
    symbols: group(({ evidence }) => [...new Set(evidence.flatMap(({ evidence: piece }) => piece.facts.symbols))].sort()),
    clusters: group(({ document }) => (document === null || document.cluster === null ? [] : [document.cluster])),
    ...orphans(state),
  };
}

/** Hypotheses that nobody ran anything for, and runs that nobody named a hypothesis for. */
export function orphans(state: GovernanceState): { hypotheses_without_runs: string[]; runs_without_hypothesis: string[] } {
  const claimed = new Set<string>();
  const idle: string[] = [];
  for (const id of state.hypotheses.keys()) {
    const spent = spentTrials(state, new Set([id]));
    for (const { body } of spent) claimed.add(body.digest);
    if (spent.length === 0) idle.push(id);
  }
  const loose = state.trials.filter(({ body }) => body.hypothesis === defaultHypothesis && !claimed.has(body.digest)).map(({ body }) => body.run_id);
  return { hypotheses_without_runs: idle.sort(), runs_without_hypothesis: [...new Set(loose)].sort() };
}
