import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { namedStream, nextUniform } from '../../src/core/random.ts';
import type { Evidence } from '../../src/governance/records.ts';
import {
  approve,
  copyLake,
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

let lake: GovernedLake;
let runs: { validation: string; holdout: string };

beforeAll(async () => {
  lake = newLake();
  runs = await approve(lake);
}, 300_000);
afterAll(removeFolders);

const artifactsOf = async (given: GovernedLake) => {
  const { evidence } = (await invoke(given, `evidence show ${edge}`)).data as { evidence: { id: string }[] };
  return evidence.flatMap(({ id }) => (JSON.parse(textOf(given, `governance/evidence/${id}.json`)) as Evidence).artifacts);
};

describe('a hundred single bytes of the artifacts behind an approval', () => {
  it('are each named by audit why, and take the approval out of those that are verified', async () => {
    const given = copyLake(lake);
    const artifacts = (await artifactsOf(given)).filter(({ bytes }) => bytes > 0);
    const stream = namedStream('seed=1/byte_flips/governance/0');
    const pick = (count: number) => Math.floor(nextUniform(stream) * count);
    for (let flip = 0; flip < 100; flip++) {
      const { path, bytes } = artifacts[pick(artifacts.length)]!;
      const file = join(given.dataRoot, path);
      const before = readFileSync(file);
      const damaged = Buffer.from(before);
      damaged[pick(bytes)]! ^= 1 << pick(8);
      writeFileSync(file, damaged);
      const { exit, text, data } = await invoke(given, `audit why ${edge}`);
      expect({ exit, trust: (data as { trust: string }).trust }, path).toEqual({ exit: 1, trust: 'recorded' });
      expect(text, path).toContain(`✗ ${path}`);
      writeFileSync(file, before);
    }
    expect((await invoke(given, `audit why ${edge}`)).exit).toBe(0);
  }, 600_000);
});

const overlay = (name: string, condition: string) => ({
  spec_version: 'v1',
  name,
  version: 1,
  event: 'vol_compression',
  condition,
  action: 'no entries',
  status: 'DRAFT',
  tuning_allowed: false,
  run_ids_evidence: [],
  cost_bps_validated: 6,
  notes: '',
  objective: { target_metric: 'net_total_return' },
  constraints: {
    max_drawdown_pct: 100,
    tail_loss: null,
    exposure_limits: { max_gross: 2, max_per_symbol: 2, max_time_in_market: 1 },
    turnover_budget: { max_bps_per_day: 1000, max_trades_per_day: 100 },
  },
  stability: { sign_consistency_min: 0, effect_ci_excludes_0: false, max_regime_flip_count: 10 },
  rule: { condition, series: {}, effect: { kind: 'block' }, release: null, parent: null },
});

describe('an overlay', () => {
  it('that never acts cannot be promoted; one that acts can; without either the run is what it was', async () => {
    const given = copyLake(lake);
    const [first, second] = policyDocument.gates as [object, object];
    writeSpecs(given, {
      'overlays/never.json': overlay('never', 'close < 0'),
      'overlays/mornings.json': overlay('mornings', 'hour() < 12'),
      'policies/lenient-overlay.json': {
        ...policyDocument,
        id: 'lenient-overlay',
        subject: 'overlay',
        own_constraints: false,
        required_roles: { CANDIDATE: [], VALIDATED: ['validation'], APPROVED: ['holdout'] },
        gates: [
          { ...second, metric: 'changed_share', unit: 'fraction', threshold: 0, code: 'CHANGES' },
          { ...second, metric: 'spa_baseline_p', unit: 'prob', op: '<=', threshold: 1, code: 'SPA_BASELINE' },
          { ...first, role: 'holdout', code: 'HOLDOUT_EFFECT' },
        ],
      },
    });
    const judged: Record<string, string[]> = {};
    for (const name of ['never', 'mornings']) {
      await invoke(given, ['overlays', 'register', name, '--hypothesis', 'calm_precedes_moves']);
      const decided = await invoke(given, ['promote', 'decide', `overlay:${name}`, '--to', 'CANDIDATE', '--policy', 'lenient-overlay']);
      expect(decided.exit, decided.text).toBe(0);
      const run = await sampleRun(given, { ...validationDays, overlays: [name] });
      const attached = (await invoke(given, `evidence attach overlay:${name} --run ${run} --role validation`)).data as { evidence: Evidence };
      const numbers = new Map(attached.evidence.metrics.map(({ metric, value }) => [metric, value]));
      expect(numbers.get('changed_share') === 0, name).toBe(name === 'never');
      expect(numbers.get('net_effect') === 0, name).toBe(name === 'never');
      for (const metric of ['net_effect_2x_cost', 'n_events', 'latency_1_kept', 'max_drawdown', 'max_gross'])
        expect(numbers.has(metric), metric).toBe(true);
      const { data } = await invoke(given, ['promote', 'check', `overlay:${name}`, '--policy', 'lenient-overlay']);
      judged[name] = (data as { failed: string[] }).failed;
      const check = await invoke(given, ['promote', 'overlay-check', '--overlay', name, '--policy', 'lenient-overlay']);
      expect(check.data).toMatchObject({ overlay: name, checked_evidence_runs: 1, trust: 'candidate' });
      const returns = (id: string) => readFileSync(join(given.dataRoot, `runs/${id}/engine/strategy_returns_vol_compression_v1.parquet`));
      expect(returns(run).equals(returns(runs.validation)), name).toBe(name === 'never');
    }
    expect(judged['never']).toEqual(['OVERLAY_NOT_BINDING', 'SPA_BASELINE']);
    expect(judged['mornings']).toEqual([]);
    const verdict = JSON.parse(textOf(given, 'reports/promotion/overlay_never/promotion_verdict.json')) as {
      verdict: string;
      reasons: { code: string }[];
    };
    expect(verdict.verdict).toBe('FAIL_PROMOTION');
    expect(verdict.reasons.map(({ code }) => code)).toContain('OVERLAY_NOT_BINDING');
  }, 300_000);
});

describe('an experiment', () => {
  it('is planned, made and attached; a run that it does not plan is no evidence of its hypothesis', async () => {
    const given = newLake();
    const run = {
      symbols: ['BTCUSDT'],
      strategies: ['vol_compression_v1'],
      strategy_params: { vol_compression_v1: edgeDocument.params },
      source: 'sample',
    };
    const quoted = (value: object) => JSON.stringify(value);
    writeSpecs(given, {
      'experiments/calm_runs.yaml': `id: calm_runs
title: One validation
hypothesis: { id: calm_precedes_moves, digest: null }
policy: { id: lenient-edge, version: 1, digest: null }
trial_budget: 2
plan:
  - { key: main, role: validation, config: ${quoted({ ...run, ...validationDays })}, seeds: [1], data_snapshot: null }
`,
    });
    await expect(invoke(given, 'experiments plan calm_runs')).rejects.toMatchObject({ code: 'E_GOVERNANCE' });
    await invoke(given, 'hypotheses register calm_precedes_moves');
    await invoke(given, 'edges register calm_breakout');
    await invoke(given, 'experiments plan calm_runs');
    await invoke(given, ['promote', 'decide', edge, '--to', 'CANDIDATE', ...policy]);
    const made = (await invoke(given, 'experiments run calm_runs --key main')).data as { runs: { run_id: string }[] };
    const status = (await invoke(given, 'experiments status calm_runs')).data;
    expect(status).toMatchObject({ state: 'RUNNING', budget: { planned: 2, spent: 1 }, runs: [{ key: 'main', run_ids: [made.runs[0]!.run_id] }] });
    await invoke(given, `evidence attach ${edge} --run ${made.runs[0]!.run_id} --role validation`);
    expect((await invoke(given, 'evidence verify')).exit).toBe(0);
    await invoke(given, `evidence attach ${edge} --run ${made.runs[0]!.run_id} --role placebo`);
    expect((await invoke(given, 'evidence verify')).text).toContain('OUTSIDE_PLAN');
    const other = await sampleRun(given, { start: '2023-01-01', end: '2023-01-31' });
    await expect(invoke(given, `experiments attach calm_runs --run ${other} --key main`)).rejects.toThrow('as it was planned: end');
    await invoke(given, `experiments attach calm_runs --run ${other}`);
    await invoke(given, ['experiments', 'close', 'calm_runs', '--outcome', 'ABANDONED', '--reason', 'seen enough']);
    expect((await invoke(given, 'audit multiplicity')).text).toContain('2 trials of calm_precedes_moves; abandoned calm_runs');
    await expect(invoke(given, 'experiments run calm_runs --key main')).rejects.toThrow('closed');
  }, 300_000);
});
