import { describe, expect, it } from 'vitest';
import type { PromotionPolicyDocument } from '../documents/policy.ts';
import { countText } from '../audit/why.ts';
import { whyNot } from '../audit/whyNot.ts';
import { emptyHead, type LedgerBody, type LedgerEntry, nextEntry } from '../ledger/entry.ts';
import { foldLedger } from '../lifecycle/foldLedger.ts';
import type { Evidence, EvidenceRole, SubjectRef } from '../records.ts';
import { decisionOf, isOverridable, notOverridden, refusalOf } from './decision.ts';
import { evaluatePromotion } from './evaluatePromotion.ts';
import { ledgerMetrics } from './ledgerMetrics.ts';
import type { CheckedEvidence, PromotionCase } from './promotionCase.ts';
import type { SelectionMetric } from './selection.ts';

const subject: SubjectRef = { kind: 'overlay', id: 'quiet', version: 1, digest: 'a'.repeat(64) };
const holdout = { start: '2024-01-01', end: '2024-06-30' };
const terms = { family: 'f', max_trials: 5, holdout, parents: [] as string[] };

const trial = (digest: string, rest: object = {}): LedgerBody => ({
  t: 'TRIALS',
  hypothesis: 'h',
  kind: 'backtest',
  subject: 's',
  digest,
  trials: 1,
  run_id: `run_${digest}`,
  window: { start: '2023-01-01', end: '2023-12-31' },
  result: { metric: 'sharpe_daily', value: 0.1, verdict: null },
  ...rest,
});
const step = (from: string, to: string): LedgerBody =>
  ({ t: 'TRANSITION', subject, from, to, decision: 'd'.repeat(64), reason: 'r', override: null }) as LedgerBody;

/** A ledger on which everything is in order: validated, holdout opened once. */
const bodies: readonly LedgerBody[] = [
  { t: 'HYPOTHESIS_REGISTERED', hypothesis: 'h', digest: 'b'.repeat(64), terms },
  { t: 'SPEC_REGISTERED', subject, hypothesis: 'h', strategies: [] },
  step('DRAFT', 'CANDIDATE'),
  trial('v'),
  step('CANDIDATE', 'VALIDATED'),
  trial('o', { window: holdout }),
];

function stateOf(given: readonly LedgerBody[]) {
  const entries: LedgerEntry[] = [];
  for (const body of given) entries.push(nextEntry(entries.at(-1) ?? emptyHead, { at: '2026-01-01T00:00:00Z', actorRole: 'researcher', body }));
  return foldLedger(entries);
}

function piece(
  role: EvidenceRole,
  run: string,
  change: { facts?: object; values?: Record<string, number | null>; health?: object } = {},
): CheckedEvidence {
  const values: Record<string, number | null> = {
    net_effect: 2,
    net_effect_lower95: 1,
    net_effect_upper95: 3,
    changed_share: 0.1,
    ...change.values,
  };
  const evidence: Evidence = {
    id: `E-${role}`,
    subject,
    role,
    run_id: `run_${run}`,
    run_digest: run,
    artifacts: [],
    metrics: Object.entries(values).map(([metric, value]) => ({ metric, value, unit: '', path: 'risk.json', pointer: `/${metric}` })),
    facts: {
      window: role === 'holdout' ? holdout : { start: '2023-01-01', end: '2023-12-31' },
      symbols: ['BTCUSDT'],
      accounting: 'perp',
      cost_bps: 6,
      source: 'binance',
      config: '',
      code: '',
      inputs: '',
      trust: 'candidate',
      ledger_seq: 3,
      trials: [run],
      ...change.facts,
    },
  };
  return { evidence, seq: 7, at: '2026-01-01T00:00:00Z', health: 'VERIFIED', problems: [], units: [], drift: [], ...change.health };
}

const policy: PromotionPolicyDocument = {
  id: 'p',
  version: 1,
  title: 't',
  subject: 'overlay',
  required_roles: { CANDIDATE: [], VALIDATED: ['validation'], APPROVED: ['holdout'] },
  gates: [
    { code: 'EFFECT', metric: 'net_effect', unit: 'bps_per_day', role: 'validation', op: '>', threshold: 0 },
    { code: 'HOLDOUT_EFFECT', metric: 'net_effect', unit: 'bps_per_day', role: 'holdout', op: '>', threshold: 0 },
  ],
  own_constraints: true,
  freshness_days: 180,
  accepted_accountings: [{ accounting: 'perp', label: 'orders and fills' }],
  overridable: ['EFFECT', 'EVIDENCE_INCOMPLETE', 'HOLDOUT_REUSED', 'DIGEST_MISMATCH'],
  notes: '',
};

const sound: PromotionCase = {
  state: stateOf(bodies),
  subject,
  facts: { hypothesis: 'h', problems: [], limits: [], validUntil: null, parts: [] },
  policy,
  evidence: [piece('validation', 'v'), piece('holdout', 'o')],
  to: 'APPROVED',
  certificates: [
    { check: 'look-ahead', pass: true, detail: 'nothing moved at 70 cuts' },
    { check: 'warm-up', pass: true, detail: '7 features' },
  ],
};

const failed = (change: Partial<PromotionCase>): readonly string[] => evaluatePromotion({ ...sound, ...change }).failed;
const withValidation = (change: Parameters<typeof piece>[2]) => ({ evidence: [piece('validation', 'v', change), piece('holdout', 'o')] });
const limit = (threshold: number | null) =>
  ({ code: 'OWN_GROSS', metric: 'max_gross', unit: 'fraction', role: 'validation', op: '<=', threshold }) as const;

describe('a promotion', () => {
  it('passes when every guard and every gate holds', () => {
    const evaluation = evaluatePromotion(sound);
    expect(evaluation.failed).toEqual([]);
    expect(evaluation.verdict).toBe('PASS_PROMOTION');
    expect(evaluation.results.length).toBeGreaterThan(15);
  });

  it.each<[string, Partial<PromotionCase>]>([
    ['HYP_NOT_REGISTERED', { facts: { ...sound.facts, hypothesis: 'other' } }],
    ['HYP_AFTER_RUN', withValidation({ facts: { ledger_seq: 0 } })],
    ['HYP_AFTER_RUN', withValidation({ facts: { ledger_seq: null } })],
    ['HYP_AFTER_RUN', { state: stateOf([trial('v'), ...bodies.filter((_, i) => i !== 3)]) }],
    ['CONDITION_NOT_CAUSAL', { facts: { ...sound.facts, problems: [{ code: 'CONDITION_NOT_CAUSAL', message: 'reads gap_len' }] } }],
    ['ACTION_NOT_EXECUTABLE', { facts: { ...sound.facts, problems: [{ code: 'ACTION_NOT_EXECUTABLE', message: 'no rule' }] } }],
    ['SIGNALS_MISMATCH', { facts: { ...sound.facts, problems: [{ code: 'SIGNALS_MISMATCH', message: 'reads more' }] } }],
    ['SPEC_INVALID', { facts: { ...sound.facts, problems: [{ code: 'KEY_MISSING', message: 'version' }] } }],
    ['EVIDENCE_INCOMPLETE', { evidence: [piece('holdout', 'o')] }],
    ['EVIDENCE_UNVERIFIED', withValidation({ health: { health: 'STALE', problems: ['old'] } })],
    ['EVIDENCE_UNVERIFIED', withValidation({ health: { health: 'MISSING_RUN', problems: ['gone'] } })],
    ['DIGEST_MISMATCH', withValidation({ health: { health: 'DIGEST_MISMATCH', problems: ['a byte'] } })],
    ['ACCOUNTING_NOT_EVIDENCE', withValidation({ facts: { accounting: 'screen' } })],
    ['ACCOUNTING_NOT_EVIDENCE', withValidation({ facts: { accounting: 'perp/reference' } })],
    ['TRUST_TOO_LOW', withValidation({ facts: { trust: 'declared' } })],
    ['STUDY_NOT_PASSED', { evidence: [...sound.evidence, piece('phase1', 'v', { values: { study_passed: 0 } })] }],
    ['TRIAL_BUDGET_EXCEEDED', { state: stateOf([...bodies, trial('many', { trials: 9 })]) }],
    [
      'POLICY_NOT_PLANNED',
      {
        state: stateOf([
          ...bodies,
          {
            t: 'EXPERIMENT_PLANNED',
            experiment: 'x',
            hypothesis: 'h',
            digest: 'f'.repeat(64),
            trial_budget: 5,
            policy: { id: 'p', version: 1, digest: 'e'.repeat(64), subject: 'overlay' },
            runs: [],
          },
        ]),
      },
    ],
    ['OVERLAY_NOT_BINDING', withValidation({ values: { changed_share: 0 } })],
    ['OVERLAY_NOT_BINDING', withValidation({ values: { changed_share: null } })],
    ['LOOK_AHEAD_FOUND', { certificates: [{ check: 'look-ahead', pass: false, detail: 'the future shows in mine' }] }],
    ['LOOK_AHEAD_FOUND', { certificates: null }],
    ['WARM_UP_TOO_SHORT', { certificates: [sound.certificates![0]!, { check: 'warm-up', pass: false, detail: 'mine needs 96 bars' }] }],
    ['WARM_UP_TOO_SHORT', { certificates: sound.certificates!.slice(0, 1) }],
    ['HOLDOUT_REUSED', { state: stateOf([...bodies, trial('again', { window: holdout })]) }],
    ['HOLDOUT_FAILED', { evidence: [piece('validation', 'v')] }],
    [
      'HOLDOUT_FAILED',
      { evidence: [piece('validation', 'v'), piece('holdout', 'o', { facts: { window: { start: '2023-12-01', end: '2024-06-30' } } })] },
    ],
    ['HOLDOUT_FAILED', { policy: { ...policy, gates: policy.gates.slice(0, 1) } }],
    ['CODE_DRIFT', withValidation({ health: { drift: ['strategy/s'] } })],
    ['DIGEST_DRIFT', { subject: { ...subject, digest: 'c'.repeat(64) } }],
    ['SPEC_NOT_REGISTERED', { subject: { ...subject, version: 2 } }],
    ['TRANSITION_NOT_ALLOWED', { state: stateOf(bodies.slice(0, 4)) }],
    ['EFFECT', withValidation({ values: { net_effect: -0.1 } })],
    ['EFFECT', withValidation({ values: { net_effect: null } })],
    ['EFFECT', withValidation({ values: { net_effect: Number.NaN } })],
    ['HOLDOUT_EFFECT', { evidence: [piece('validation', 'v'), piece('holdout', 'o', { values: { net_effect: 0 } })] }],
    ['OWN_GROSS', { facts: { ...sound.facts, limits: [limit(1)] }, ...withValidation({ values: { max_gross: 1.01 } }) }],
    ['OWN_GROSS', { facts: { ...sound.facts, limits: [limit(null)] } }],
  ])('fails by %s, named', (code, change) => {
    const evaluation = evaluatePromotion({ ...sound, ...change });
    expect(evaluation.failed).toContain(code);
    expect(evaluation.verdict).toBe('FAIL_PROMOTION');
    expect(evaluation.results.find((result) => result.code === code && !result.pass)!.message).not.toBe('');
  });

  it('lets equality and anything better pass', () => {
    expect(failed({ facts: { ...sound.facts, limits: [limit(1)] }, ...withValidation({ values: { max_gross: 1 } }) })).toEqual([]);
    expect(failed({ facts: { ...sound.facts, limits: [limit(1)] }, ...withValidation({ values: { max_gross: 0.1, net_effect: 1e6 } }) })).toEqual([]);
  });

  it('is judged by the worst piece of evidence of a role, so that attaching another one cannot help', () => {
    const pieces = [piece('validation', 'v', { values: { net_effect: -1 } }), piece('validation', 'w'), piece('holdout', 'o')];
    expect(failed({ evidence: pieces })).toContain('EFFECT');
    expect(failed({ evidence: pieces.toReversed() })).toContain('EFFECT');
  });

  it('lets a newer sound run take the place of a stale one, never of a damaged one', () => {
    const newer = piece('validation', 'w', { health: { seq: 9 } });
    expect(failed({ evidence: [piece('validation', 'v', { health: { health: 'STALE' } }), newer, piece('holdout', 'o')] })).toEqual([]);
    expect(failed({ evidence: [piece('validation', 'v', { health: { drift: ['x'] } }), newer, piece('holdout', 'o')] })).toEqual([]);
    expect(failed({ evidence: [piece('validation', 'v', { health: { health: 'DIGEST_MISMATCH' } }), newer, piece('holdout', 'o')] })).toContain(
      'DIGEST_MISMATCH',
    );
  });

  it('asks an explored run for nothing that came before the hypothesis', () => {
    expect(failed({ evidence: [...sound.evidence, piece('discovery', 'd', { facts: { ledger_seq: 0 } })] })).toEqual([]);
  });
});

describe('a gate over what choosing is worth', () => {
  const asking = (metric: string, op: '<=' | '>', threshold: number, unit: string): PromotionPolicyDocument =>
    ({ ...policy, gates: [...policy.gates, { code: 'CHOSEN', metric, unit, role: 'validation', op, threshold }] }) as PromotionPolicyDocument;
  const found = (metric: SelectionMetric, value: number | null, applies = true) => ({
    selection: new Map([
      [
        'E-validation',
        {
          numbers: { [metric]: { value, applies, note: 'why' } } as never,
          returns: [{ path: 'r.json', sha256: 'f' }],
          streams: ['seed=1/spa/e/cash'],
        },
      ],
    ]),
  });
  const judged = (given: Partial<PromotionCase>) => evaluatePromotion({ ...sound, ...given }).results.find(({ code }) => code === 'CHOSEN')!;

  it.each<[SelectionMetric, '<=' | '>', number, string, number, number]>([
    ['pbo', '<=', 0.2, 'prob', 0.2, 0.21],
    ['spa_cash_p', '<=', 0.05, 'prob', 0.05, 0.051],
    ['spa_baseline_p', '<=', 0.05, 'prob', 0.01, 1],
    ['cpcv_sharpe_median', '>', 0, 'ratio', 0.1, 0],
    ['cpcv_sharpe_p05', '>', 0, 'ratio', 0.1, -0.1],
    ['walk_forward_net', '>', 0, 'bps_per_day', 0.1, -0.1],
  ])('%s passes at what is asked and fails beyond it, or where it is missing', (metric, op, threshold, unit, good, bad) => {
    const given = { policy: asking(metric, op, threshold, unit) };
    expect(judged({ ...given, ...found(metric, good) })).toMatchObject({ pass: true, observed: good, threshold, evidence: 'E-validation' });
    expect(judged({ ...given, ...found(metric, bad) }).pass).toBe(false);
    expect(judged({ ...given, ...found(metric, null) })).toMatchObject({ pass: false, message: `${metric} is missing: why (E-validation)` });
    expect(judged(given).pass).toBe(false);
    const stale = withValidation({ health: { health: 'STALE' } });
    expect(judged({ ...given, ...stale, ...found(metric, good) }).message).toContain('does not count: the evidence is STALE');
  });

  it('that does not apply neither passes nor fails, and the decision says so', () => {
    const given = { ...sound, policy: asking('pbo', '<=', 0.2, 'prob'), ...found('pbo', null, false) };
    const evaluation = evaluatePromotion(given);
    expect(judged(given)).toMatchObject({ pass: null, observed: null, message: 'pbo does not apply: why (validation)' });
    expect(evaluation.verdict).toBe('PASS_PROMOTION');
    expect(whyNot(given, evaluation)).toEqual([]);
    const decision = decisionOf(given, evaluation, { policyDigest: 'p'.repeat(64), actorRole: 'operator', override: null });
    expect(decision.results.find(({ code }) => code === 'CHOSEN')!.pass).toBeNull();
    expect(refusalOf(decision, given.policy)).toBeNull();
    expect(countText(decision.results)).toMatch(/^(\d+)\/\1 \(1 not applicable\)$/);
  });

  it('leaves in the decision what it was judged on', () => {
    const given = { ...sound, ...found('pbo', 0.1) };
    const { basis } = decisionOf(given, evaluatePromotion(given), { policyDigest: 'p'.repeat(64), actorRole: 'operator', override: null });
    expect(basis).toMatchObject({ ledger: given.state.head, trials: 2, returns: [{ path: 'r.json', sha256: 'f' }], streams: ['seed=1/spa/e/cash'] });
    expect(basis.runs.map(({ run_id, source }) => [run_id, source])).toEqual([
      ['run_v', 'binance'],
      ['run_o', 'binance'],
    ]);
  });
});

describe('an override', () => {
  const bad = { ...sound, ...withValidation({ values: { net_effect: -1 } }) };
  const evaluation = evaluatePromotion(bad);
  const override = { reason: 'a reason', expires: '2026-06-30', failed_codes: ['EFFECT'] };
  const options = { policyDigest: 'p'.repeat(64), actorRole: 'operator', override };

  it('sets aside codes that the policy lists, and none of those that nothing can set aside', () => {
    expect(notOverridden(evaluation, policy, ['EFFECT'])).toEqual([]);
    expect(notOverridden(evaluation, policy, [])).toEqual(['EFFECT']);
    for (const code of ['HOLDOUT_REUSED', 'HOLDOUT_FAILED', 'DIGEST_MISMATCH', 'CONDITION_NOT_CAUSAL', 'CODE_DRIFT'])
      expect(isOverridable(policy, code), code).toBe(false);
  });

  it('leaves the verdict what it is', () => {
    const decision = decisionOf(bad, evaluation, options);
    expect(decision.verdict).toBe('FAIL_PROMOTION');
    expect(refusalOf(decision, policy)).toBeNull();
    expect(refusalOf(decision, { ...policy, overridable: [] })).toContain('EFFECT');
    expect(refusalOf({ ...decision, override: null }, policy)).not.toBeNull();
  });

  it('belongs to a decision whose id is its content', () => {
    const decision = decisionOf(sound, evaluatePromotion(sound), { ...options, override: null });
    expect(refusalOf(decision, policy)).toBeNull();
    expect(decisionOf(sound, evaluatePromotion(sound), { ...options, override: null })).toEqual(decision);
    expect(refusalOf({ ...decision, actor_role: 'somebody' }, policy)).toContain('id');
    expect(refusalOf({ ...decision, verdict: 'FAIL_PROMOTION' }, policy)).not.toBeNull();
    expect(refusalOf({ ...decision, results: [] }, policy)).not.toBeNull();
  });
});

describe('why not', () => {
  it('names causes and leaves out what only follows from them', () => {
    const given = { ...sound, evidence: [] };
    const blockers = whyNot(given, evaluatePromotion(given));
    expect(blockers.map(({ code }) => code)).toEqual(['EVIDENCE_INCOMPLETE', 'HOLDOUT_FAILED']);
    expect(blockers[0]!.remedy).toContain('validation: no open experiment plans such a run');
    expect(whyNot(sound, evaluatePromotion(sound))).toEqual([]);
  });

  it('names the planned run that would give the evidence', () => {
    const planned: LedgerBody = {
      t: 'EXPERIMENT_PLANNED',
      experiment: 'x',
      hypothesis: 'h',
      digest: 'f'.repeat(64),
      trial_budget: 2,
      runs: [{ key: 'long', role: 'validation' }],
    };
    const given = { ...sound, state: stateOf([...bodies, planned]), evidence: [piece('holdout', 'o')] };
    expect(whyNot(given, evaluatePromotion(given))[0]!.remedy).toBe('validation: run long of experiment x');
  });
});

describe('numbers that count what else was tried', () => {
  const many = stateOf([
    ...bodies,
    ...Array.from({ length: 20 }, (_, i) => trial(`t${i}`, { result: { metric: 'sharpe_daily', value: i / 200, verdict: null } })),
  ]);
  const ratio = piece('validation', 'v', { values: { sharpe_daily_annualized: 2, sharpe_daily_standard_error: 1 } }).evidence;
  const edge: Evidence = { ...ratio, subject: { ...subject, kind: 'edge' } };

  it('deflate a result the more, the more was tried', () => {
    const alone = ledgerMetrics(stateOf(bodies.slice(0, 4)), 'h', edge);
    const among = ledgerMetrics(many, 'h', edge);
    expect(alone.trials).toBe(1);
    expect(alone.p).toBeCloseTo(0.02275, 5);
    expect(alone.fdr_q).toBe(alone.p);
    expect(alone.deflated_sharpe_probability).toBeCloseTo(0.97725, 5);
    expect(among.trials).toBe(22);
    expect(among.fdr_q!).toBeGreaterThan(alone.fdr_q!);
    expect(among.deflated_sharpe_probability!).toBeLessThan(alone.deflated_sharpe_probability!);
  });

  it('take a hidden trial for one that shows nothing', () => {
    const sweep = stateOf([
      ...bodies.slice(0, 4),
      trial('sweep', { kind: 'sweep', trials: 9, result: { metric: 'sharpe_daily', value: null, verdict: null } }),
    ]);
    expect(ledgerMetrics(sweep, 'h', edge).fdr_q).toBeCloseTo(10 * 0.02275, 3);
  });

  it('judge an overlay by the difference that it makes, and nothing without an interval', () => {
    const { p } = ledgerMetrics(stateOf(bodies.slice(0, 4)), 'h', ratio);
    expect(p).toBeCloseTo(0.0000443, 6);
    const open = piece('validation', 'v', { values: { net_effect_upper95: null } }).evidence;
    expect(ledgerMetrics(sound.state, 'h', open)).toMatchObject({ p: null, fdr_q: null, deflated_sharpe_probability: null });
  });
});
