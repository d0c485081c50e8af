import { orphans } from '../audit/tables.ts';
import { budgetSpent, experimentSpent, experimentState, familyCount, hypothesisState } from '../lifecycle/families.ts';
import type { ExperimentRecord, GovernanceState, HypothesisRecord } from '../lifecycle/state.ts';
import type { EvidenceHealth, SubjectKind, SubjectState } from '../records.ts';

/** What the index needs beyond the ledger. */
export interface IndexFacts {
  /** Health of each piece of evidence today, by id. */
  readonly health: ReadonlyMap<string, EvidenceHealth>;
  /** Ids of decisions by digest. */
  readonly decisions: ReadonlyMap<string, string>;
  /** Runs that are finished here. */
  readonly runs: ReadonlySet<string>;
}

/** The ledger as people read it; field names are those of the file. */
export interface ExperimentIndex {
  readonly generated_from: { readonly ledger_head: number; readonly hash: string };
  readonly hypotheses: readonly IndexedHypothesis[];
  readonly orphans: ReturnType<typeof orphans>;
}

export interface IndexedHypothesis {
  readonly id: string;
  readonly state: ReturnType<typeof hypothesisState>;
  readonly digest: string;
  readonly registered: { readonly entry: number; readonly at: string };
  readonly family: string;
  readonly trials: { readonly this: number; readonly budget: number | null; readonly family: number };
  readonly experiments: readonly IndexedExperiment[];
  readonly evidence: readonly { readonly id: string; readonly health: EvidenceHealth | null }[];
  /** Ids; digests of decisions whose record is gone. */
  readonly decisions: readonly string[];
  readonly subjects: readonly {
    readonly kind: SubjectKind;
    readonly id: string;
    readonly version: number;
    readonly state: SubjectState;
    readonly health: EvidenceHealth | null;
  }[];
}

export interface IndexedExperiment {
  readonly id: string;
  readonly state: ReturnType<typeof experimentState>;
  readonly budget: { readonly planned: number; readonly spent: number };
  readonly runs: readonly {
    readonly run_id: string;
    readonly role: string | null;
    readonly digest: string;
    readonly execution: 'succeeded' | 'missing';
  }[];
}

/**
 * The ledger as people read it: every hypothesis with its experiments, runs, evidence, decisions and subjects. Made again from the ledger
 * each time, never edited.
 *
 * @source governance specification 17.10
 */
export function experimentIndex(state: GovernanceState, facts: IndexFacts): ExperimentIndex {
  return {
    generated_from: { ledger_head: state.head.seq, hash: state.head.hash },
    hypotheses: sortedHypotheses(state).map((hypothesis) => hypothesisRow(state, facts, hypothesis)),
    orphans: orphans(state),
  };
}

function hypothesisRow(state: GovernanceState, facts: IndexFacts, hypothesis: HypothesisRecord): IndexedHypothesis {
  const { id, terms, digest, registered } = hypothesis;
  const subjects = [...state.subjects.values()].filter((subject) => subject.hypothesis === id);
  const evidence = subjects.flatMap((subject) => subject.evidence.map(({ body }) => body.evidence));
  const decisions = subjects.flatMap(({ transitions }) => transitions.flatMap(({ body }) => (body.decision === null ? [] : [body.decision])));
  return {
    id,
    state: hypothesisState(state, hypothesis),
    digest,
    registered: { entry: registered.seq, at: registered.at },
    family: terms?.family ?? id,
    trials: { this: budgetSpent(state, id).trials, budget: terms?.max_trials ?? null, family: familyCount(state, id).trials },
    experiments: [...state.experiments.values()].filter((experiment) => experiment.hypothesis === id).map((one) => experimentRow(state, facts, one)),
    evidence: evidence.map((name) => ({ id: name, health: facts.health.get(name) ?? null })),
    decisions: decisions.map((one) => facts.decisions.get(one) ?? one),
    subjects: subjects.map(({ ref, state: reached, evidence: own }) => ({
      kind: ref.kind,
      id: ref.id,
      version: ref.version,
      state: reached,
      health: worst(own.map(({ body }) => facts.health.get(body.evidence))),
    })),
  };
}

function experimentRow(state: GovernanceState, facts: IndexFacts, experiment: ExperimentRecord): IndexedExperiment {
  const roles = new Map(experiment.runs.map(({ key, role }) => [key, role]));
  return {
    id: experiment.id,
    state: experimentState(experiment),
    budget: { planned: experiment.budget, spent: experimentSpent(state, experiment).trials },
    runs: experiment.attached.map(({ body }) => ({
      run_id: body.run_id,
      role: body.planned_key === null ? null : (roles.get(body.planned_key) ?? null),
      digest: body.run_digest,
      execution: facts.runs.has(body.run_id) ? 'succeeded' : 'missing',
    })),
  };
}

/** The worst of several healths; null without any. */
function worst(healths: readonly (EvidenceHealth | undefined)[]): EvidenceHealth | null {
  if (healths.length === 0) return null;
  return healths.find((health) => health !== 'VERIFIED') ?? 'VERIFIED';
}

/** A hypothesis that did not hold, with what was measured: kept, so that nobody tests it again without knowing. */
export interface GraveRow {
  readonly id: string;
  readonly outcome: string;
  readonly reason: string;
  readonly family: string;
  readonly trials: number;
  readonly results: readonly {
    readonly run_id: string;
    readonly subject: string;
    readonly metric: string;
    readonly value: number | null;
    readonly verdict: string | null;
  }[];
}

/** Closed hypotheses that found no support. @source governance specification 17.10 */
export function graveyard(state: GovernanceState, trialsOf: (hypothesis: string) => readonly { body: TrialLook }[]): GraveRow[] {
  return sortedHypotheses(state).flatMap(({ id, terms, closed }) => {
    if (closed === null || closed.outcome === 'SUPPORTED') return [];
    const results = trialsOf(id).map(({ body }) => ({ run_id: body.run_id, subject: body.subject, ...body.result }));
    return [{ id, outcome: closed.outcome, reason: closed.reason, family: terms?.family ?? id, trials: budgetSpent(state, id).trials, results }];
  });
}

interface TrialLook {
  readonly run_id: string;
  readonly subject: string;
  readonly result: { readonly metric: string; readonly value: number | null; readonly verdict: string | null };
}

function sortedHypotheses({ hypotheses }: GovernanceState): HypothesisRecord[] {
  return [...hypotheses.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}
