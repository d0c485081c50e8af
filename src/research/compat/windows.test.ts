import { describe, expect, it } from 'vitest';
import { crossVenueDesync } from './cross_venue_desync.ts';
import { directionalExhaustionAfterForcedFlow } from './directional_exhaustion_after_forced_flow.ts';
import { featureTable, referenceAnalyzers } from './index.ts';
import { liquidityAbsenceWindow } from './liquidity_absence_window.ts';
import { liquidityRefillLagWindow } from './liquidity_refill_lag_window.ts';
import { closesWith, columnOf, frameOf, tableOfFiles, textOfFiles, wavyCloses } from './testing/fixtures.ts';

const wavy = () => frameOf(wavyCloses(8000, 'seed=2/test/BTCUSDT'), { halfRange: (bar) => 0.001 + 0.004 * Math.max(0, Math.sin(bar / 150)) ** 8 });
const commonParts = ['events', 'controls', 'matched_deltas', 'hazards', 'phase_stability', 'sign_stability'];

describe('the reference’s window analyzers', () => {
  it.each(['liquidity_absence_window', 'liquidity_refill_lag_window', 'directional_exhaustion_after_forced_flow', 'cross_venue_desync'])(
    '%s writes every file with headers and no action when there is nothing to see',
    (id) => {
      const files = referenceAnalyzers.get(id)!.files([frameOf(closesWith(90, []))], { runId: 'x' });
      for (const part of commonParts) expect([part, tableOfFiles(files, `${id}_${part}.csv`).header.length > 3]).toEqual([part, true]);
      expect(JSON.parse(textOfFiles(files, `${id}_summary.json`))).toMatchObject({
        event_type: id,
        phase: 1,
        actions_generated: 0,
        events: 0,
        controls: 0,
      });
      expect(textOfFiles(files, `${id}_summary.md`)).toContain('No rows.');
    },
  );

  it('absence finds nothing where all session starts are alike (Appendix B.3)', () => {
    // Every day repeats the day before, so that all anchors of an hour share one rank.
    const close = Float64Array.from({ length: 960 }, (_, bar) => 100 + Math.sin((bar % 96) / 15));
    const files = liquidityAbsenceWindow.files([frameOf(close)], { runId: 'x', windowEnd: 96, absenceQuantile: 0.3 });
    expect(tableOfFiles(files, '_events.csv').rows).toEqual([]);
    expect(textOfFiles(files, '_interpretation.md')).toContain('not rarer');
  });

  it('absence takes volume for activity where there is any, else volatility (S-11)', () => {
    const frame = wavy();
    const volume = Float64Array.from({ length: frame.rows }, (_, bar) => 1000 - bar / 10);
    const activity = (columns: typeof frame.columns) =>
      columnOf(tableOfFiles(liquidityAbsenceWindow.files([{ ...frame, columns }], { runId: 'x' }), '_events.csv'), 'activity_metric') as number[];
    expect(activity({ ...frame.columns, volume }).every((value) => value > 100)).toBe(true);
    expect(activity(frame.columns).every((value) => value < 0.1)).toBe(true);
  });

  it('absence matches every quiet start of an hour with one and the same bar (S-10)', () => {
    const controls = tableOfFiles(liquidityAbsenceWindow.files([wavy()], { runId: 'x' }), '_controls.csv');
    expect(controls.rows.length).toBeGreaterThan(6);
    expect(new Set(columnOf(controls, 'start_idx')).size).toBeLessThanOrEqual(3);
  });

  it('refill finds nothing where every impulse refills (Appendix B.3)', () => {
    const close = closesWith(1000, [{ from: 400, to: 400, factor: () => 1.03 }]);
    const files = liquidityRefillLagWindow.files([frameOf(close)], { runId: 'x', impulseQuantile: 0.995, refillMultiple: 1.2 });
    expect(tableOfFiles(files, '_events.csv').rows).toEqual([]);
  });

  it('refill finds an impulse after which ranges stay wide, already in its large move (S-03)', () => {
    const close = closesWith(1000, [{ from: 400, to: 999, factor: (bar) => (bar === 400 ? 1.03 : 1.0002) }]);
    const files = liquidityRefillLagWindow.files([frameOf(close, { halfRange: (bar) => (bar >= 400 && bar < 420 ? 0.02 : 0.002) })], {
      runId: 'x',
      impulseQuantile: 0.999,
    });
    const events = tableOfFiles(files, '_events.csv');
    expect(columnOf(events, 'event_id')).toEqual(['lrl_BTCUSDT_000400']);
    expect(columnOf(events, 'time_to_tail_move')).toEqual([0]);
    expect(columnOf(tableOfFiles(files, '_hazards.csv'), 'at_risk').slice(0, 48)).toEqual(new Array(48).fill(0));
  });

  it('exhaustion keeps anchors without a new extreme, counts from 1, and lets rejected ones block', () => {
    // A jump up at 300 that goes on (rejected), one at 320 inside its window (blocked), one at 500 that is the top.
    const close = closesWith(1000, [
      { from: 300, to: 499, factor: (bar) => (bar === 300 || bar === 320 ? 1.03 : bar < 340 ? 1.001 : 0.9999) },
      { from: 500, to: 999, factor: (bar) => (bar === 500 ? 1.03 : 0.9999) },
    ]);
    const files = directionalExhaustionAfterForcedFlow.files([frameOf(close)], { runId: 'x', anchorQuantile: 0.998 });
    const events = tableOfFiles(files, '_events.csv');
    expect(columnOf(events, 'event_id')).toEqual(['deff_BTCUSDT_000500']);
    expect(columnOf(events, 'direction')).toEqual([1]);
    expect(columnOf(events, 'time_to_tail_move')).toEqual([1]);
  });

  it('exhaustion says taker imbalance whatever it looks at (S-12), and sees no liquidations without their column', () => {
    const frame = wavy();
    const plain = tableOfFiles(directionalExhaustionAfterForcedFlow.files([frame], { runId: 'x' }), '_events.csv');
    expect(plain.rows.length).toBeGreaterThan(2);
    expect(new Set(columnOf(plain, 'anchor_mode'))).toEqual(new Set(['taker_imbalance']));
    const mode = { runId: 'x', anchorMode: 'liquidation_cluster' } as const;
    expect(tableOfFiles(directionalExhaustionAfterForcedFlow.files([frame], mode), '_events.csv').rows).toEqual([]);
    const liquidations = { ...frame, columns: { ...frame.columns, liq_volume: frame.columns['ret_1']!.map(Math.abs) } };
    expect(columnOf(tableOfFiles(directionalExhaustionAfterForcedFlow.files([liquidations], mode), '_events.csv'), 'start_idx')).toEqual(
      columnOf(plain, 'start_idx'),
    );
  });

  it('exhaustion reads both tails of the imbalance where takers are known', () => {
    const frame = wavy();
    const volume = new Float64Array(frame.rows).fill(10);
    const taker = volume.map((_, bar) => (bar % 1000 === 500 ? 9 : bar % 1000 === 700 ? 1 : 5 + Math.sin(bar)));
    const files = directionalExhaustionAfterForcedFlow.files([{ ...frame, columns: { ...frame.columns, volume, taker_base_volume: taker } }], {
      runId: 'x',
      anchorQuantile: 0.9995,
    });
    const events = tableOfFiles(files, '_events.csv');
    const expected = (columnOf(events, 'start_idx') as number[]).map((bar) => (bar % 1000 === 500 ? 1 : -1));
    expect(columnOf(events, 'direction')).toEqual(expected);
    expect(expected.length).toBeGreaterThan(0);
  });

  it('desync matches every event with itself, never sees it revert, and knows only bars of both legs', () => {
    const perp = wavy();
    const drift = (bar: number) => 1 + (bar % 500 < 60 ? 0.002 * (bar % 500) : 0) / 60 + 0.0001 * Math.sin(bar);
    const close = perp.columns['close']!.map((price, bar) => price / drift(bar));
    const spot = frameOf(close.subarray(200));
    const late = { ...spot, openTime: perp.openTime.subarray(200) };
    const files = crossVenueDesync.files([perp], { runId: 'x', spot: [late] });
    const [events, controls] = [tableOfFiles(files, '_events.csv'), tableOfFiles(files, '_controls.csv')];
    expect(events.rows.length).toBeGreaterThan(0);
    expect(new Set(columnOf(events, 'time_to_revert'))).toEqual(new Set([33]));
    expect(columnOf(controls, 'start_idx')).toEqual(columnOf(events, 'start_idx'));
    expect(new Set(columnOf(tableOfFiles(files, '_matched_deltas.csv'), 'delta_realized_vol_mean'))).toEqual(new Set([0]));
    expect(new Set(columnOf(tableOfFiles(files, '_hazards.csv'), 'hits'))).toEqual(new Set([0]));
    const [first] = columnOf(events, 'start_idx') as number[];
    expect(columnOf(events, 'anchor_ts')[0]).toBe(`${new Date(perp.openTime[first! + 200]!).toISOString().slice(0, 19).replace('T', ' ')}+00:00`);
  });

  it('see no column that the reference’s feature table lacks', () => {
    const frame = wavy();
    const wide = { ...frame, columns: { ...frame.columns, volume: new Float64Array(frame.rows), 'spot.close': new Float64Array(frame.rows) } };
    expect(Object.keys(featureTable(wide).columns).sort()).toEqual(Object.keys(frame.columns).sort());
  });
});
