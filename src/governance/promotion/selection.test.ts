import { describe, expect, it } from 'vitest';
import { namedStream, nextNormal } from '../../core/random.ts';
import { dayMs, daysPerYear } from '../../core/time.ts';
import { sharpe } from '../../stats/sharpe.ts';
import type { LedgerBody, TrialsBody } from '../ledger/entry.ts';
import { emptyHead, type LedgerEntry, nextEntry } from '../ledger/entry.ts';
import { foldLedger } from '../lifecycle/foldLedger.ts';
import type { Evidence, SubjectRef } from '../records.ts';
import { alternativesTo } from './alternatives.ts';
import { type FamilyReturns, selectionNumbers, type TrialReturns } from './selection.ts';

const firstDay = Date.UTC(2023, 0, 1) / dayMs;

const trial = (effect: ArrayLike<number>, rest: Partial<TrialReturns> = {}): TrialReturns => {
  const own = Float64Array.from(effect);
  return { isOwn: false, effect: own, overCash: own, overBaseline: own, longestTradeDays: 0, ...rest };
};
const noise = (seed: number, days: number, drift = 0): Float64Array => {
  const stream = namedStream(`selection test ${seed}`);
  return Float64Array.from({ length: days }, () => drift + 0.01 * nextNormal(stream));
};
const numbers = (trials: readonly TrialReturns[], rest: Partial<FamilyReturns> = {}) =>
  selectionNumbers({ firstDay, days: trials[0]!.effect.length, trials, counted: trials.length, missing: [], unit: 'edge.e', ...rest });
/** The evidence and nine others. */
const ten = (own: Float64Array, others: (k: number) => Float64Array) => [
  trial(own, { isOwn: true }),
  ...Array.from({ length: 9 }, (_, k) => trial(others(k))),
];

describe('superior predictive ability', () => {
  it('is shown by a strong result, whose p-value is as small as the draws allow', () => {
    expect(numbers([trial(noise(1, 400, 0.004), { isOwn: true })]).spa_cash_p.value).toBe(1 / 2_001);
  });

  it('is not shown by a loss: a statistic of zero is reached by every draw', () => {
    expect(numbers([trial(noise(1, 400, -0.002), { isOwn: true })]).spa_cash_p.value).toBe(1);
  });

  it('is not lent by another trial, however strong', () => {
    const own = trial(noise(2, 400), { isOwn: true });
    const strong = trial(noise(3, 400, 0.01));
    expect(numbers([own, strong]).spa_cash_p.value).toBeGreaterThan(0.05);
    expect(numbers([own, strong]).spa_cash_p.value).toBeGreaterThanOrEqual(numbers([own]).spa_cash_p.value!);
  });

  it('costs more among many trials than alone', () => {
    const own = noise(4, 400, 0.0017);
    const alone = numbers([trial(own, { isOwn: true })]).spa_cash_p.value!;
    const among = numbers(ten(own, (k) => noise(100 + k, 400))).spa_cash_p.value!;
    expect(alone).toBeLessThan(0.05);
    expect(among).toBeGreaterThan(alone);
  });

  it('is judged against the baseline apart from cash', () => {
    const net = noise(5, 400, 0.004);
    const idle = numbers([trial(net, { isOwn: true, overBaseline: new Float64Array(400) })]);
    expect(idle.spa_cash_p.value).toBeLessThan(0.05);
    expect(idle.spa_baseline_p).toMatchObject({ value: null, applies: true, note: 'the evidence does not differ from its baseline' });
    const worse = numbers([trial(net, { isOwn: true, overBaseline: net.map((value) => value - 0.008) })]);
    expect(worse.spa_baseline_p.value).toBe(1);
  });
});

describe('the probability of overfitting', () => {
  it('does not apply to nine trials, and says how many there are', () => {
    const { pbo } = numbers(ten(noise(1, 320), (k) => noise(2 + k, 320)).slice(0, 9));
    expect(pbo).toEqual({ value: null, applies: false, note: '9 trials, 320 days from 2023-01-01; it takes 10 trials to tell' });
  });

  it('is zero where the best in one half is the best in every other', () => {
    expect(numbers(ten(noise(1, 320, 0.02), (k) => noise(2 + k, 320))).pbo).toMatchObject({ value: 0, applies: true });
  });

  it('is one where each trial earns in its own days and pays for it in all others', () => {
    const lucky = (k: number) =>
      Float64Array.from({ length: 320 }, (_, day) => (Math.floor(day / 32) === k ? 0.09 : -0.01) + (day % 2 === 0 ? 1e-4 : 0));
    expect(numbers(ten(lucky(9), lucky)).pbo.value!).toBeGreaterThan(0.9);
  });

  it('is missing, which fails, where one of ten has no returns', () => {
    const { pbo } = numbers(ten(noise(1, 320, 0.02), (k) => noise(2 + k, 320)).slice(0, 9), { counted: 10, missing: ['run r: it is gone'] });
    expect(pbo).toEqual({ value: null, applies: true, note: 'run r: it is gone' });
  });
});

describe('paths of cross-validation', () => {
  it('are all the same where nothing was chosen: the Sharpe ratio of the days', () => {
    const days = noise(7, 200, 0.001);
    const { cpcv_sharpe_median: median, cpcv_sharpe_p05: p05 } = numbers([trial(days, { isOwn: true })]);
    expect(median.value).toBeCloseTo(sharpe(days, daysPerYear).annualized!, 12);
    expect(p05.value).toBe(median.value);
  });

  it('lose where what was best on other days was never good on the tested ones', () => {
    // Ten folds of 20 days: trial k loses in fold k what it earns in all others, so that it is best exactly where it is not tested well.
    const of = (k: number) =>
      Float64Array.from({ length: 200 }, (_, day) => (Math.floor(day / 20) === k ? -0.1 : 0.001) + (day % 2 === 0 ? 1e-4 : 0));
    const { cpcv_sharpe_median: median, cpcv_sharpe_p05: p05 } = numbers(ten(of(9), of));
    expect(median.value!).toBeLessThan(0);
    expect(p05.value!).toBeLessThanOrEqual(median.value!);
  });

  it('have no ratio where the longest trade leaves no days to train on', () => {
    expect(numbers([trial(noise(7, 60, 0.001), { isOwn: true, longestTradeDays: 40 })]).cpcv_sharpe_median.value).toBeNull();
  });
});

describe('walking forward', () => {
  /** 90 days of the first quarter of 2023, then 91 of the second. */
  const quarters = (first: number, second: number) =>
    Float64Array.from({ length: 181 }, (_, day) => (day < 90 ? first + (day % 2 === 0 ? 1e-3 : 0) : second));

  it('trades each quarter by what was best before it', () => {
    const fading = trial(quarters(0.01, -0.01), { isOwn: true });
    const rising = trial(quarters(-0.01, 0.01));
    expect(numbers([fading, rising]).walk_forward_net.value).toBeCloseTo(-100, 9);
    expect(numbers([trial(quarters(0.01, 0.002), { isOwn: true }), rising]).walk_forward_net.value).toBeCloseTo(20, 9);
  });

  it('does not look at the days that the longest trade reaches over', () => {
    // The last ten days of the first quarter turn the choice around; a trade of ten days keeps them out of it.
    const turning = quarters(0.01, -0.01).map((value, day) => (day >= 80 && day < 90 ? -0.5 : value));
    const steady = quarters(0.001, 0.003);
    const trials = (longestTradeDays: number) => [trial(turning, { isOwn: true, longestTradeDays }), trial(steady)];
    expect(numbers(trials(1)).walk_forward_net.value).toBeCloseTo(30, 9);
    expect(numbers(trials(10)).walk_forward_net.value).toBeCloseTo(-100, 9);
  });

  it('needs a period after a first one of thirty days', () => {
    expect(numbers([trial(quarters(0.01, 0.01).slice(0, 80), { isOwn: true })]).walk_forward_net).toMatchObject({ value: null, applies: true });
  });
});

describe('numbers over a family', () => {
  it('are all missing below thirty days, and without a trial of the evidence', () => {
    const short = numbers([trial(noise(1, 29, 0.01), { isOwn: true })]);
    for (const metric of ['spa_cash_p', 'spa_baseline_p', 'cpcv_sharpe_median', 'cpcv_sharpe_p05', 'walk_forward_net'] as const)
      expect(short[metric], metric).toEqual({ value: null, applies: true, note: '29 days, 30 are needed' });
    expect(numbers([trial(noise(1, 60))]).spa_cash_p.note).toBe('the ledger has no trial of this run');
  });
});

describe('alternatives to a piece of evidence', () => {
  const subject: SubjectRef = { kind: 'edge', id: 'e', version: 1, digest: 'a'.repeat(64) };
  const overlay: SubjectRef = { kind: 'overlay', id: 'quiet', version: 1, digest: 'b'.repeat(64) };
  const terms = { family: 'f', max_trials: 9, holdout: { start: '2025-01-01', end: '2025-02-01' }, parents: [] };
  const looked = (digest: string, start: string, end: string, rest: Partial<TrialsBody> = {}): LedgerBody => ({
    t: 'TRIALS',
    hypothesis: 'h',
    kind: 'backtest',
    subject: 's',
    digest,
    trials: 1,
    run_id: `run_${digest}`,
    window: { start, end },
    result: { metric: 'sharpe_daily', value: 0.1, verdict: null },
    ...rest,
  });
  const entries: LedgerEntry[] = [];
  for (const body of [
    { t: 'HYPOTHESIS_REGISTERED', hypothesis: 'h', digest: 'c'.repeat(64), terms },
    { t: 'SPEC_REGISTERED', subject, hypothesis: 'h', strategies: ['s'] },
    { t: 'SPEC_REGISTERED', subject: overlay, hypothesis: 'h', strategies: [] },
    looked('own', '2023-01-01', '2023-12-31'),
    looked('half', '2023-07-01', '2024-12-31'),
    looked('less', '2023-07-03', '2024-12-31'),
    looked('before', '2022-01-01', '2022-12-31'),
    looked('study', '2023-01-01', '2023-12-31', { kind: 'study' }),
    looked('loose', '2023-01-01', '2023-12-31', { hypothesis: 'unregistered' }),
    looked('other', '2023-01-01', '2023-12-31', { hypothesis: 'unregistered', subject: 'another' }),
    looked('quiet', '2023-01-01', '2023-12-31', { overlays: ['quiet'] }),
  ] as LedgerBody[])
    entries.push(nextEntry(entries.at(-1) ?? emptyHead, { at: '2026-01-01T00:00:00Z', actorRole: 'researcher', body }));
  const state = foldLedger(entries);
  const evidence = (of: SubjectRef, trials: readonly string[]) =>
    ({ subject: of, facts: { window: { start: '2023-01-01', end: '2023-12-31' }, trials } }) as unknown as Evidence;
  const of = (ref: SubjectRef, trials: readonly string[]) =>
    alternativesTo(state, state.subjects.get(`${ref.kind}:${ref.id}@1`)!, evidence(ref, trials)).map(
      ({ body, isOwn }) => `${body.digest}${isOwn ? '*' : ''}`,
    );

  it('are the trials of the family that looked at half of its days or more', () => {
    expect(of(subject, ['own'])).toEqual(['own*', 'half', 'loose', 'quiet']);
  });

  it('are for an overlay those with an overlay of the family', () => {
    expect(of(overlay, ['quiet'])).toEqual(['quiet*']);
  });
});
