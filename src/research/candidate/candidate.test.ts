import { describe, expect, it } from 'vitest';
import { studyDocument } from '../study/document.ts';
import { runStudy } from '../study/runStudy.ts';
import { runPolicyStudy } from '../policy/runPolicyStudy.ts';
import { testDocument, testMarket, testStudy } from '../testing/fixtures.ts';
import { parentStudy, plantedAgainst, policyInput, policyMarket } from '../testing/policyFixtures.ts';
import type { Candidate, CandidateFile } from './candidate.ts';
import { policyCandidates } from './policyCandidates.ts';
import { rankCandidates } from './rank.ts';
import { candidateFile } from './schema.ts';
import { studyCandidates } from './studyCandidates.ts';

const place = { runId: 'a_run', folder: 'reports/somewhere' };
const document = studyDocument.parse(testDocument());
const study = runStudy({ study: testStudy(), frames: testMarket(), seed: 1, surrogates: [], isHoldoutOpen: false });
const policy = runPolicyStudy(policyInput(plantedAgainst(policyMarket(), parentStudy(), { bars: 24, drift: 0.0005 })));
const frozen = runPolicyStudy(policyInput(policyMarket({ days: 2 }), { parentVerdict: 'fail' }));

describe('what a study writes', () => {
  it.each<[string, CandidateFile]>([
    ['event study', studyCandidates(document, study, place)],
    ['policy study', policyCandidates(policy, place)],
    ['policy study that tried nothing', policyCandidates(frozen, place)],
  ])('is what the list of candidates reads, field by field: %s', (_, file) => {
    expect(candidateFile.parse(JSON.parse(JSON.stringify(file)))).toEqual(file);
  });

  it('and nothing else is read: a missing field, another type, one more', () => {
    const file = policyCandidates(policy, place);
    const [first, ...rest] = file.candidates as [Candidate, ...Candidate[]];
    const { effect, ...without } = first;
    for (const wrong of [without, { ...first, effect: String(effect) }, { ...first, score: 0 }])
      expect(candidateFile.safeParse({ ...file, candidates: [wrong, ...rest] }).success).toBe(false);
  });

  it('of an event study is its primary estimand, with interval, p and what the gates said', () => {
    const row = study.effects.find(({ estimand, slice }) => estimand === 'next' && slice === 'development')!;
    const [candidate, ...more] = studyCandidates(document, study, place).candidates;
    expect(more).toEqual([]);
    expect(candidate).toMatchObject({
      candidate: 'next',
      class: 'study/risk_difference/share of moments',
      effect: row.effect,
      ci_low: row.ci_low,
      p: row.p_raw,
      n_events: row.n_events,
      unit: 'share of moments',
      status: study.verdict,
    });
    const { pass, fail, inconclusive } = candidate!.gates;
    expect([...pass, ...fail, ...inconclusive].toSorted()).toEqual(study.gates.map(({ id }) => id).toSorted());
  });

  it('of a policy study is every cell with positions of its own, whatever its gates said', () => {
    const { candidates } = policyCandidates(policy, place);
    expect(candidates).toHaveLength(policy.family.distinct);
    expect(candidates.filter(({ status }) => status === 'pass').map(({ candidate }) => candidate)).toEqual(
      expect.arrayContaining([...policy.promoted]),
    );
    const promoted = candidates.find(({ candidate }) => candidate === policy.promoted[0])!;
    expect(promoted.gates).toMatchObject({ fail: [], inconclusive: [] });
    expect(promoted.confirmed_effect).toBeGreaterThan(0);
    for (const { candidate: cell, overlay } of candidates)
      expect(overlay).toBe(policy.promoted.includes(cell) ? `reports/somewhere/overlays/large_move_throttle__${cell.replace('.', '__')}.json` : null);
  });

  it('is nothing where nothing could be estimated', () => {
    const empty = runStudy({ study: testStudy(), frames: [], seed: 1, surrogates: [], isHoldoutOpen: false });
    expect(studyCandidates(document, empty, place)).toMatchObject({ candidates: [], missing: [expect.any(String)] });
  });

  it('of series of its own is comparable with nothing else', () => {
    const own = studyDocument.parse(
      testDocument((given) => {
        (given['outcomes'] as Record<string, unknown>)['calm'] = { mean: { of: 'level' }, window: 'near' };
        (given['estimands'] as Record<string, unknown>)['calm'] = { outcome: 'calm', statistic: 'mean_difference' };
        Object.assign(given['hypothesis'] as object, { primary: 'calm' });
      }),
    );
    const effects = study.effects.map((row) => ({ ...row, estimand: row.estimand === 'next' ? 'calm' : row.estimand }));
    expect(studyCandidates(own, { ...study, effects }, place).candidates[0]!.class).toBe('study/mean_difference/large_moves/unit of level');
  });
});

describe('the list of candidates', () => {
  const base = policyCandidates(policy, place);
  const make = (subject: string, changes: readonly Partial<Candidate>[], missing: readonly string[] = []): CandidateFile => ({
    ...base,
    subject,
    missing,
    candidates: changes.map((change, at) => ({ ...base.candidates[0]!, subject, candidate: `c${at}`, class: 'k', ...change })),
  });

  it('ranks within a class by verdict, then evidence, then size, and never across classes', () => {
    const found = rankCandidates('a_run', [
      make('b', [
        { status: 'fail', p: 0.001, effect: 9 },
        { status: 'inconclusive', p: 0.5, effect: 9 },
        { status: 'pass', p: 0.04, effect: 1 },
        { status: 'pass', p: 0.01, effect: 1 },
        { status: 'pass', p: null, effect: 100 },
      ]),
      make('a', [{ class: 'other', status: 'pass', p: 0.9, effect: 1e6 }]),
    ]);
    expect(found.candidates.map((row) => [row.class, row.rank, row.subject, row.candidate])).toEqual([
      ['k', 1, 'b', 'c3'],
      ['k', 2, 'b', 'c2'],
      ['k', 3, 'b', 'c4'],
      ['k', 4, 'b', 'c1'],
      ['k', 5, 'b', 'c0'],
      ['other', 1, 'a', 'c0'],
    ]);
  });

  it('adjusts p for everything that could have been chosen from, and leaves alone what has none', () => {
    const { candidates } = rankCandidates('a_run', [make('a', [{ p: 0.01 }, { p: 0.02 }]), make('b', [{ p: null }])]);
    // Two tests: factor 1 + 1/2, then the step-up minimum.
    const q = new Map(candidates.map((row) => [`${row.subject}.${row.candidate}`, row.q]));
    expect(q.get('a.c0')).toBeCloseTo(0.03, 12);
    expect(q.get('a.c1')).toBeCloseTo(0.03, 12);
    expect(q.get('b.c0')).toBeNull();
  });

  it('tells no study, studies that could not run, and studies that found nothing apart', () => {
    const status = (...files: CandidateFile[]) => rankCandidates('a_run', files).status;
    expect(status()).toBe('no_study');
    expect(status(make('a', [], ['no data']), make('b', [], ['no parent']))).toBe('none_ran');
    expect(status(make('a', [], ['no data']), make('b', []))).toBe('no_candidates');
    expect(status(make('a', [], ['no data']), make('b', [{}]))).toBe('candidates');
  });

  it('does not depend on the order of its files', () => {
    const files = [make('a', [{ p: 0.2 }, { p: 0.2 }]), make('b', [{ p: 0.2 }])];
    expect(rankCandidates('a_run', files.toReversed())).toEqual(rankCandidates('a_run', files));
  });
});
