import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crossVenueDesync } from '../../src/research/compat/cross_venue_desync.ts';
import { directionalExhaustionAfterForcedFlow } from '../../src/research/compat/directional_exhaustion_after_forced_flow.ts';
import { edgeCandidates } from '../../src/research/compat/edge_candidates.ts';
import { featureTable, type ReferenceFrame } from '../../src/research/compat/lib/frame.ts';
import type { ReferenceFile } from '../../src/research/compat/lib/table.ts';
import { shockSeries } from '../../src/research/compat/lib/volShock.ts';
import { liquidityAbsenceWindow } from '../../src/research/compat/liquidity_absence_window.ts';
import { liquidityRefillLagWindow } from '../../src/research/compat/liquidity_refill_lag_window.ts';
import { phase2 } from '../../src/research/compat/phase2.ts';
import { volAftershockWindow } from '../../src/research/compat/vol_aftershock_window.ts';
import { volShockRelaxation } from '../../src/research/compat/vol_shock_relaxation.ts';
import { readJson } from '../support/compare.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';
import {
  expectSameMeans,
  expectSimilarBounds,
  expectTable,
  loadFrames,
  readTextTable,
  recordsOf,
  tableNamed,
  textNamed,
} from '../support/researchTables.ts';
import { type ArchiveServer, goldenFolder, noteMissing, serveArchive } from '../support/shared.ts';

const symbols = ['BTCUSDT', 'ETHUSDT'];
const runId = 'golden_2021_2022';
const shocks = 'vol_shock_relaxation';

if (goldenFolder === null) noteMissing('comparison with the reference system’s research');

describe.runIf(goldenFolder !== null)('the reference system’s research, 2021-2022', () => {
  const folder = (...parts: string[]) => join(goldenFolder!, 'research', ...parts);
  const rows = (id: string, part: string) => recordsOf(readTextTable(folder(id, `${id}_${part}.csv`)));
  let archive: ArchiveServer;
  let frames: ReferenceFrame[];

  beforeAll(async () => {
    archive = (await serveArchive())!;
    const request = { symbols, start: '2021-01-01', end: '2022-12-31', strategies: ['vol_compression_v1'], compat: 'reference' };
    const loaded = await loadFrames(request, { dataRoot: temporaryFolder(), archiveUrl: archive.url });
    frames = loaded.map(featureTable);
  }, 120_000);

  afterAll(async () => {
    await archive.close();
    removeFolders();
  });

  /** The controls that the reference drew for its shocks. */
  const shockPicks = () => {
    const picks = new Map<string, number[]>();
    for (const row of rows(shocks, 'controls')) picks.set(row['event_id']!, [...(picks.get(row['event_id']!) ?? []), Number(row['control_idx'])]);
    return picks;
  };

  /** Its summaries name paths below `data/`. */
  const expectText = (files: readonly ReferenceFile[], name: string, ...parts: string[]) => {
    const text = textNamed(files, name).replaceAll('"reports/', '"data/reports/');
    expect(text.trimEnd(), name).toBe(readFileSync(folder(...parts, name), 'utf8').trimEnd());
  };

  it('has the same shocks, thresholds and gates, and given its controls the same hazards and differences', () => {
    const files = volShockRelaxation.files(frames, { runId, picks: shockPicks() });
    for (const part of ['events', 'controls', 'hazards', 'hazard_auc', 'sanity', 'sign_stability', 'phase_stability', 'thresholds'])
      expectTable(tableNamed(files, `${shocks}_${part}.csv`), folder(shocks));
    const deltas = tableNamed(files, `${shocks}_matched_deltas.csv`);
    expectTable(deltas, folder(shocks), { except: ['delta_ci_low', 'delta_ci_high'] });
    expectSimilarBounds(deltas, folder(shocks), 'delta');
    expectText(files, `${shocks}_summary.json`, shocks);
  });

  it('has the same windows after shocks, and given its draws the same controls, placebos, hazards, signs and note', () => {
    const id = 'vol_aftershock_window';
    const window = (row: Record<string, string>) => `${row['window_x']}-${row['window_y']}`;
    // One event has no control: its draw led beyond the end of the data.
    const picks = new Map(rows(id, 'events').map((row) => [`${row['parent_event_id']}/${window(row)}`, [] as number[]]));
    for (const row of rows(id, 'controls')) picks.set(`${row['event_id']}/${window(row)}`, [Number(row['start_idx']) - Number(row['window_x'])]);
    for (const [key, bar] of placeboPicks(frames, rows(id, 'placebo_deltas'))) picks.set(key, [bar]);
    const files = volAftershockWindow.files(frames, { runId, picks });
    const tables = files.filter((file) => 'rows' in file);
    expect(tables.length).toBe(9);
    for (const table of tables) expectTable(table, folder(id));
    expectText(files, `${id}_summary.json`, id);
    expectText(files, `${id}_re_risk_note.md`, id);
  });

  const windowStudies = [liquidityAbsenceWindow, liquidityRefillLagWindow, directionalExhaustionAfterForcedFlow];
  it.each(windowStudies.map(({ id, files }) => ({ id, files })))('has the same files of $id given its controls', ({ id, files: make }) => {
    const picks = new Map(rows(id, 'controls').map((row) => [row['event_id']!, [Number(row['start_idx'])]]));
    const files = make(frames, { runId, picks });
    const tables = files.filter((file) => 'rows' in file);
    expect(tables.length).toBe(6);
    for (const table of tables) expectTable(table, folder(id));
    expectText(files, `${id}_summary.json`, id);
  });

  it('finds nothing in cross_venue_desync without a spot market, with headers all the same', () => {
    const files = crossVenueDesync.files(frames, { runId });
    expectText(files, 'cross_venue_desync_summary.json', 'cross_venue_desync');
    for (const file of files) if ('rows' in file) expect([file.rows.length, file.header.length > 3]).toEqual([0, true]);
  });

  it('scores, gates and promotes the same candidates given its controls, which then are its edge candidates', () => {
    const files = phase2.files(frames, { runId, picks: shockPicks() });
    const candidates = tableNamed(files, 'phase2_candidates.csv');
    const bounds = ['delta_adverse', 'delta_opportunity'];
    expectTable(candidates, folder('phase2', shocks), { except: bounds.flatMap((name) => [`${name}_ci_low`, `${name}_ci_high`]) });
    for (const name of bounds) expectSimilarBounds(candidates, folder('phase2', shocks), name);
    expectText(files, 'phase2_manifests.json', 'phase2', shocks);
    interface Promoted {
      candidates: { condition: string; action: string }[];
    }
    const [own, theirs] = [
      JSON.parse(textNamed(files, 'promoted_candidates.json')) as Promoted,
      readJson<Promoted>(folder('phase2', shocks, 'promoted_candidates.json')),
    ];
    const named = ({ candidates, ...rest }: Promoted) => ({
      ...rest,
      candidates: candidates.map(({ condition, action }) => ({ condition, action })),
    });
    expect(named(own)).toEqual(named(theirs));
    expect(Object.keys(own.candidates[0]!)).toEqual(Object.keys(theirs.candidates[0]!));

    const report = readJson<Record<string, unknown>>(join(goldenFolder!, 'strategies/vol_compression_v1/report.json'));
    const exported = edgeCandidates.files([], { runId, phase2: { [shocks]: candidates }, summaries: { vol_compression_expansion_v1: report } });
    const table = tableNamed(exported, 'edge_candidates_normalized.csv');
    expectTable({ ...table, rows: table.rows.map((row) => [...row.slice(0, -1), `data/${String(row.at(-1))}`]) }, folder('edge_candidates'));
    const listed = JSON.parse(textNamed(exported, 'edge_candidates_normalized.json')) as Record<string, unknown>[];
    const expected = readJson<Record<string, unknown>[]>(folder('edge_candidates', 'edge_candidates_normalized.json'));
    expect(listed.map((row) => Object.keys(row))).toEqual(expected.map((row) => Object.keys(row)));
    expect(listed.map(({ candidate_id }) => candidate_id)).toEqual(expected.map(({ candidate_id }) => candidate_id));
  });

  it('draws controls of its own that differ from events as much as the reference’s do', () => {
    const own = tableNamed(volShockRelaxation.files(frames, { runId }), `${shocks}_matched_deltas.csv`);
    expectSimilarBounds(own, folder(shocks), 'delta', 0.5);
    for (const { id, files } of [volAftershockWindow, liquidityRefillLagWindow, directionalExhaustionAfterForcedFlow])
      expectSameMeans(tableNamed(files(frames, { runId }), `${id}_matched_deltas.csv`), folder(id));
  });
});

/**
 * The reference's placebo draws, which its files do not name: of all bars the one whose window has the mean volatility that they state. The analyzer
 * then checks that it is among its candidates, and the tables that the other outcomes agree.
 */
function placeboPicks(frames: readonly ReferenceFrame[], stated: readonly Record<string, string>[]): [string, number][] {
  return frames.flatMap((frame) => {
    const { rv } = shockSeries(frame);
    const windows = new Map<string, Map<number, number[]>>();
    return stated
      .filter((row) => row['symbol'] === frame.symbol)
      .map((row): [string, number] => {
        const name = `${row['window_x']}-${row['window_y']}`;
        if (!windows.has(name)) windows.set(name, barsByMean(rv, Number(row['window_x']), Number(row['window_y'])));
        const code = meanCode(Number(row['placebo_realized_vol_mean']));
        const found = [code - 1, code, code + 1].flatMap((near) => windows.get(name)!.get(near) ?? []);
        expect(found.length, `bars that could be the placebo of ${row['parent_event_id']} ${name}`).toBe(1);
        return [`placebo/${row['parent_event_id']}/${name}`, found[0]!];
      });
  });
}

/** Bars by the mean of the values that are there over bars x to y after them. */
function barsByMean(values: Float64Array, x: number, y: number): Map<number, number[]> {
  const [sums, counts] = [new Float64Array(values.length + 1), new Float64Array(values.length + 1)];
  values.forEach((value, bar) => {
    const isMissing = Number.isNaN(value);
    sums[bar + 1] = sums[bar]! + (isMissing ? 0 : value);
    counts[bar + 1] = counts[bar]! + (isMissing ? 0 : 1);
  });
  const at = (bar: number) => Math.min(values.length, bar);
  const found = new Map<number, number[]>();
  for (let bar = 0; bar < values.length; bar++) {
    const code = meanCode((sums[at(bar + y + 1)]! - sums[at(bar + x)]!) / (counts[at(bar + y + 1)]! - counts[at(bar + x)]!));
    found.set(code, [...(found.get(code) ?? []), bar]);
  }
  return found;
}

/** A mean of about 0.005 as a whole number, fine enough to tell bars apart and coarse enough for rounding. */
function meanCode(mean: number): number {
  return Math.round(mean * 1e12);
}
