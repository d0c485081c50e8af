import { describe, expect, it } from 'vitest';
import type { GovernanceState, SubjectRecord } from '../lifecycle/state.ts';
import type { SubjectRef, SubjectState } from '../records.ts';
import { edgesAreReady, isFarEnough, sealedDaysAreNew, sealedDaysWereOpened } from './portfolioGuards.ts';
import type { PromotionCase } from './promotionCase.ts';

const edge: SubjectRef = { kind: 'edge', id: 'calm', version: 1, digest: 'a'.repeat(64) };
const portfolio: SubjectRef = { kind: 'portfolio', id: 'two', version: 2, digest: 'b'.repeat(64) };

interface Look {
  readonly run: string;
  readonly end: string;
  readonly subject?: string;
}

/** A portfolio of one edge whose holdout run ended on 2023-06-30 and had ten sealed days. */
function caseOf(given: { state?: SubjectState; looks?: readonly Look[]; opened?: readonly string[]; days?: number; edgeState?: 'VALIDATED' }) {
  const { state: reached, looks = [], opened = ['mine'], days = 10, edgeState } = given;
  const record = { ref: edge, state: reached } as SubjectRecord;
  const state = {
    subjects: new Map(reached === undefined ? [] : [['edge:calm@1', record]]),
    trials: looks.map(({ run, end, subject = 'two/equal_risk' }, i) => ({
      seq: i + 1,
      at: '',
      body: { t: 'TRIALS', kind: 'portfolio', subject, run_id: run, window: { start: '2023-01-01', end } },
    })),
    holdouts: opened.map((run_id, seq) => ({ seq, at: '', hypothesis: 'unregistered', subject: 'two', run_id })),
  } as unknown as GovernanceState;
  const metrics = days === 0 ? [] : [{ metric: 'holdout_days', path: '', pointer: '', unit: 'count', value: days }];
  const evidence = [
    { evidence: { id: 'E-1', role: 'holdout', run_id: 'mine', metrics, facts: { window: { start: '2023-01-01', end: '2023-06-30' } } } },
  ];
  const policy = { gates: [{ role: 'holdout' }], edge_state: edgeState };
  return { state, subject: portfolio, facts: { parts: [edge] }, policy, evidence } as unknown as PromotionCase;
}

describe('edges of a portfolio', () => {
  it('have to be as far as the policy asks, and APPROVED where it says nothing', () => {
    expect(edgesAreReady(caseOf({ state: 'APPROVED' }))).toMatchObject({ pass: true, observed: 1, threshold: 1 });
    expect(edgesAreReady(caseOf({ state: 'VALIDATED' }))).toMatchObject({ pass: false, observed: 0 });
    expect(edgesAreReady(caseOf({ state: 'VALIDATED', edgeState: 'VALIDATED' })).pass).toBe(true);
    expect(edgesAreReady(caseOf({})).message).toContain('is not registered with this content');
  });

  it('are not far enough when they are suspended, rejected or archived, however far they had come', () => {
    for (const state of ['DRAFT', 'SUSPENDED', 'REJECTED', 'ARCHIVED'] as const) expect(isFarEnough(state, 'CANDIDATE')).toBe(false);
    expect(isFarEnough('APPROVED', 'CANDIDATE')).toBe(true);
    expect(isFarEnough(null, 'CANDIDATE')).toBe(false);
  });
});

describe('sealed days of a portfolio', () => {
  it('count as looked at by every run of it whose days reach into them, and by no other', () => {
    const own = { run: 'mine', end: '2023-06-30' };
    expect(sealedDaysAreNew(caseOf({ looks: [own, { run: 'earlier', end: '2023-06-20' }] }))).toMatchObject({ pass: true, observed: 1 });
    expect(sealedDaysAreNew(caseOf({ looks: [own, { run: 'earlier', end: '2023-06-21' }] }))).toMatchObject({ pass: false, observed: 2 });
    expect(sealedDaysAreNew(caseOf({ looks: [own, { run: 'other', end: '2023-06-30', subject: 'twofold/hrp' }] })).pass).toBe(true);
  });

  it('have to be opened by the evidence itself, as the ledger has it', () => {
    expect(sealedDaysWereOpened(caseOf({})).pass).toBe(true);
    expect(sealedDaysWereOpened(caseOf({ opened: ['another'] })).message).toContain('does not have run mine');
    expect(sealedDaysWereOpened(caseOf({ days: 0 })).message).toContain('opened no sealed days');
    expect(sealedDaysWereOpened({ ...caseOf({}), evidence: [] }).pass).toBe(false);
  });
});
