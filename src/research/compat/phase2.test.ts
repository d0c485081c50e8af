import { describe, expect, it } from 'vitest';
import { stampText, type ReferenceTable } from './lib/table.ts';
import type { PolicyEvent } from './lib/policyConditions.ts';
import { contribution, policyActions } from './lib/policyActions.ts';
import { edgeCandidates } from './edge_candidates.ts';
import { phase2Files, type Phase2Input } from './phase2.ts';
import { columnOf, frameOf, tableOfFiles, textOfFiles, wavyCloses } from './testing/fixtures.ts';
import type { ShockControl } from './lib/shockTables.ts';

const start = Date.UTC(2024, 0, 1);

/** 120 events of two symbols in two years, one after another through the hours; all peak early in a long shock (Appendix B.5). */
const fixture = (): Phase2Input => {
  const events = Array.from({ length: 120 }, (_, i): PolicyEvent => {
    const time = start + (i < 60 ? 0 : 366 * 86_400_000) + i * 8 * 3_600_000;
    return {
      event_id: `e${i}`,
      symbol: i % 2 === 0 ? 'BTCUSDT' : 'ETHUSDT',
      enter_idx: 300 + 10 * i,
      enter_ts: stampText(time),
      year: new Date(time).getUTCFullYear(),
      duration_bars: 40,
      t_rv_peak: i % 9,
      rv_decay_half_life: 12,
      secondary_shock_within_h: 1,
      time_to_secondary_shock: 5,
      range_pct_96: 0.05,
      tod_bucket: (i % 3) * 8,
      vol_regime: i % 4 < 2 ? 'high' : 'low',
      bull_bear: i % 5 < 2 ? 'bull' : 'bear',
    };
  });
  const controls = events.map(({ event_id, enter_idx }): ShockControl => ({
    event_id,
    control_idx: enter_idx + 3,
    relaxed_within_96: 1,
    auc_excess_rv: 0,
    rv_decay_half_life: 3,
    secondary_shock_within_h: 0,
    time_to_secondary_shock: Number.NaN,
    range_pct_96: 0.01,
    time_to_range_expansion: Number.NaN,
  }));
  return { events, controls, phase1: { decision: 'freeze', phase1_structure_pass: true }, bars: [] };
};
const small = { runId: 'x', bootstrapDraws: 200 };
const manifestOf = (files: ReturnType<typeof phase2Files>) => JSON.parse(textOfFiles(files, 'manifests.json')) as Record<string, unknown>;
const promotedOf = (files: ReturnType<typeof phase2Files>) =>
  JSON.parse(textOfFiles(files, 'promoted_candidates.json')) as {
    decision: string;
    promoted_count: number;
    phase1_pass: boolean;
    candidates: Record<string, unknown>[];
  };

describe('conditional hypotheses', () => {
  it('are those of the published fixture', () => {
    const files = phase2Files(fixture(), small);
    const table = tableOfFiles(files, 'phase2_candidates.csv');
    expect(table.rows.length).toBe(104);
    const sizes = new Map(table.rows.map((row) => [row[0], row[table.header.indexOf('sample_size')]]));
    expect([...sizes.keys()]).toEqual([
      'all',
      'symbol_BTCUSDT',
      'symbol_ETHUSDT',
      'bull_bear_bear',
      'bull_bear_bull',
      'vol_regime_high',
      'vol_regime_low',
      'session_asia',
      'session_eu',
      'session_us',
      'age_bucket_0_8',
      'near_half_life',
      'fractional_age_0_33',
    ]);
    expect(['all', 'symbol_BTCUSDT', 'symbol_ETHUSDT', 'session_asia', 'session_eu', 'session_us'].map((name) => sizes.get(name))).toEqual([
      120, 60, 60, 40, 40, 40,
    ]);
    expect(manifestOf(files)).toMatchObject({
      phase1_pass: true,
      conditions_generated: 17,
      conditions_evaluated: 17,
      actions_evaluated: 8,
      candidates_evaluated: 104,
      caps: { condition_cap_pass: true, action_cap_pass: true, simplicity_gate_pass: true },
    });
    expect(new Set(columnOf(table, 'gate_e_simplicity'))).toEqual(new Set([true]));
  });

  it('let skipping everything pass when bars are missing, because no opportunity is lost (S-20)', () => {
    const passes = (input: Phase2Input) => {
      const { header, rows } = tableOfFiles(phase2Files(input, small), 'phase2_candidates.csv');
      return rows.find((row) => row[0] === 'all' && row[2] === 'entry_gate_skip')![header.indexOf('gate_all')];
    };
    const bars = ['BTCUSDT', 'ETHUSDT'].map((symbol) => {
      const calm = wavyCloses(2000, `seed=3/test/${symbol}`);
      // Large moves after events, none after their controls.
      return frameOf(
        calm.map((price, bar) => price * (bar % 10 === 0 && bar % 40 < 20 ? 1.05 : 1)),
        { symbol },
      );
    });
    expect(passes(fixture())).toBe(true);
    expect(passes({ ...fixture(), bars })).toBe(false);
  });

  it('promote at most two, the most negative first, and freeze when caps are exceeded', () => {
    const promoted = promotedOf(phase2Files(fixture(), small));
    expect([promoted.decision, promoted.promoted_count, promoted.phase1_pass]).toEqual(['promote', 2, true]);
    const capped = phase2Files(fixture(), { ...small, maxConditions: 3, maxActions: 2 });
    const table = tableOfFiles(capped, 'phase2_candidates.csv');
    expect(table.rows.length).toBe(6);
    expect(new Set(columnOf(table, 'gate_e_simplicity'))).toEqual(new Set([false]));
    expect(promotedOf(capped).decision).toBe('freeze');
    expect(manifestOf(capped)['caps']).toMatchObject({ condition_cap_pass: false, action_cap_pass: false, simplicity_gate_pass: false });
  });

  it('count symbols against the cap, so that six of them can promote nothing (S-38)', () => {
    const { events, ...rest } = fixture();
    const spread = events.map((event, i) => ({ ...event, symbol: `S${i % 6}USDT` }));
    expect(manifestOf(phase2Files({ ...rest, events: spread }, small))['caps']).toMatchObject({
      condition_cap_pass: false,
      simplicity_gate_pass: false,
    });
  });

  it.each([
    ['did not pass', { decision: 'freeze', phase1_structure_pass: false }, 'freeze'],
    ['left no summary', null, 'missing_summary'],
  ])('look at nothing when phase 1 %s, and leave a table with its header', (_, phase1, decision) => {
    const files = phase2Files({ ...fixture(), phase1 }, small);
    const { header, rows } = tableOfFiles(files, 'phase2_candidates.csv');
    expect([header.length, rows.length]).toEqual([23, 0]);
    expect(manifestOf(files)).toMatchObject({ phase1_pass: false, phase1_decision: decision, candidates_evaluated: 0, conditions_evaluated: 17 });
    expect(manifestOf(phase2Files({ ...fixture(), phase1 }, { ...small, requirePhase1Pass: false }))).toMatchObject({
      phase1_pass: true,
      phase1_decision: 'unknown',
    });
  });

  it('compare with nothing where there are no controls', () => {
    const table = tableOfFiles(phase2Files({ ...fixture(), controls: null }, small), 'phase2_candidates.csv');
    expect(new Set(columnOf(table, 'baseline_mode'))).toEqual(new Set(['event_proxy_only']));
    const raw = table.rows.find((row) => row[0] === 'all' && row[2] === 'risk_throttle_0')!;
    expect(raw[table.header.indexOf('delta_adverse_mean')]).toBeCloseTo(-(0.5 + 0.025), 12);
  });

  it('can never find an action that does harm, and know two actions by two names each (S-20, S-33)', () => {
    const { rows, header } = tableOfFiles(phase2Files(fixture(), small), 'phase2_candidates.csv');
    const adverse = (action: string) => rows.filter((row) => row[2] === action).map((row) => row[header.indexOf('delta_adverse_mean')] as number);
    for (const { name } of policyActions) expect(adverse(name).every((value) => value <= 0)).toBe(true);
    expect(adverse('entry_gate_skip')).toEqual(adverse('risk_throttle_0'));
    expect(adverse('no_action')).toEqual(adverse('delay_0'));
  });

  it('remove harm and exposure as their table says', () => {
    const event = { ...fixture().events[0]!, time_to_secondary_shock: 20, rv_decay_half_life: 48 };
    const changes = policyActions.map((action) => contribution(action, { event, adverse: 0.4, opportunity: 0.02 }));
    expect(changes.map(({ adverse }) => adverse)).toEqual([0, -0.4, -0.2, -0.4, 0, 0, -0.4, -0.4]);
    expect(changes.map(({ exposure }) => exposure)).toEqual([0, -1, -0.5, -1, 0, -8 / 96, -30 / 96, -0.5]);
    expect(changes.map(({ opportunity }) => opportunity)).toEqual([0, -0.02, -0.01, -0.02, 0, -(8 / 96) * 0.02, -(30 / 96) * 0.02, -0.01]);
    const never = { ...event, time_to_secondary_shock: Number.NaN, rv_decay_half_life: Number.NaN };
    expect(contribution(policyActions.at(-1)!, { event: never, adverse: 0.4, opportunity: 0.02 })).toEqual({
      adverse: -0.4,
      exposure: -1,
      opportunity: -0.02,
    });
  });
});

describe('edge candidates', () => {
  const table = (header: string, ...rows: ReferenceTable['rows']): ReferenceTable => ({
    name: 'phase2_candidates.csv',
    header: header.split(' '),
    rows,
  });
  const list = (options: Omit<Parameters<typeof edgeCandidates.files>[1], 'runId'>) =>
    tableOfFiles(edgeCandidates.files([], { runId: 'r', ...options }), '.csv').rows;

  it('are drafts with score 0 for every row of phase 2, passing or not', () => {
    const rows = list({ phase2: { some_event: tableOfFiles(phase2Files(fixture(), small), 'phase2_candidates.csv') } });
    expect(rows.length).toBe(104);
    expect(rows[7]).toEqual(['r', 'some_event', 'some_event_7', 'DRAFT', 0, 0, 0, 0, 'reports/phase2/r/some_event/phase2_candidates.csv']);
  });

  it('read the columns that they look for, and rank by score, then stability', () => {
    const phase2 = {
      b: table('candidate_id status score net_return stability_score count', ['x', 'APPROVED', 1, 0.5, 2, 30]),
      a: table('edge_score', [1], [3]),
    };
    const summaries = { book: { net_total_return: 2, sharpe_annualized: 0.4, total_trades: 12 }, by_run: { net_total_return: 9 }, abma: {} };
    expect(list({ phase2, summaries }).map((row) => row.slice(1, 8))).toEqual([
      ['a', 'a_1', 'DRAFT', 3, 0, 0, 0],
      ['book', 'book_summary_candidate', 'DRAFT', 2, 2, 0.4, 12],
      ['b', 'x', 'APPROVED', 1, 0.5, 2, 30],
      ['a', 'a_0', 'DRAFT', 1, 0, 0, 0],
      ['abma', 'abma_summary_candidate', 'DRAFT', 0, 0, 0, 0],
    ]);
  });

  it('are an empty table with a header where there is nothing', () => {
    const files = edgeCandidates.files([], { runId: 'r' });
    expect([tableOfFiles(files, '.csv').header.length, tableOfFiles(files, '.csv').rows, textOfFiles(files, '.json')]).toEqual([9, [], '[]\n']);
  });
});
