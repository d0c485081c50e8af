import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EdgeContractValidationError, loadApprovedEdges, validateEdgeContract } from '../../src/governance/compat/edgeContract.ts';
import {
  applyOverlay,
  getOverlay,
  listApplicableOverlays,
  listOverlays,
  loadOverlaySpecs,
  overlaySpecVersion,
  type ReferenceFile,
  validateOverlaySpec,
} from '../../src/governance/compat/overlayRegistry.ts';
import { checkEvidenceRun, checkOverlayPromotion, summaryPaths, verdictFiles } from '../../src/governance/compat/promotionCheck.ts';
import { ReferenceValueError } from '../../src/governance/compat/values.ts';
import { projectRoot } from '../support/shared.ts';

/** Governance specification 2 to 5 and the checklist of section 20, for the reference system’s own rules. */

/** Whatever JSON holds. */
type Json = ReturnType<typeof JSON.parse>;

const folder = join(projectRoot, 'test', 'governance', 'reference', 'edges');
const shipped: ReferenceFile[] = readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
const specs = loadOverlaySpecs(shipped);
const approved = 'vol_shock_relaxation_delay30_v1';
const placeholders = ['liquidity_refill_lag_window_placeholder_v1', 'vol_aftershock_window_rerisk_placeholder_v1'];
const file = (name: string, spec: unknown): ReferenceFile => ({ name, text: JSON.stringify(spec) });

const record = { run_id: 'run_a', split: 'promotion', date_range: '2021-01-01..2021-12-31', universe: 'BTCUSDT', config_hash: 'abc' };
const spec = (change: (spec: Json) => void = () => {}): Json => {
  const made: Json = {
    spec_version: 'v1',
    name: 'test_overlay',
    event: 'e',
    condition: 'c',
    action: 'a',
    status: 'APPROVED',
    tuning_allowed: false,
    run_ids_evidence: [record],
    cost_bps_validated: 6,
    notes: '',
    objective: { target_metric: 'net_total_return' },
    constraints: { max_drawdown_pct: 30, tail_loss: {}, exposure_limits: {}, turnover_budget: {} },
    stability: { sign_consistency_min: 0.67, effect_ci_excludes_0: true, max_regime_flip_count: 0 },
  };
  change(made);
  return made;
};
const says = (change: (spec: Json) => void): string => {
  try {
    validateOverlaySpec(spec(change), 'edges/x.json');
  } catch (error) {
    expect(error).toBeInstanceOf(ReferenceValueError);
    expect((error as Error).message).toMatch(/^edges\/x\.json: /);
    return (error as Error).message;
  }
  return 'accepted';
};

describe('the overlay registry', () => {
  it('lists the shipped overlays, and applies the approved one alone', () => {
    expect(listOverlays(specs)).toEqual([...placeholders, approved].sort());
    expect(listApplicableOverlays(specs)).toEqual([approved]);
    const { event, action, spec_version } = getOverlay(specs, ` ${approved} `);
    expect([event, action, spec_version]).toEqual(['vol_shock_relaxation', 'delay_30', overlaySpecVersion]);
  });

  it('notes an overlay in a copy of the parameters, and twice when asked twice', () => {
    const params = { trade_day_timezone: 'UTC' };
    const applied: Json = applyOverlay(specs, approved, params);
    expect(applied).toMatchObject({ trade_day_timezone: 'UTC', overlays: [approved] });
    expect(applied['overlay_specs'][approved].cost_bps_validated).toBe(6);
    expect(params).toEqual({ trade_day_timezone: 'UTC' });
    expect(applyOverlay(specs, approved, applied)['overlays']).toEqual([approved, approved]);
    expect(applyOverlay(specs, approved)['overlays']).toEqual([approved]);
  });

  it('refuses unknown names and placeholders', () => {
    expect(() => getOverlay(specs, 'nothing')).toThrow(/Unknown overlay nothing, available \['liquidity_refill/);
    for (const name of placeholders) expect(() => applyOverlay(specs, name)).toThrow('not applicable');
  });

  it('needs files, and is brought down by one bad one', () => {
    expect(() => loadOverlaySpecs([])).toThrow('No overlay specs found');
    expect(() => loadOverlaySpecs([{ name: 'readme.md', text: '' }])).toThrow('No overlay specs found');
    expect(() => loadOverlaySpecs([...shipped, file('zz.json', { name: 'only' })])).toThrow(/edges\/zz\.json: .*missing required fields \['action'/);
    expect(() => loadOverlaySpecs([...shipped, { name: 'zz.json', text: '{' }])).toThrow(ReferenceValueError);
  });

  it('loads an approved specification with empty limits beside a draft with nulls', () => {
    const draft = spec((d) => Object.assign(d, { name: 'a_draft', status: ' draft ', run_ids_evidence: [], constraints: null, stability: null }));
    expect(listOverlays(loadOverlaySpecs([file('a.json', spec()), file('b.json', draft)]))).toEqual(['a_draft', 'test_overlay']);
  });

  it('asks for names at the end: empty ones, then double ones', () => {
    expect(() =>
      loadOverlaySpecs([
        file(
          'a.json',
          spec((d) => (d['name'] = ' ')),
        ),
      ]),
    ).toThrow('empty name');
    expect(() => loadOverlaySpecs([file('a.json', spec()), file('b.json', spec())])).toThrow('Duplicate overlay spec name');
  });

  it.each<[string, (spec: Json) => void, string]>([
    ['a key is absent', (d) => delete d['event'], "missing required fields ['event']"],
    ['the version differs', (d) => (d['spec_version'] = 'v2'), 'version mismatch: expected v1, found v2'],
    ['the status is another word', (d) => (d['status'] = 'CANDIDATE'), 'unsupported status CANDIDATE'],
    ['there is no evidence', (d) => (d['run_ids_evidence'] = []), 'requires non-empty run_ids_evidence'],
    ['evidence is text', (d) => (d['run_ids_evidence'] = [record, 'run_b']), 'run_ids_evidence[1] must be an object'],
    [
      'evidence lacks fields',
      (d) => (d['run_ids_evidence'] = [{ run_id: 'a' }]),
      "missing fields ['config_hash', 'date_range', 'split', 'universe']",
    ],
    ['evidence is blank', (d) => (d['run_ids_evidence'] = [{ ...record, split: ' ' }]), 'run_ids_evidence[0] has empty split'],
    ['the cost is text', (d) => (d['cost_bps_validated'] = '6'), 'non-negative numeric cost_bps_validated'],
    ['the cost is negative', (d) => (d['cost_bps_validated'] = -1), 'non-negative numeric cost_bps_validated'],
    ['the objective is unknown', (d) => (d['objective'] = { target_metric: 'sharpe' }), "objective.target_metric from ['avg_period_return'"],
    ['constraints are none', (d) => (d['constraints'] = null), 'constraints object'],
    ['a constraint is absent', (d) => delete d['constraints'].tail_loss, 'constraints.tail_loss'],
    ['stability is none', (d) => (d['stability'] = []), 'stability object'],
    ['thresholds cannot be falsified', (d) => (d['stability'] = { time_split: 'pass', regime_split: 'pass' }), 'stability.sign_consistency_min'],
    ['the share is beyond one', (d) => (d['stability'].sign_consistency_min = 1.1), 'stability.sign_consistency_min must be'],
    ['the share is NaN', (d) => (d['stability'].sign_consistency_min = Number.NaN), 'stability.sign_consistency_min must be'],
    ['the interval is a word', (d) => (d['stability'].effect_ci_excludes_0 = 'yes'), 'stability.effect_ci_excludes_0'],
    ['flips are negative', (d) => (d['stability'].max_regime_flip_count = -1), 'stability.max_regime_flip_count'],
  ])('refuses a specification when %s', (_, change, fragment) => {
    expect(says(change)).toContain(fragment);
  });

  it('stops at the first failure, in its order', () => {
    expect(says((d) => Object.assign(d, { spec_version: 'v2', status: 'X', run_ids_evidence: [] }))).toContain('version mismatch');
    expect(says((d) => Object.assign(d, { run_ids_evidence: [], cost_bps_validated: -1 }))).toContain('run_ids_evidence');
    expect(says((d) => Object.assign(d, { cost_bps_validated: -1, objective: {} }))).toContain('cost_bps_validated');
  });

  it('accepts what its language took for numbers and text', () => {
    expect(says((d) => Object.assign(d, { cost_bps_validated: true }))).toBe('accepted');
    expect(says((d) => Object.assign(d, { cost_bps_validated: Number.NaN }))).toBe('accepted');
    expect(says((d) => (d['stability'].max_regime_flip_count = true))).toBe('accepted');
    expect(says((d) => (d['run_ids_evidence'] = [{ ...record, universe: null }]))).toBe('accepted');
    expect(says((d) => Object.assign(d, { status: 'DRAFT', tuning_allowed: 'maybe', constraints: null }))).toBe('accepted');
    const written = JSON.stringify(spec()).replace('"max_regime_flip_count":0', '"max_regime_flip_count":1.0');
    expect(() => loadOverlaySpecs([{ name: 'a.json', text: written }])).toThrow('stability.max_regime_flip_count must be an integer');
  });

  it('judges ` approved ` as approved and never applies it', () => {
    const loose = loadOverlaySpecs([
      file(
        'a.json',
        spec((d) => (d['status'] = ' approved ')),
      ),
    ]);
    expect(says((d) => Object.assign(d, { status: ' approved ', run_ids_evidence: [] }))).toContain('run_ids_evidence');
    expect(listApplicableOverlays(loose)).toEqual([]);
    expect(() => applyOverlay(loose, 'test_overlay')).toThrow('not applicable: its status is  approved ');
  });
});

const contract = (change: (edge: Json) => void = () => {}): Json => {
  const made: Json = {
    edge_id: 'an_edge',
    strategy: 'vol_compression_v1',
    status: 'APPROVED',
    signal_fields: ['rv_pct_2880'],
    cost_assumptions: { fee_bps_per_side: 4, slippage_bps_per_fill: 2 },
    validity_window: { start: '2020-01-01', end: null },
    required_evidence: [record],
    params: {},
  };
  change(made);
  return made;
};

describe('the edge contract', () => {
  it('accepts a complete approved edge and gives back a copy', () => {
    const given = contract();
    const checked = validateEdgeContract(given);
    expect(checked).toEqual(given);
    expect(checked).not.toBe(given);
    expect(checked['edge_id']).toBe('an_edge');
  });

  it('demands evidence of what is approved, and of anything when approval is demanded', () => {
    const draft = contract((d) => Object.assign(d, { status: 'DRAFT', required_evidence: [] }));
    expect(validateEdgeContract(draft)['status']).toBe('DRAFT');
    expect(() => validateEdgeContract(draft, { requireApproved: true })).toThrow('non-empty required_evidence');
  });

  it('loads the approved ones in their order, and fails without any', () => {
    const draft = contract((d) => Object.assign(d, { edge_id: 'draft', status: 'DRAFT', required_evidence: [] }));
    const loose = contract((d) => Object.assign(d, { edge_id: 'loose', status: ' approved ' }));
    expect(loadApprovedEdges([draft, loose, contract()]).map(({ edge_id }) => edge_id)).toEqual(['loose', 'an_edge']);
    expect(() => loadApprovedEdges([draft])).toThrow('no APPROVED edge contracts found');
    expect(() => loadApprovedEdges([contract(), contract((d) => Object.assign(d, { status: 'DRAFT', params: null }))])).toThrow(
      'params must be an object',
    );
  });

  it.each<[string, (edge: Json) => unknown, string]>([
    ['a key is absent', (d) => delete d['params'], "missing required fields ['params']"],
    ['the status is another word', (d) => (d['status'] = 'LIVE'), 'unsupported edge status LIVE'],
    ['there are no signal fields', (d) => (d['signal_fields'] = []), 'signal_fields must be a non-empty list'],
    ['a signal field is blank', (d) => (d['signal_fields'] = ['rv', ' ']), 'cannot contain empty names'],
    ['a cost is absent', (d) => delete d['cost_assumptions'].slippage_bps_per_fill, 'cost_assumptions missing slippage_bps_per_fill'],
    ['a cost is negative', (d) => (d['cost_assumptions'].fee_bps_per_side = -1), 'must be a non-negative number'],
    ['the window has no end', (d) => delete d['validity_window'].end, 'validity_window missing end'],
    ['parameters are a list', (d) => (d['params'] = []), 'params must be an object'],
    ['evidence is an object', (d) => (d['required_evidence'] = {}), 'required_evidence must be a list'],
    ['evidence lacks a field', (d) => (d['required_evidence'] = [{ run_id: 'a' }]), 'required_evidence[0] missing fields'],
    ['evidence is blank', (d) => (d['required_evidence'] = [{ ...record, run_id: '' }]), 'required_evidence[0].run_id cannot be empty'],
  ])('refuses an edge when %s', (_, change, fragment) => {
    expect(() => validateEdgeContract(contract((d) => void change(d)))).toThrow(EdgeContractValidationError);
    expect(() => validateEdgeContract(contract((d) => void change(d)))).toThrow(fragment);
  });

  it('checks in its order, and is no object’s keeper', () => {
    expect(() => validateEdgeContract('edge')).toThrow('must be an object');
    expect(() => validateEdgeContract(contract((d) => Object.assign(d, { status: 'X', signal_fields: [] })))).toThrow('unsupported edge status');
    expect(validateEdgeContract(contract((d) => (d['edge_id'] = null)))['edge_id']).toBeNull();
  });
});

const limits = {
  max_drawdown_pct: 30,
  tail_loss: { metric: 'cvar_99_1d', max_abs_return: 0.05 },
  turnover_budget: { max_bps_per_day: 25, max_trades_per_day: 20 },
  exposure_limits: { max_gross: 1, max_per_symbol: 1, max_time_in_market: 1 },
};
const good: Json = {
  max_drawdown: -0.2,
  fee_sensitivity: [{ fee_bps_per_side: 6, net_return: -0.1 }],
  overlay_bindings: { s: { applied_overlays: ['o'] } },
  risk_metrics: { cvar_99_1d: 0.04, bps_per_day: 10, trades_per_day: 5, max_gross: 0.9, max_per_symbol: 0.7, max_time_in_market: 0.8 },
  stability_checks: { sign_consistency: 0.8, effect_ci_excludes_0: true, regime_flip_count: 0 },
};
const against = (summary: Json, rest: Json = {}) =>
  checkEvidenceRun({
    summary,
    overlay: 'o',
    objectiveMetric: 'net_total_return',
    costBps: 6,
    constraints: limits,
    stability: { sign_consistency_min: 0.67, effect_ci_excludes_0: true, max_regime_flip_count: 0 },
    ...rest,
  });

describe('the promotion check of one run', () => {
  it('finds nothing against a run within all limits, even one that loses', () => {
    expect(against(good)).toEqual([]);
    expect(against({ ...good, max_drawdown: -0.3 })).toEqual([]);
  });

  it('says everything against a bad one, in its order', () => {
    const bad = { max_drawdown: -0.5, fee_sensitivity: [{ fee_bps_per_side: 2, net_return: 1 }], overlay_bindings: [], risk_metrics: {} };
    const stability_checks = { sign_consistency: 0.4, effect_ci_excludes_0: false, regime_flip_count: 3 };
    const reasons = against({ ...bad, stability_checks });
    expect(reasons.map(({ code }) => code)).toEqual([
      'OVERLAY_NOT_BOUND',
      'OBJECTIVE_COST_POINT_MISSING',
      'DRAWDOWN_VIOLATED',
      'TAIL_MISSING',
      'TURNOVER_BPS_MISSING',
      'TURNOVER_TRADES_MISSING',
      'EXPOSURE_MAX_GROSS_MISSING',
      'EXPOSURE_MAX_PER_SYMBOL_MISSING',
      'EXPOSURE_MAX_TIME_IN_MARKET_MISSING',
      'SIGN_CONSISTENCY_LOW',
      'CI_MISMATCH',
      'REGIME_FLIPS_EXCEEDED',
    ]);
    const text = reasons.map((reason) => reason.text).join('\n');
    for (const fragment of ['overlay not found', 'max_drawdown_pct violated: 50.00 > 30.00', 'sign_consistency below threshold: 0.400 < 0.670'])
      expect(text).toContain(fragment);
    expect(text).toContain('missing fee_sensitivity.net_return for cost_bps=6');
  });

  it('writes numbers as the checker did', () => {
    const risk_metrics = { cvar_99_1d: -0.06, bps_per_day: 30, trades_per_day: 21, max_gross: 2, max_per_symbol: 1.5, max_time_in_market: 1.01 };
    expect(against({ ...good, risk_metrics }).map(({ text }) => text)).toEqual([
      'tail_loss violated for cvar_99_1d: 0.060000 > 0.050000',
      'turnover bps/day violated: 30.00 > 25.00',
      'turnover trades/day violated: 21.00 > 20.00',
      'exposure max_gross violated: 2.0000 > 1.0000',
      'exposure max_per_symbol violated: 1.5000 > 1.0000',
      'exposure max_time_in_market violated: 1.0100 > 1.0000',
    ]);
  });

  it('knows no other objective, asks for no limit that is null, and dislikes a better interval as well', () => {
    expect(against(good, { objectiveMetric: 'net_cagr' }).map(({ code }) => code)).toEqual(['OBJECTIVE_UNSUPPORTED']);
    const none = { max_drawdown_pct: null, tail_loss: {}, exposure_limits: null, turnover_budget: null };
    expect(against({ ...good, max_drawdown: undefined, risk_metrics: 'none' }, { constraints: none })).toEqual([]);
    const asked = { sign_consistency_min: 0, effect_ci_excludes_0: false, max_regime_flip_count: 9 };
    expect(against(good, { stability: asked }).map(({ code }) => code)).toEqual(['CI_MISMATCH']);
  });

  it('looks for a summary in two places', () => {
    expect(summaryPaths('data/reports', 'run_a')).toEqual([
      'data/reports/by_run/run_a/backtest/vol_compression_expansion_v1/summary.json',
      'data/reports/vol_compression_expansion_v1/run_a/summary.json',
    ]);
  });
});

describe('the promotion verdict', () => {
  it('fails the shipped overlay today: none of its runs exists', () => {
    const { verdict, codes } = checkOverlayPromotion(approved, specs.get(approved)!, () => null);
    expect(verdict).toMatchObject({ overlay: approved, verdict: 'FAIL_PROMOTION', checked_evidence_runs: 3 });
    expect(codes).toEqual(Array(3).fill('EVIDENCE_SUMMARY_MISSING'));
    expect(verdict.reasons[0]).toEqual({ scope: 'baseline_2021_2022_phase2_promotion', reason: 'summary.json not found for evidence run' });
  });

  it('gives a draft codes where the checker crashed', () => {
    const draft = spec((d) =>
      Object.assign(d, { status: 'DRAFT', cost_bps_validated: null, run_ids_evidence: [{ ...record, run_id: ' ' }, record] }),
    );
    const { verdict, codes } = checkOverlayPromotion('o', draft, (id) => ({ path: `x/${id}/summary.json`, summary: good }));
    expect(codes.slice(0, 3)).toEqual(['SPEC_NOT_APPROVED', 'EVIDENCE_SUMMARY_MISSING', 'OBJECTIVE_COST_POINT_MISSING']);
    expect(verdict.reasons.map(({ scope }) => scope).slice(0, 3)).toEqual(['spec', 'unknown', 'run_a']);
    expect(verdict.reasons[2]).toMatchObject({ summary_path: 'x/run_a/summary.json', reason: expect.stringContaining('cost_bps=None') });
  });

  it('is two files: sorted JSON, and a page', () => {
    const fine = checkOverlayPromotion('o', spec(), () => ({ path: 'x', summary: good })).verdict;
    const files = verdictFiles(fine);
    expect(Object.keys(JSON.parse(files['promotion_verdict.json']) as object)).toEqual(['checked_evidence_runs', 'overlay', 'reasons', 'verdict']);
    expect(files['promotion_verdict.json']).toContain('\n  "verdict": "PASS_PROMOTION"');
    expect(files['promotion_verdict.md']).toContain('All checks passed');
    const failed = verdictFiles({ ...fine, verdict: 'FAIL_PROMOTION', reasons: [{ scope: 'spec', reason: 'not approved' }] });
    expect(failed['promotion_verdict.md']).toContain('- [spec] not approved');
  });
});
