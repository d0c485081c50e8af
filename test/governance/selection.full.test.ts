import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineFeature, type Feature } from '../../src/core/define.ts';
import { AppError } from '../../src/core/errors.ts';
import { column } from '../../src/core/expression.ts';
import { defineStrategy } from '../../src/core/intent.ts';
import { dependsOn } from '../../src/governance/audit/tables.ts';
import type { PromotionDecision, PromotionResult } from '../../src/governance/records.ts';
import { openRegistry } from '../../src/registry/discover.ts';
import { certificatesOf } from '../../src/stages/lib/governanceCertificates.ts';
import type { GovernanceTools } from '../../src/stages/lib/governanceState.ts';
import type { FoundSubject } from '../../src/stages/lib/governanceSubjects.ts';
import { sharpe } from '../../src/stats/sharpe.ts';
import {
  copyLake,
  decide,
  edge,
  edgeDocument,
  type GovernedLake,
  invoke,
  newLake,
  policy,
  policyDocument,
  sampleRun,
  textOf,
  validationDays,
  writeSpecs,
} from '../support/governance.ts';
import { removeFolders } from '../support/pipeline.ts';
import { projectRoot } from '../support/shared.ts';

const gate = (code: string, metric: string, unit: string, op: string, threshold: number) => ({
  code,
  metric,
  unit,
  role: 'validation',
  op,
  threshold,
});
/** Every number over the family that fifty days give; thresholds that noise passes. */
const asking = {
  ...policyDocument,
  required_roles: { CANDIDATE: [], VALIDATED: ['validation'], APPROVED: [] },
  gates: [
    gate('OVERFITTING', 'pbo', 'prob', '<=', 0.2),
    gate('SPA_CASH', 'spa_cash_p', 'prob', '<=', 1),
    gate('SPA_BASELINE', 'spa_baseline_p', 'prob', '<=', 1),
    gate('CPCV_MEDIAN', 'cpcv_sharpe_median', 'ratio', '>', -100),
    gate('CPCV_P05', 'cpcv_sharpe_p05', 'ratio', '>', -100),
    gate('DATA_GAPS', 'gap_share', 'fraction', '<=', 0.2),
    gate('DATA_FLAGGED', 'flagged_trade_share', 'fraction', '<=', 1),
  ],
};

interface Daily {
  readonly first_day: string;
  readonly days: number;
  readonly strategies: Record<string, { readonly net: number[]; readonly held: number[] }>;
}

let lake: GovernedLake;
let runs: { own: string; variant: string };
const dailyPath = (run: string) => `lake/trades/backtests/${run}/daily_returns.json`;
const dailyOf = (run: string) => JSON.parse(textOf(lake, dailyPath(run))) as Daily;
const judged = async (given: GovernedLake) => {
  const { data } = await invoke(given, ['promote', 'check', edge, '--to', 'VALIDATED', ...policy]);
  const { results, failed } = data as { results: PromotionResult[]; failed: string[] };
  return { failed, of: (code: string) => results.find((result) => result.code === code)! };
};

beforeAll(async () => {
  lake = newLake();
  writeSpecs(lake, { 'policies/lenient-edge.json': asking });
  await invoke(lake, 'hypotheses register calm_precedes_moves');
  await invoke(lake, 'edges register calm_breakout');
  await decide(lake, 'CANDIDATE');
  const own = await sampleRun(lake, validationDays);
  const variant = await sampleRun(lake, {
    ...validationDays,
    strategy_params: { vol_compression_v1: { ...edgeDocument.params, compression_rv_pct_max: 45 } },
  });
  runs = { own, variant };
  await invoke(lake, `evidence attach ${edge} --run ${own} --role validation`);
}, 120_000);
afterAll(removeFolders);

describe('the policies that come with the product', () => {
  it.each(['edge-default', 'overlay-default'])('%s asks for everything that an approval has to carry', (name) => {
    const { gates } = JSON.parse(readFileSync(join(projectRoot, 'specs/policies', `${name}.json`), 'utf8')) as typeof asking;
    const asked = Object.fromEntries(gates.map(({ metric, role, op, threshold }) => [`${metric} ${role}`, `${op} ${threshold}`]));
    expect(asked).toMatchObject({
      'deflated_sharpe_probability validation': '>= 0.95',
      'pbo validation': '<= 0.2',
      'spa_cash_p validation': '<= 0.05',
      'spa_baseline_p validation': '<= 0.05',
      'cpcv_sharpe_median validation': '> 0',
      'cpcv_sharpe_p05 validation': '> 0',
      'walk_forward_net validation': '> 0',
      'net_effect_2x_cost validation': '> 0',
      'gap_share validation': '<= 0.02',
      'flagged_trade_share validation': '<= 0.1',
      [`placebo_pass_rate ${name === 'edge-default' ? 'validation' : 'phase2'}`]: '<= 0.05',
    });
    // Sealed days are too few for periods that could agree.
    expect(asked['sign_consistency holdout']).toBeUndefined();
  });
});

describe('certificates', () => {
  const features = openRegistry().loadAll<Feature>('feature');
  const leak = defineFeature({
    id: 'mine',
    summary: '',
    formula: '',
    inputs: ['close'],
    warmup: 0,
    compute: ([close], [out]) => close!.forEach((price, row) => (out![row] = (close![row + 1] ?? Number.NaN) - price)),
  });
  const strategy = defineStrategy({
    id: 'by_me',
    summary: 'By me.',
    params: {},
    intent: () => ({ kind: 'bracket', entry: { long: column('mine').gt(0) }, maxHoldBars: 8 }),
  });
  const subject = { ref: { kind: 'edge' }, spec: { document: { strategy: { id: 'by_me' }, params: {}, overlays: [] } } } as unknown as FoundSubject;
  const toolsWith = (load: () => Promise<unknown>) =>
    ({
      audit: { registry: { load, loadAll: async () => new Map([...(await features), ['mine', leak]]) } },
      book: { overlays: [] },
    }) as unknown as GovernanceTools;

  it('name what looks ahead', async () => {
    const found = await certificatesOf(
      toolsWith(() => Promise.resolve(strategy)),
      subject,
    );
    expect(found!.map(({ check, pass }) => [check, pass])).toEqual([
      ['look-ahead', false],
      ['warm-up', true],
    ]);
    expect(found![0]!.detail).toContain('strategy by_me: the future shows in mine');
  });

  it('are not given to code that cannot be tried', async () => {
    const gone = () => Promise.reject(new AppError('E_USAGE', { problem: 'there is no strategy by_me' }));
    const found = await certificatesOf(toolsWith(gone), subject);
    expect(found!.map(({ pass }) => pass)).toEqual([false, false]);
    expect(await certificatesOf(toolsWith(gone), { ...subject, spec: null })).toBeNull();
  });
});

describe('daily_returns.json', () => {
  it('has the returns that the daily Sharpe ratio is taken of, and the ledger’s figure with it', () => {
    const { net } = dailyOf(runs.own).strategies['vol_compression_v1']!;
    const metrics = JSON.parse(textOf(lake, `lake/trades/backtests/${runs.own}/metrics.json`)) as { sharpe_daily_annualized: number };
    expect(net).toHaveLength(51);
    expect(sharpe(net, 365).annualized).toBeCloseTo(metrics.sharpe_daily_annualized, 12);
  });
});

describe('a validation beside what else was tried', () => {
  it('has its numbers over the family, and the gate that does not apply says so', async () => {
    const { of, failed } = await judged(lake);
    expect(failed).toEqual([]);
    expect(of('OVERFITTING')).toMatchObject({ pass: null, message: expect.stringContaining('2 trials, 51 days from 2023-01-01') as string });
    expect(of('SPA_CASH').observed!).toBeGreaterThan(0);
    expect(of('SPA_BASELINE').observed!).toBeLessThanOrEqual(1);
    expect(of('CPCV_P05').observed!).toBeLessThanOrEqual(of('CPCV_MEDIAN').observed!);
    expect(of('DATA_GAPS').observed!).toBeLessThan(0.2);
    expect(of('LOOK_AHEAD_FOUND').message).toContain('unchanged at 70 cuts');
    expect(of('WARM_UP_TOO_SHORT').message).toContain('features need no more bars than they declare');
  });

  it('fails where the returns of another trial were changed or are gone', async () => {
    const given = copyLake(lake);
    const file = join(given.dataRoot, dailyPath(runs.variant));
    writeFileSync(file, readFileSync(file, 'utf8').replace('"days":51', '"days":50'));
    const { failed, of } = await judged(given);
    expect(failed).toEqual(['SPA_CASH', 'SPA_BASELINE', 'CPCV_MEDIAN', 'CPCV_P05']);
    expect(of('SPA_CASH').message).toContain(`run ${runs.variant}, vol_compression_v1: ${dailyPath(runs.variant)}`);
    expect(of('OVERFITTING').pass).toBeNull();
  });

  it('leaves in its decision what it was judged on, which audit why finds changed', async () => {
    const given = copyLake(lake);
    const { data, exit } = await decide(given, 'VALIDATED');
    expect(exit).toBe(0);
    const { basis } = (data as { decision: PromotionDecision }).decision;
    expect(basis).toMatchObject({
      trials: 2,
      ledger: { seq: 6 },
      streams: ['seed=1/spa/edge.calm_breakout/baseline', 'seed=1/spa/edge.calm_breakout/cash'],
    });
    expect(basis.runs).toEqual([expect.objectContaining({ run_id: runs.own, source: expect.stringContaining('seed 1') as string })]);
    expect(basis.returns.map(({ path }) => path)).toEqual([runs.own, runs.variant].map(dailyPath).sort());
    const whole = await invoke(given, `audit why ${edge}`);
    expect(whole.exit).toBe(0);
    for (const part of [
      '(1 not applicable)',
      'judged on the ledger up to entry 6',
      '2 trials in the family',
      'daily returns of 2 runs',
      'pbo does not apply',
    ])
      expect(whole.text).toContain(part);
    const { decision } = data as { decision: PromotionDecision };
    const audited = { record: { state: 'APPROVED', ref: decision.subject }, decision: { decision }, evidence: [], parts: [] };
    const through = dependsOn({ subjects: [audited] } as never, runs.variant).map((row) => row.through);
    expect(through).toEqual(['returns that its decision was judged beside']);
    const file = join(given.dataRoot, dailyPath(runs.variant));
    writeFileSync(file, readFileSync(file, 'utf8').replace('"days":51', '"days":50'));
    const damaged = await invoke(given, `audit why ${edge}`);
    expect(damaged.exit).toBe(1);
    expect(damaged.text).toContain(`${dailyPath(runs.variant)}: `);
    expect(damaged.text).toContain(`✗ judged again, the same case gives other results: SPA_CASH, SPA_BASELINE, CPCV_MEDIAN, CPCV_P05`);
  });
});
