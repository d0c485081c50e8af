import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReferenceFile } from '../../src/research/compat/index.ts';
import { liquidityAbsenceWindow } from '../../src/research/compat/liquidity_absence_window.ts';
import { liquidityRefillLagWindow } from '../../src/research/compat/liquidity_refill_lag_window.ts';
import { phase2 } from '../../src/research/compat/phase2.ts';
import { frameOf, tableOfFiles, textOfFiles, wavyCloses } from '../../src/research/compat/testing/fixtures.ts';
import { volAftershockWindow } from '../../src/research/compat/vol_aftershock_window.ts';
import { volShockRelaxation } from '../../src/research/compat/vol_shock_relaxation.ts';
import type { RunOutcome } from '../../src/stages/lib/runPipeline.ts';
import type { RunConfig } from '../../src/stages/lib/runConfig.ts';
import type { Stage } from '../../src/stages/lib/stage.ts';
import { wantedStages } from '../../src/stages/lib/wantedStages.ts';
import { openRegistry } from '../../src/registry/discover.ts';
import { smallRequest } from '../support/lake.ts';
import { removeFolders, runInProcess, temporaryFolder } from '../support/pipeline.ts';
import { projectRoot } from '../support/shared.ts';

/** What the reference system's own tests pin (research specification 12), item by item: here, or by the test that is named. */

const compat = 'src/research/compat';

describe('pinned by tests of their own', () => {
  it.each([
    ['detection is deterministic', 'shocks', 'give the same files every time, and no column says signal, alpha, side or entry rule'],
    ['events keep their distance', 'shocks', 'wait until the previous one has relaxed and cooled down'],
    ['no column of a shock says signal, alpha, side or entry rule', 'shocks', 'give the same files every time, and no column says signal'],
    ['aftershock files, sweep, no action', 'shocks', 'write every file and name the sweep and no action, with or without shocks'],
    ['window analyzers without events', 'windows', '%s writes every file with headers and no action when there is nothing to see'],
    ['shocks without events', 'shocks', 'leave headers and strict JSON behind where there are none'],
    ['no column beyond the feature table is read', 'windows', 'see no column that the reference’s feature table lacks'],
    ['phase 2: 120 events, two symbols, no bars, manifest and caps', 'phase2', 'are those of the published fixture'],
    ['phase 2: two promotions, caps 3 and 2', 'phase2', 'promote at most two, the most negative first, and freeze when caps are exceeded'],
    ['ABMA constants', 'abma', 'have the published constants'],
    ['ABMA columns', 'abma', 'have exactly the pinned columns'],
    ['ABMA event ids', 'abma', 'have the published event ids, every time'],
    ['ABMA opens and daylight saving', 'abma', 'read opens in New York time in and out of daylight saving'],
    ['ABMA v2 session dates', 'abma', 'from funding belong to the session that contains the stamp; other stamps do not count'],
    ['ABMA controls: place, number, tier', 'abma', 'lie in the session after its first quarter of an hour, at most five, never the event itself'],
    ['ABMA controls: order of rows', 'abma', 'do not hang on the order of the rows'],
    ['ABMA anchors without a baseline', 'abma', 'of session opens never have a control, and say so (S-18)'],
    ['ABMA constant trade sizes', 'abma', 'fall back to volatility alone where every volume is the same'],
    ['ABMA v2 minutes around stamps', 'abma', 'of funding lie outside the minutes around every stamp of the session, bounds included'],
    ['ABMA sampling looks back', 'abma', 'use the last quote at or before each second'],
    ['ABMA curves repeat', 'abma', 'are bit for bit the same again'],
    ['ABMA gates pass', 'abma', 'accepts one sign in three years with a falling curve'],
    ['ABMA gates fail', 'abma', 'refuses signs that turn and a curve that rises first'],
  ])('%s', (_, file, title) => {
    expect(readFileSync(join(projectRoot, compat, `${file}.test.ts`), 'utf8')).toContain(`'${title}`);
  });
});

const wavy = () => frameOf(wavyCloses(8000, 'seed=1/test/AAAUSDT'), { symbol: 'AAAUSDT' });
const commonTables = ['events', 'controls', 'matched_deltas', 'hazards', 'phase_stability', 'sign_stability'];

describe('volatility shocks', () => {
  it('have the pinned columns in their event table', () => {
    const { header, rows } = tableOfFiles(volShockRelaxation.files([wavy()], { runId: 'x' }), '_events.csv');
    expect(rows.length).toBeGreaterThan(5);
    expect(header).toEqual(
      expect.arrayContaining([
        'event_id',
        'time_to_relax',
        'rv_peak',
        't_rv_peak',
        'rv_decay_half_life',
        'auc_excess_rv',
        'secondary_shock_within_h',
        'time_to_secondary_shock',
        'realized_vol_mean_96',
        'realized_vol_p90_96',
        'range_pct_96',
        'relaxed_within_96',
      ]),
    );
  });
});

describe('window analyzers with the pinned arguments', () => {
  it.each<[string, () => ReferenceFile[], readonly string[]]>([
    [
      'vol_aftershock_window',
      () => volAftershockWindow.files([wavy()], { runId: 'x' }),
      ['conditional_hazards', 'window_sensitivity', 'placebo_deltas'],
    ],
    ['liquidity_absence_window', () => liquidityAbsenceWindow.files([wavy()], { runId: 'x', windowEnd: 96, absenceQuantile: 0.3 }), []],
    [
      'liquidity_refill_lag_window',
      () => liquidityRefillLagWindow.files([wavy()], { runId: 'x', windowEnd: 48, impulseQuantile: 0.995, refillHorizon: 8, refillMultiple: 1.2 }),
      [],
    ],
  ])('%s leaves every table, an event type and no action', (id, run, more) => {
    const files = run();
    for (const name of [...commonTables, ...more]) expect(tableOfFiles(files, `${id}_${name}.csv`).header.length, name).toBeGreaterThan(2);
    expect(JSON.parse(textOfFiles(files, `${id}_summary.json`))).toMatchObject({ event_type: id, actions_generated: 0 });
    expect(files.some(({ name }) => name.endsWith('.md'))).toBe(true);
  });
});

describe('phase 2', () => {
  const files = phase2.files([wavy()], { runId: 'x' });

  it('leaves its four files, with the gate of simplicity and the reasons of failure in the table', () => {
    expect(files.map(({ name }) => name)).toEqual([
      'phase2_candidates.csv',
      'promoted_candidates.json',
      'phase2_manifests.json',
      'phase2_summary.md',
    ]);
    expect(tableOfFiles(files, 'phase2_candidates.csv').header).toEqual(expect.arrayContaining(['gate_e_simplicity', 'fail_reasons']));
  });

  it('repeats in the file of promotions whether phase 1 passed', () => {
    const [manifest, promoted] = ['manifests.json', 'promoted_candidates.json'].map(
      (name) => JSON.parse(textOfFiles(files, name)) as Record<string, unknown>,
    );
    expect(promoted!['phase1_pass']).toBe(manifest!['phase1_pass']);
    expect(promoted!['promoted_count']).toBeLessThanOrEqual(2);
  });
});

describe('the order of a run', () => {
  const registry = openRegistry();
  const order = async (config: Partial<RunConfig>) => (await wantedStages(registry, config as RunConfig, undefined)).map(({ id }: Stage) => id);
  const some = [{}] as never;

  it('is features, studies, policy studies, candidates, backtest, report', async () => {
    const stages = await order({ studies: some, policies: some, edgeCandidates: true });
    const named = ['features', 'studies', 'policy', 'edge_candidates', 'backtest', 'report'];
    expect(stages.filter((id) => named.includes(id))).toEqual(named);
    expect(stages.at(-1)).toBe('report');
  });

  it('has policy studies and candidates only where they are asked for', async () => {
    expect(await order({})).not.toEqual(expect.arrayContaining(['policy']));
    const alone = await order({ edgeCandidates: true });
    expect(alone.indexOf('edge_candidates')).toBeLessThan(alone.indexOf('report'));
    expect(alone).not.toContain('policy');
  });

  it('a policy study’s manifest holds its limits and whether its parent has to pass', async () => {
    const stage = await registry.load<Stage>('stage', 'policy');
    const policies = [{ budget: { max_conditions: 20, max_actions: 9 }, parent: { requires_pass: true } }];
    const parameters = stage.parameters({ policies } as never, { priorTrials: { it: 3 } } as never);
    expect(parameters).toMatchObject({ policies, prior_trials: { it: 3 } });
  });
});

describe('a run with --compat reference', () => {
  const dataRoot = temporaryFolder();
  let outcome: RunOutcome;
  beforeAll(async () => {
    const request = { ...smallRequest, studies: ['vol_shock_relaxation'], compat: 'reference' };
    outcome = await runInProcess(request, { dataRoot, until: 'reference_studies' });
  });
  afterAll(removeFolders);

  it('leaves the shock’s files, phase 2 and the list of candidates where the reference has them, each counted in the manifest', () => {
    const { outputs, counts } = outcome.manifests.find(({ stage }) => stage === 'reference_studies')!;
    const folders = ['vol_shock_relaxation/RUN', 'phase2/RUN/vol_shock_relaxation', 'edge_candidates/RUN'];
    const names = ['vol_shock_relaxation_events.csv', 'phase2_candidates.csv', 'edge_candidates_normalized.csv'];
    names.forEach((name, at) => {
      const path = `reports/${folders[at]!.replace('RUN', outcome.runId)}/${name}`;
      expect(outputs.map((output) => output.path)).toContain(path);
      expect(existsSync(join(dataRoot, path))).toBe(true);
    });
    expect(counts['files']).toBe(outputs.length);
  });
});
