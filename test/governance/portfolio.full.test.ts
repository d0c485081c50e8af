import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PromotionResult, SubjectRef } from '../../src/governance/records.ts';
import { approve, copyLake, edgeDocument, type GovernedLake, invoke, newLake, policyDocument, sampleRun, writeSpecs } from '../support/governance.ts';
import { removeFolders } from '../support/pipeline.ts';

/** A portfolio of two edges from a document to an approval, on months of one simulated symbol on which it happens to pass. */

const portfolioText = (id: string, { uplift = -10, risk = 0.5 }) => `id: ${id}
version: 1
title: Two sizes of one edge
edges: [calm_breakout, calm_small]
universe: { request: TOP1, lookback_days: 20, min_listed_days: 20, min_coverage: 0.9 }
limits: { weight_max: ${risk}, gross_max: 1, net_max: 1, symbol_max: 1, cvar_max: 0.5, drawdown_max: 0.9, turnover_daily_max: 1, risk_share_max: null }
allocator: { modes: [equal_risk], scenario_days: 60, active_days_min: 5 }
schedule: { every: week }
gates:
  { uplift_min: ${uplift}, regime_sign_consistency_min: 0, regime_periods_min: 1, regime_conditions_positive_min: 0, symbol_positive_ratio_min: 0, symbols_active_min: 1,
    symbol_concentration_max: 1, friction_net_return_min: -10, out_of_sample_days_min: 10, deflated_sharpe_min: 0, capital_min: 0, participation_max: 1 }
holdout_days: 20
`;
const small = { ...edgeDocument, edge_id: 'calm_small', sizing: { unit: 'vol_target', target: 0.1 } };
const run = { symbols: ['BTCUSDT'], start: '2023-01-01', end: '2023-06-15', seed: 4, portfolio: true, validate_portfolio: true };
const two = 'portfolio:two';

type Judged = { failed: string[]; from: string; to: string; results: PromotionResult[]; decision?: { id: string } | null; subject: SubjectRef };
const ask = async (lake: GovernedLake, ...line: string[]) => {
  const { data, exit } = await invoke(lake, ['promote', ...line]);
  return { ...(data as Judged), exit };
};
const why = async (lake: GovernedLake, subject: string) => {
  const { data, exit, text } = await invoke(lake, ['audit', 'why', subject]);
  return { trust: (data as { trust: string }).trust, exit, text };
};

let lake: GovernedLake;
let early: Judged & { exit: number };
let runs: { sealed: string; opened: string; strict: string };

beforeAll(async () => {
  lake = newLake();
  writeSpecs(lake, {
    'edges/calm_small.json': small,
    'portfolios/two.yaml': portfolioText('two', {}),
    'portfolios/strict.yaml': portfolioText('strict', { uplift: 10 }),
  });
  await invoke(lake, 'edges register calm_small');
  await invoke(lake, 'portfolio register two');
  await invoke(lake, 'portfolio register strict');
  early = await ask(lake, 'check', two, '--to', 'VALIDATED');
  await ask(lake, 'decide', two, '--to', 'CANDIDATE');
  await ask(lake, 'decide', 'portfolio:strict', '--to', 'CANDIDATE');
  await approve(lake, ['calm_breakout', 'calm_small']);
  const sealed = await sampleRun(lake, { ...run, portfolio_spec: 'two' });
  const opened = await sampleRun(lake, { ...run, portfolio_spec: 'two', open_holdout: ['two'] });
  const strict = await sampleRun(lake, { ...run, portfolio_spec: 'strict' });
  runs = { sealed, opened, strict };
}, 400_000);
afterAll(removeFolders);

const digestOf = async (given: GovernedLake) => (await ask(given, 'check', two)).subject.digest;
const codesOf = ({ results }: Judged, isPassed: boolean) => results.filter(({ pass }) => pass === isPassed).map(({ code }) => code);

describe('a portfolio', () => {
  it('needs edges that have come as far as the policy asks, and evidence', () => {
    expect(early.failed).toEqual(expect.arrayContaining(['EDGE_NOT_READY', 'EVIDENCE_INCOMPLETE', 'PORTFOLIO_GATES']));
    expect(early.results.find(({ code }) => code === 'EDGE_NOT_READY')!.message).toContain('edge:calm_small@1 is DRAFT');
  });

  it('comes from a run whose gates all pass to VALIDATED, and with the sealed days opened once to APPROVED, each by a decision', async () => {
    await invoke(lake, `evidence attach ${two} --run ${runs.sealed} --role validation`);
    const validated = await ask(lake, 'decide', two, '--to', 'VALIDATED');
    expect(validated).toMatchObject({ exit: 0, failed: [], from: 'CANDIDATE', to: 'VALIDATED' });
    expect(codesOf(validated, true)).toEqual(expect.arrayContaining(['EDGE_NOT_READY', 'PORTFOLIO_GATES', 'EDGES_VERIFIED']));
    expect((await ask(lake, 'check', two, '--to', 'APPROVED')).failed).toEqual([
      'EVIDENCE_INCOMPLETE',
      'HOLDOUT_FAILED',
      'HOLDOUT_GATES',
      'HOLDOUT_RETURN',
    ]);
    await invoke(lake, `evidence attach ${two} --run ${runs.opened} --role holdout`);
    const approved = await ask(lake, 'decide', two, '--to', 'APPROVED');
    expect(approved).toMatchObject({ exit: 0, failed: [], to: 'APPROVED' });
    expect(approved.results.find(({ code }) => code === 'HOLDOUT_REUSED')).toMatchObject({ pass: true, observed: 1 });
    expect((await why(lake, two)).trust).toBe('verified');
  });

  it('stays a candidate when a gate of its document fails, whatever it earned', async () => {
    await invoke(lake, `evidence attach portfolio:strict --run ${runs.strict} --role validation`);
    const judged = await ask(lake, 'decide', 'portfolio:strict', '--to', 'VALIDATED');
    expect(judged).toMatchObject({ exit: 1, failed: ['PORTFOLIO_GATES'], decision: null });
    expect((await why(lake, 'portfolio:strict')).text).toContain('CANDIDATE');
  });

  it('is never decided by a run alone: a passing verdict writes nothing but trials', () => {
    const verdict = JSON.parse(readFileSync(join(lake.dataRoot, 'reports/portfolio', runs.opened, 'verdict.json'), 'utf8')) as {
      verdict: string;
      subject: SubjectRef;
    };
    expect(verdict.verdict).toBe('PASS_PROMOTION');
    const entries = readFileSync(join(lake.dataRoot, 'governance/ledger.jsonl'), 'utf8').trimEnd().split('\n');
    const bodies = entries.map((line) => (JSON.parse(line) as { body: { t: string; run_id?: string; subject?: SubjectRef } }).body);
    expect(new Set(bodies.filter(({ run_id }) => run_id === runs.sealed).map(({ t }) => t))).toEqual(new Set(['TRIALS', 'EVIDENCE_ATTACHED']));
    expect(bodies.find(({ t, subject }) => t === 'SPEC_REGISTERED' && subject!.id === 'two')!.subject).toEqual(verdict.subject);
  });

  it('takes no run of another portfolio, or of none, as evidence', async () => {
    const refusal = async (runId: string, subject = two) =>
      (await invoke(lake, ['evidence', 'attach', subject, '--run', runId, '--role', 'validation']).catch((error: Error) => error)) as Error;
    expect((await refusal(runs.strict)).message).toContain('the run has the portfolio strict');
    const plain = await sampleRun(lake, { symbols: ['BTCUSDT'], start: '2023-01-01', end: '2023-01-20' });
    expect((await refusal(plain)).message).toContain('the run has no portfolio');
  });

  it('is explained by its edges and its evidence', async () => {
    const { text, exit } = await why(lake, two);
    expect(exit).toBe(0);
    for (const part of [
      'portfolio two v1  APPROVED (verified)',
      'edge calm_breakout v1  APPROVED (verified)',
      'edge calm_small v1  APPROVED (verified)',
      `run ${runs.sealed}`,
      `run ${runs.opened}`,
      `verdict.json#/gates`,
    ])
      expect(text).toContain(part);
    const { data } = await invoke(lake, 'audit depends-on edge:calm_small@1');
    expect(data).toMatchObject({ subjects: [{ subject: 'portfolio:two@1', through: 'one of its edges' }] });
  });

  it('loses its approval with its content: a document edited, or an edge of it', async () => {
    for (const change of [
      { 'portfolios/two.yaml': portfolioText('two', { risk: 0.4 }) },
      { 'edges/calm_small.json': { ...small, sizing: { unit: 'vol_target', target: 0.2 } } },
    ]) {
      const given = copyLake(lake);
      const before = await digestOf(given);
      writeSpecs(given, change);
      expect(await digestOf(given)).not.toBe(before);
      expect((await ask(given, 'check', two, '--to', 'APPROVED')).failed).toContain('DIGEST_DRIFT');
      expect((await invoke(given, 'audit drift')).text).toContain('portfolio:two@1');
      await expect(invoke(given, 'portfolio register two')).rejects.toMatchObject({ code: 'E_GOVERNANCE' });
    }
  });

  it('falls with an edge that is suspended', async () => {
    const given = copyLake(lake);
    await invoke(given, ['promote', 'suspend', 'edge:calm_small', '--reason', 'fills are worse than assumed']);
    expect(await why(given, two)).toMatchObject({ trust: 'recorded', exit: 1 });
    expect((await invoke(given, 'audit stale')).text).toContain('its edge edge:calm_small@1 is SUSPENDED');
  });

  it('cannot open the same days again under the name of a later version', async () => {
    const given = copyLake(lake);
    const second = portfolioText('two', { risk: 0.4 }).replace('version: 1', 'version: 2');
    writeSpecs(given, { 'portfolios/two.yaml': second });
    await invoke(given, 'portfolio register two');
    await ask(given, 'decide', two, '--to', 'CANDIDATE');
    const again = await sampleRun(given, { ...run, portfolio_spec: 'two', open_holdout: ['two'] });
    for (const role of ['validation', 'holdout']) await invoke(given, `evidence attach ${two} --run ${again} --role ${role}`);
    const { results } = await ask(given, 'check', two, '--to', 'APPROVED');
    expect(results.find(({ code }) => code === 'HOLDOUT_REUSED')).toMatchObject({ pass: false, observed: 2 });
  });
});

describe('what an edge adds to a portfolio', () => {
  const judged = async (given: GovernedLake) =>
    (await ask(given, 'check', 'edge:calm_breakout', '--to', 'APPROVED', '--policy', 'with-book')).results.find(({ code }) => code === 'MARGINAL')!;
  const demand = (threshold: number) => {
    const marginal = { code: 'MARGINAL', metric: 'marginal_sharpe', unit: 'ratio', role: 'counterfactual', op: '>=', threshold };
    const roles = { ...policyDocument.required_roles, APPROVED: ['holdout', 'counterfactual'] };
    return { 'policies/with-book.json': { ...policyDocument, id: 'with-book', required_roles: roles, gates: [...policyDocument.gates, marginal] } };
  };

  it('is asked only by a policy that says so, and then fails without a run of a portfolio', async () => {
    const given = copyLake(lake);
    writeSpecs(given, demand(-1000));
    expect(await judged(given)).toMatchObject({ pass: false, observed: null });
    const lenient = await ask(given, 'check', 'edge:calm_breakout', '--to', 'APPROVED', '--policy', 'lenient-edge');
    expect(lenient.results.map(({ code }) => code)).not.toContain('MARGINAL');
  });

  it('is the Sharpe ratio of the book less that of the book decided anew without it', async () => {
    const given = copyLake(lake);
    await invoke(given, `evidence attach edge:calm_breakout --run ${runs.sealed} --role counterfactual`);
    writeSpecs(given, demand(-1000));
    const passed = await judged(given);
    expect(passed.pass).toBe(true);
    const rows = readFileSync(join(lake.dataRoot, 'reports/portfolio', runs.sealed, 'edge_contribution_equal_risk.csv'), 'utf8').split('\n');
    const column = rows[0]!.split(',').indexOf('marginal_sharpe');
    expect(passed.observed).toBe(Number(rows.find((row) => row.startsWith('calm_breakout,'))!.split(',')[column]));
    writeSpecs(given, demand(1000));
    expect(await judged(given)).toMatchObject({ pass: false, observed: passed.observed });
  });
});
