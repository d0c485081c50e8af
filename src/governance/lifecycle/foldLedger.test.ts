import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyHead, type LedgerBody, type LedgerEntry, nextEntry } from '../ledger/entry.ts';
import { type SubjectRef, type SubjectState, subjectStates } from '../records.ts';
import { budgetSpent, experimentSpent, familyCount, holdoutOpenings, hypothesisState } from './families.ts';
import { foldLedger } from './foldLedger.ts';
import { stateDigest, subjectKey } from './state.ts';
import { authorityOf, legacyState, nextState } from './states.ts';

const subject: SubjectRef = { kind: 'edge', id: 'calm', version: 1, digest: 'a'.repeat(64) };
const terms = { family: 'f', max_trials: 3, holdout: { start: '2024-01-01', end: '2024-06-30' }, parents: [] as string[] };
const registered: LedgerBody = { t: 'HYPOTHESIS_REGISTERED', hypothesis: 'h', digest: 'b'.repeat(64), terms };
const drafted: LedgerBody = { t: 'SPEC_REGISTERED', subject, hypothesis: 'h', strategies: ['s'] };

function ledger(bodies: readonly LedgerBody[]): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (const body of bodies) entries.push(nextEntry(entries.at(-1) ?? emptyHead, { at: '2026-01-01T00:00:00Z', actorRole: 'researcher', body }));
  return entries;
}

const fold = (...bodies: LedgerBody[]) => foldLedger(ledger(bodies));
const step = (from: SubjectState, to: SubjectState, rest: object = {}): LedgerBody => ({
  t: 'TRANSITION',
  subject,
  from,
  to,
  decision: 'd'.repeat(64),
  reason: 'because',
  override: null,
  ...rest,
});
const trial = (digest: string, rest: object = {}): LedgerBody => ({
  t: 'TRIALS',
  hypothesis: 'h',
  kind: 'backtest',
  subject: 's',
  digest,
  trials: 1,
  run_id: `r_${digest}`,
  window: { start: '2023-01-01', end: '2023-12-31' },
  result: { metric: 'sharpe_daily', value: 0.1, verdict: null },
  ...rest,
});
const stateOf = (...bodies: LedgerBody[]) => fold(registered, drafted, ...bodies).subjects.get(subjectKey(subject))!.state;
const codes = (...bodies: LedgerBody[]) => fold(registered, drafted, ...bodies).problems.map(({ code }) => code);

describe('the life of a subject', () => {
  it('goes from draft to approval in three decisions', () => {
    expect(stateOf()).toBe('DRAFT');
    expect(stateOf(step('DRAFT', 'CANDIDATE'), step('CANDIDATE', 'VALIDATED'), step('VALIDATED', 'APPROVED'))).toBe('APPROVED');
    expect(['DRAFT', 'CANDIDATE', 'VALIDATED', 'SUSPENDED'].map((state) => nextState(state as SubjectState))).toEqual([
      'CANDIDATE',
      'VALIDATED',
      'APPROVED',
      'APPROVED',
    ]);
  });

  it('never reaches approval but from validation or suspension, and never without a decision, whatever is written', () => {
    const transitions = fc.record({
      from: fc.constantFrom(...subjectStates),
      to: fc.constantFrom(...subjectStates),
      decision: fc.constantFrom(null, 'd'.repeat(64)),
      reason: fc.constantFrom('', 'because'),
      digest: fc.constantFrom(subject.digest, 'c'.repeat(64)),
    });
    fc.assert(
      fc.property(fc.array(transitions, { maxLength: 12 }), (written) => {
        const bodies = written.map(({ digest, ...rest }): LedgerBody => step(rest.from, rest.to, { ...rest, subject: { ...subject, digest } }));
        const record = fold(registered, drafted, ...bodies).subjects.get(subjectKey(subject))!;
        let state: SubjectState = 'DRAFT';
        for (const { body } of record.transitions) {
          expect(body.from).toBe(state);
          expect(authorityOf(body.from, body.to)).not.toBeNull();
          expect(body.subject.digest).toBe(subject.digest);
          if (['CANDIDATE', 'VALIDATED', 'APPROVED'].includes(body.to)) expect(body.decision).not.toBeNull();
          else expect(body.reason).not.toBe('');
          state = body.to;
        }
        expect(record.state).toBe(state);
        const path = record.transitions.map(({ body }) => body.to);
        const firstApproval = path.indexOf('APPROVED');
        if (firstApproval >= 0) expect(path.slice(0, firstApproval + 1)).toEqual(['CANDIDATE', 'VALIDATED', 'APPROVED']);
      }),
      { numRuns: 500 },
    );
  });

  it('says why an entry has no effect', () => {
    expect(codes(step('DRAFT', 'APPROVED'))).toEqual(['TRANSITION_NOT_ALLOWED']);
    expect(codes(step('CANDIDATE', 'VALIDATED'))).toEqual(['TRANSITION_NOT_ALLOWED']);
    expect(codes(step('DRAFT', 'CANDIDATE', { decision: null }))).toEqual(['DECISION_MISSING']);
    expect(codes(step('DRAFT', 'REJECTED', { reason: ' ' }))).toEqual(['REASON_MISSING']);
    expect(codes(step('DRAFT', 'CANDIDATE', { subject: { ...subject, digest: 'e'.repeat(64) } }))).toEqual(['DIGEST_DRIFT']);
    expect(codes(step('DRAFT', 'CANDIDATE', { subject: { ...subject, id: 'other' } }))).toEqual(['NOT_REGISTERED']);
    expect(codes({ ...drafted, subject: { ...subject, digest: 'e'.repeat(64) } })).toEqual(['VERSION_REUSED']);
  });

  it('ends where it is archived', () => {
    expect(stateOf(step('DRAFT', 'REJECTED'), step('REJECTED', 'ARCHIVED'), step('ARCHIVED', 'DRAFT'))).toBe('ARCHIVED');
    expect(legacyState('VALIDATED')).toEqual({ status: 'DRAFT', suspended: false });
    expect(legacyState('SUSPENDED')).toEqual({ status: 'DRAFT', suspended: true });
    expect(legacyState('ARCHIVED').status).toBe('ARCHIVED');
  });
});

describe('reading a ledger', () => {
  it('leaves out kinds that it does not know, and keeps the rest', () => {
    const state = fold(registered, { t: 'FROM_THE_FUTURE', anything: 1 } as unknown as LedgerBody, drafted);
    expect(state.problems).toEqual([]);
    expect(state.subjects.size).toBe(1);
    expect(state.head.seq).toBe(3);
  });

  it('gives no effect to an entry whose fields are not those of its kind', () => {
    for (const t of ['TRANSITION', 'SPEC_REGISTERED', 'EVIDENCE_ATTACHED'] as const)
      expect(fold(registered, { t } as unknown as LedgerBody).problems[0]!.code, t).toBe('ENTRY_MALFORMED');
  });

  it('tells a checkpoint that is not what the entries amount to', () => {
    const before = fold(registered, drafted);
    expect(fold(registered, drafted, { t: 'CHECKPOINT', state_digest: stateDigest(before) }).problems).toEqual([]);
    expect(fold(registered, drafted, { t: 'CHECKPOINT', state_digest: stateDigest(fold(registered)) }).problems[0]!.code).toBe('CHECKPOINT_DIFFERS');
  });
});

describe('hypotheses and experiments', () => {
  const planned: LedgerBody = {
    t: 'EXPERIMENT_PLANNED',
    experiment: 'x',
    hypothesis: 'h',
    digest: 'f'.repeat(64),
    trial_budget: 2,
    runs: [{ key: 'one', role: 'validation' }],
  };
  const attached = (digest: string): LedgerBody => ({
    t: 'RUN_ATTACHED',
    experiment: 'x',
    run_id: `r_${digest}`,
    run_digest: digest,
    planned_key: 'one',
    trials: [digest],
  });
  const abandoned: LedgerBody = { t: 'EXPERIMENT_CLOSED', experiment: 'x', outcome: 'ABANDONED', reason: 'no time' };

  it('counts what an abandoned experiment tried', () => {
    const state = fold(registered, planned, trial('t1', { hypothesis: 'unregistered', subject: 'z' }), attached('t1'), abandoned);
    expect(experimentSpent(state, state.experiments.get('x')!).trials).toBe(1);
    expect(budgetSpent(state, 'h').trials).toBe(1);
    expect(hypothesisState(state, state.hypotheses.get('h')!)).toBe('TESTING');
    expect(fold(registered, planned, abandoned, attached('t2')).problems[0]!.code).toBe('EXPERIMENT_CLOSED_TWICE');
  });

  it('gives a child the trials of its parents, and a family those of all', () => {
    const child: LedgerBody = { t: 'HYPOTHESIS_REGISTERED', hypothesis: 'child', digest: 'c'.repeat(64), terms: { ...terms, parents: ['h'] } };
    const sibling: LedgerBody = { t: 'HYPOTHESIS_REGISTERED', hypothesis: 'sibling', digest: 'd'.repeat(64), terms };
    const state = fold(registered, child, sibling, trial('a'), trial('b', { hypothesis: 'child' }), trial('c', { hypothesis: 'sibling' }));
    expect(budgetSpent(state, 'child').trials).toBe(2);
    expect(budgetSpent(state, 'h').trials).toBe(1);
    expect(familyCount(state, 'child').trials).toBe(3);
  });

  it('counts backtests of its strategies that nobody named a hypothesis for among what was tried, not among what was budgeted', () => {
    const state = fold(registered, drafted, trial('a', { hypothesis: 'unregistered' }), trial('b', { hypothesis: 'unregistered', subject: 'other' }));
    expect(familyCount(state, 'h').trials).toBe(1);
    expect(budgetSpent(state, 'h').trials).toBe(0);
  });

  it('takes every run whose window reaches into the sealed days for an opening', () => {
    const inside = { window: { start: '2024-06-30', end: '2024-12-31' } };
    const state = fold(registered, drafted, trial('a'), trial('b', inside), trial('c', { ...inside, kind: 'study' }));
    expect(holdoutOpenings(state, 'h').map(({ run_id }) => run_id)).toEqual(['r_b']);
    const opened: LedgerBody = { t: 'HOLDOUT_OPENED', hypothesis: 'h', subject: 'calm', digest: 'x', run_id: 'r_z' };
    expect(holdoutOpenings(fold(registered, drafted, opened, opened), 'h')).toHaveLength(1);
  });

  it('keeps what was registered as it was', () => {
    expect(fold(registered, registered).problems[0]!.code).toBe('HYPOTHESIS_REPEATED');
    const closed: LedgerBody = { t: 'HYPOTHESIS_CLOSED', hypothesis: 'h', outcome: 'REFUTED', reason: 'nothing there' };
    const state = fold(registered, closed, closed);
    expect(hypothesisState(state, state.hypotheses.get('h')!)).toBe('REFUTED');
    expect(state.problems).toHaveLength(1);
  });
});
