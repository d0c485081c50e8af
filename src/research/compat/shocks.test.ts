import { describe, expect, it } from 'vitest';
import { calibrateShocks } from './lib/shockCalibration.ts';
import { volShockStudy } from './lib/shockStudy.ts';
import { detectShocks, shockSeries, shockThreshold } from './lib/volShock.ts';
import { closesWith, columnOf, frameOf, tableOfFiles, textOfFiles, wavyCloses } from './testing/fixtures.ts';
import { volAftershockWindow } from './vol_aftershock_window.ts';
import { volShockRelaxation } from './vol_shock_relaxation.ts';

const swing = (up: number, down: number) => (bar: number) => (bar % 2 === 0 ? up : down);

/** research specification, Appendix B.1 */
const shockFixture = () =>
  frameOf(
    closesWith(900, [
      { from: 350, to: 361, factor: swing(1.01, 0.988) },
      { from: 362, to: 419, factor: () => 1.0003 },
      { from: 650, to: 663, factor: swing(1.011, 0.987) },
    ]),
  );

/** Appendix B.2 */
const aftershockFixture = () =>
  frameOf(
    closesWith(1000, [
      { from: 330, to: 351, factor: swing(1.012, 0.989) },
      { from: 650, to: 667, factor: swing(1.013, 0.988) },
    ]),
  );

const wavyFrames = (symbols: readonly string[]) => symbols.map((symbol) => frameOf(wavyCloses(8000, `seed=1/test/${symbol}`), { symbol }));

describe('volatility shocks', () => {
  it('are those of the published fixture', () => {
    const series = shockSeries(shockFixture());
    const threshold = shockThreshold(series, 0.99);
    expect(threshold).toBeCloseTo(57.27430426556192, 9);
    expect(detectShocks(series, threshold)).toEqual([{ enter: 660, exit: 678 }]);
    const [event] = volShockStudy([shockFixture()], { runId: 'x', shockQuantiles: [0.99] }).events;
    expect(event).toMatchObject({ t_rv_peak: 4, rv_decay_half_life: 14, secondary_shock_within_h: 1, time_to_secondary_shock: 5 });
    expect(event!.rv_base_enter).toBeCloseTo(0.00019998, 8);
    expect(event!.rv_peak).toBeCloseTo(0.012749, 6);
    expect(event!.range_pct_96).toBeCloseTo(0.040538, 6);
  });

  it('are calibrated to 0.99 in the published fixture, where no quantile has enough events', () => {
    const rows = calibrateShocks(shockSeries(shockFixture()), { quantiles: [0.995, 0.95, 0.97, 0.98, 0.99, 2], minEvents: 50 });
    expect(rows.map((row) => row.event_count)).toEqual([2, 2, 2, 1, 1]);
    expect(rows.filter((row) => row.selected).map((row) => row.shock_quantile)).toEqual([0.99]);
  });

  it('are calibrated to the highest quantile with enough events', () => {
    const rows = calibrateShocks(shockSeries(shockFixture()), { quantiles: [0.95, 0.98, 0.99], minEvents: 2 });
    expect(rows.map(({ selected_quantile }) => selected_quantile)).toEqual([0.98, 0.98, 0.98]);
  });

  it('wait until the previous one has relaxed and cooled down', () => {
    const series = shockSeries(wavyFrames(['AAAUSDT'])[0]!);
    const shocks = detectShocks(series, shockThreshold(series, 0.9));
    expect(shocks.length).toBeGreaterThan(5);
    shocks.slice(1).forEach(({ enter }, i) => expect(enter).toBeGreaterThan(shocks[i]!.exit + 12));
  });

  it('that never relax end with the data', () => {
    const series = shockSeries(frameOf(closesWith(900, [{ from: 880, to: 899, factor: swing(1.02, 0.98) }])));
    expect(detectShocks(series, 5).at(-1)!.exit).toBe(899);
  });

  it('give the same files every time, and no column says signal, alpha, side or entry rule', () => {
    const [first, second] = [0, 1].map(() => volShockRelaxation.files(wavyFrames(['AAAUSDT', 'BBBUSDT']), { runId: 'x' }));
    expect(first).toEqual(second);
    expect(tableOfFiles(first!, '_events.csv').header.filter((name) => /signal|alpha|side|entry_rule/i.test(name))).toEqual([]);
  });

  it('draw the same controls whichever other symbols are there', () => {
    const drawn = (symbols: readonly string[]) =>
      tableOfFiles(volShockRelaxation.files(wavyFrames(symbols), { runId: 'x' }), '_controls.csv').rows.filter((row) =>
        String(row[0]).includes('BBBUSDT'),
      );
    expect(drawn(['BBBUSDT']).length).toBeGreaterThan(0);
    expect(drawn(['AAAUSDT', 'BBBUSDT'])).toEqual(drawn(['BBBUSDT']));
  });

  it('cannot be promoted, because one key metric of a control is its event’s own (S-04)', () => {
    const study = volShockStudy(wavyFrames(['AAAUSDT', 'BBBUSDT']), { runId: 'x' });
    const relaxed = study.deltas.filter(({ metric }) => metric === 'relaxed_within_96');
    expect(relaxed.length).toBeGreaterThan(3);
    expect(relaxed.every(({ delta_mean, status }) => delta_mean === 0 && status === 'includes_zero')).toBe(true);
    expect([study.gates.stable_ci, study.decision]).toEqual([false, 'freeze']);
  });

  it('refuse a control handed in that could not have been drawn', () => {
    const frames = [shockFixture()];
    const picks = new Map([['vsr_v1_BTCUSDT_000001', [661]]]);
    expect(() => volShockRelaxation.files(frames, { runId: 'x', shockQuantiles: [0.99], picks })).toThrow('bar 661 is not a candidate');
  });

  it('leave headers and strict JSON behind where there are none', () => {
    const files = volShockRelaxation.files([frameOf(closesWith(200, []))], { runId: 'x' });
    expect(files.length).toBe(11);
    for (const file of files) if ('rows' in file) expect(file.header.length).toBeGreaterThan(2);
    expect(JSON.parse(textOfFiles(files, 'summary.json'))).toMatchObject({ decision: 'freeze', phase1_structure_pass: false, event_count: 0 });
  });
});

describe('windows after a shock', () => {
  it('are those of the published fixture', () => {
    const files = volAftershockWindow.files([aftershockFixture()], { runId: 'x' });
    const events = tableOfFiles(files, '_events.csv');
    expect(columnOf(events, 'start_idx')).toEqual([682, 682, 706, 730]);
    expect(columnOf(events, 'parent_relax_duration')).toEqual([23, 23, 23, 23]);
    expect(columnOf(events, 'secondary_shock_within')).toEqual([0, 0, 0, 0]);
    expect(tableOfFiles(files, '_controls.csv').rows.length).toBe(4);
  });

  it('write every file and name the sweep and no action, with or without shocks', () => {
    const parts = [
      'events',
      'controls',
      'matched_deltas',
      'hazards',
      'phase_stability',
      'sign_stability',
      'conditional_hazards',
      'window_sensitivity',
      'placebo_deltas',
    ];
    for (const frame of [aftershockFixture(), frameOf(closesWith(200, []))]) {
      const files = volAftershockWindow.files([frame], { runId: 'x', windowStart: 8, windowEnd: 20 });
      for (const part of parts) expect(tableOfFiles(files, `window_${part}.csv`).header.length).toBeGreaterThan(3);
      expect(textOfFiles(files, '_re_risk_note.md')).toMatch(/^# Re-risk Defensibility Note\n\n\w/);
      const sweep = [0, 8, 24, 48].map((x, i) => ({ x, y: [48, 20, 96, 144][i] }));
      expect(JSON.parse(textOfFiles(files, 'summary.json'))).toMatchObject({
        event_type: 'vol_aftershock_window',
        actions_generated: 0,
        window_sweep: sweep,
      });
    }
  });

  it('are cut at the end of the data, and dropped where nothing is left', () => {
    const frame = frameOf(wavyCloses(8000, 'seed=1/test/AAAUSDT'));
    const cut = {
      ...frame,
      rows: 5000,
      openTime: frame.openTime.subarray(0, 5000),
      columns: Object.fromEntries(Object.entries(frame.columns).map(([name, column]) => [name, column.subarray(0, 5000)])),
    };
    const events = tableOfFiles(volAftershockWindow.files([cut], { runId: 'x' }), '_events.csv');
    const [starts, ends] = [columnOf(events, 'start_idx'), columnOf(events, 'end_idx')] as number[][];
    expect(starts!.every((from, i) => ends![i]! > from && ends![i]! <= 4999)).toBe(true);
  });
});
