import { describe, expect, it } from 'vitest';
import { deflatedSharpe } from '../stats/deflatedSharpe.ts';
import { moments } from '../stats/moments.ts';
import { sharpe } from '../stats/sharpe.ts';
import { bookDays } from './bookDays.ts';
import type { ReportModel } from './model.ts';
import { renderSummary } from './renderSummary.ts';
import studies from './sections/studies.ts';
import trials from './sections/trials.ts';
import { tableOf, textOf } from './testing/readHtml.ts';
import { hostile, sampleModel } from './testing/sampleModel.ts';
import { triedFacts, triedSentence } from './triedFacts.ts';

const model = sampleModel();
const factOf = (of: ReportModel, label: string) => triedFacts(of).find((fact) => fact.label === label)!.shown;
const withTrials = (change: Partial<NonNullable<ReportModel['trials']>> | null): ReportModel => ({
  ...model,
  trials: change === null ? null : { ...model.trials!, ...change },
});

describe('what was tried', () => {
  it('deflates the Sharpe ratio of the book’s days by the counted trials and their variance, all per day', () => {
    const { returns } = bookDays(model.book);
    const { n, skewness, kurtosis } = moments(returns);
    const { dsr, sharpeThreshold } = deflatedSharpe(
      sharpe(returns, 365).perPeriod!,
      { trials: 24, trialSharpeVariance: 0.0006 },
      { n, skewness: skewness!, kurtosis: kurtosis! },
    );
    expect(factOf(model, 'Deflated Sharpe ratio').title).toBe(`${dsr} as a fraction`);
    expect(Number(factOf(model, 'Best of the trials by luck').title)).toBeCloseTo(sharpeThreshold! * Math.sqrt(365), 12);
    expect(factOf(model, 'Trials counted').text).toBe('24');
    expect(triedFacts(model).filter(({ label }) => label.startsWith('Standard error'))).toHaveLength(3);
  });

  it('prints no deflated ratio without a count, or without the spread of several trials, and says why', () => {
    expect(factOf(withTrials(null), 'Deflated Sharpe ratio')).toMatchObject({ isMissing: true, title: 'no trial count, no deflation' });
    expect(factOf(withTrials({ sharpeVariance: null }), 'Deflated Sharpe ratio')).toMatchObject({
      isMissing: true,
      title: 'fewer than two of the trials have a Sharpe ratio, so their spread is not known',
    });
    expect(factOf(withTrials({ trials: 1, sharpeVariance: null }), 'Deflated Sharpe ratio').text).toBe(
      factOf(model, 'Probabilistic Sharpe ratio').text,
    );
  });

  it('says what is not counted, and that a first look is no evidence', () => {
    expect(triedSentence(model)).toContain('counts 24 trials of the family unregistered, this run included; trials before the ledger began');
    expect(triedSentence(model)).toContain('none of these numbers is evidence');
    const evidence = { ...model, setup: { ...model.setup, accounting: { ...model.setup.accounting, isEvidence: true } } };
    expect(triedSentence(evidence)).not.toContain('evidence');
  });

  it('stands in a section of the report unless nothing was traded', async () => {
    const rows = tableOf(await trials.render(model), 'The Sharpe ratio of the whole book after what was tried');
    expect(rows.map(([label]) => label)).toEqual(['Number', ...triedFacts(model).map(({ label }) => label)]);
    expect(trials.missing!({ ...model, metrics: { ...model.metrics, total_trades: 0 } })).toBe('no strategy traded');
  });
});

describe('event studies in the report of a run', () => {
  it('have a row each: verdict, effect with interval, p, events, what did not pass, and the way to the page', async () => {
    const markup = await studies.render(model);
    const rows = tableOf(markup, 'What the studies found').slice(1);
    expect(rows.map((row) => row.slice(0, 6))).toEqual([
      ['cross venue desync', 'Inconclusive', '–', '–', '0', 'BTCUSDT has no spot.close; ETHUSDT has no spot.close'],
      ['range compression breakout', 'Pass', '+0.310% +0.120% to +0.490%', '0.004', '160', ''],
      ['vol shock relaxation', 'Fail', '+23.5 pp +15.8 pp to +32.2 pp', '0.001', '160', 'surrogate markets'],
    ]);
    expect(textOf(markup)).toContain('1 passed, 1 failed, 1 inconclusive.');
    for (const { page } of model.studies) expect(markup).toContain(`href="${page}"`);
    expect(markup).not.toContain(hostile);
  });

  it('are left out with the reason when there are none', () => {
    expect(studies.missing!({ ...model, studies: [] })).toMatch(/^the run has no studies/);
  });
});

describe('the summary', () => {
  const text = renderSummary(model);

  it('has studies and trials in short', () => {
    expect(text.replace(/\s+/g, ' ')).toContain(
      '- FAIL vol_shock_relaxation: the structure is not there; effect +23.5 pp (+15.8 pp to +32.2 pp), p 0.001; not passed: surrogate_markets ([page](../../studies/vol_shock_relaxation/v1/sample-two-years/report.html))',
    );
    expect(text).toContain('## What Was Tried');
    expect(text).toMatch(/\| Trials counted +\| +24 \|/);
  });

  it('leaves studies out where there are none, and trials where nothing was traded', () => {
    expect(renderSummary({ ...model, studies: [] })).not.toContain('## Studies');
    expect(renderSummary({ ...model, trades: [], fees: [], metrics: { ...model.metrics, total_trades: 0 } })).not.toContain('## What Was Tried');
  });
});
