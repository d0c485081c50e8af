import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prettyJson } from '../../src/core/canonicalJson.ts';
import type { Frame } from '../../src/engine/frame.ts';
import type { OverlayBindings } from '../../src/engine/overlay/bindings.ts';
import { checkBook } from '../../src/governance/documents/checkBook.ts';
import { readJson } from '../../src/governance/documents/readJson.ts';
import type { OverlayDocument } from '../../src/governance/documents/overlay.ts';
import type { CandidateList } from '../../src/research/candidate/rank.ts';
import { draftOverlay } from '../../src/research/policy/draftOverlay.ts';
import { eventColumns } from '../../src/research/policy/eventColumns.ts';
import type { PolicyResult } from '../../src/research/policy/result.ts';
import { runPolicyStudy } from '../../src/research/policy/runPolicyStudy.ts';
import { prepareStudy } from '../../src/research/study/prepare.ts';
import { parentStudy, plantedAgainst, policyCatalog, policyInput, policyMarket, testPolicy } from '../../src/research/testing/policyFixtures.ts';
import { bindOverlays, type PlannedOverlay, plannedOverlays, thresholdFindings } from '../../src/stages/lib/overlayPlan.ts';
import type { RunRequest } from '../../src/stages/lib/runConfig.ts';
import type { RunOutcome } from '../../src/stages/lib/runPipeline.ts';
import { writeFiles } from '../support/cli.ts';
import { invoke, newLake, type GovernedLake } from '../support/governance.ts';
import { removeFolders, runInProcess, temporaryFolder } from '../support/pipeline.ts';
import { busyPlugins, busyStrategy, lenientPolicy, policyRequest, policySpecs } from '../support/policyDocument.ts';

/** From a study over a policy to an overlay that governance takes and the engine runs, with nothing fitted on the way. */

afterAll(removeFolders);

type Parent = NonNullable<NonNullable<OverlayDocument['rule']>['parent']>;

describe('an overlay drafted from a parent study that fits a threshold', () => {
  const study = parentStudy();
  const surroundings = {
    catalog: policyCatalog,
    retrospective: new Set<string>(),
    strategies: new Map(),
    studies: new Map([['large_moves', { version: 1, digest: study.digest, fitted: ['large'] }]]),
    accountings: ['screen'],
    configKeys: [],
  };
  let frames: Frame[];
  let result: PolicyResult;
  let draft: OverlayDocument;

  beforeAll(() => {
    frames = plantedAgainst(policyMarket(), study, { bars: 24, drift: 0.0005 });
    const policy = testPolicy((document) =>
      Object.assign(document, { series: {}, conditions: { fresh: 'event.age <= 16' }, actions: { leave: { flatten: {} } } }),
    );
    result = runPolicyStudy(policyInput(frames, { policy }));
    draft = JSON.parse(prettyJson(draftOverlay(result, 'fresh.leave', 'a_run'))) as OverlayDocument;
  });

  const lint = (document: unknown) => {
    const { value, lines, problems } = readJson(prettyJson(document));
    const file = { kind: 'overlays', stem: draft.name, file: `${draft.name}.json`, isNamed: true, values: value, lines, problems } as const;
    return checkBook([file], surroundings);
  };
  const codes = (document: unknown) =>
    lint(document)
      .findings.filter(({ severity }) => severity === 'error')
      .map(({ code, path }) => `${code} ${path}`);
  const withParent = (change: (parent: { -readonly [Key in keyof Parent]: Parent[Key] }) => void): OverlayDocument => {
    const copy = structuredClone(draft);
    change(copy.rule!.parent!);
    return copy;
  };
  const plan = (document: OverlayDocument): PlannedOverlay[] =>
    plannedOverlays({ config: { overlays: [document], overlayParents: [study.document] }, features: new Map() });
  const bind = (frame: Frame, document = draft) => bindOverlays(plan(document), frame)[0]!;

  it('has the numbers that the study used, by symbol, and the days that they were fitted on', () => {
    expect(result.promoted).toEqual(['fresh.leave']);
    const { thresholds, fitted_on: window } = draft.rule!.parent!;
    const { symbols, slices } = prepareStudy(study, frames, false);
    expect(thresholds).toEqual(Object.fromEntries(symbols.map(({ series }) => [series.frame.symbol, { large: series.thresholds['large'] }])));
    expect(window![0]).toBe('2022-01-01');
    expect(Date.parse(window![1])).toBeLessThan(slices.find(({ id }) => id === 'confirmation')!.start);
  });

  it('has no error', () => {
    expect(lint(draft).findings).toEqual([]);
    expect(lint(draft).compiled.has(`${draft.name}@1`)).toBe(true);
  });

  it.each<[string, string[], Parameters<typeof withParent>[0]]>([
    ['has no numbers', ['CONDITION_NOT_CAUSAL rule.parent.thresholds'], (parent) => (delete parent.thresholds, delete parent.fitted_on)],
    ['has a symbol without one', ['CONDITION_NOT_CAUSAL rule.parent.thresholds'], (parent) => (parent.thresholds!['AAAUSDT'] = {})],
    ['has a number for nothing', ['KEY_UNKNOWN rule.parent.thresholds'], (parent) => (parent.thresholds!['AAAUSDT'] = { large: 1, small: 2 })],
    ['does not say when they were fitted', ['KEY_MISSING rule.parent.fitted_on'], (parent) => delete parent.fitted_on],
    [
      'has text for a number',
      ['WRONG_TYPE rule.parent.thresholds.AAAUSDT.large'],
      (parent) => Object.assign(parent.thresholds!['AAAUSDT']!, { large: '1' }),
    ],
  ])('is refused when it %s', (_, expected, change) => {
    expect(codes(withParent(change))).toEqual(expected);
  });

  it('acts on the bars on which its study acted', () => {
    for (const { series, events } of prepareStudy(study, frames, false).symbols) {
      const { 'event.age': age } = eventColumns(events, series.frame.rows);
      const bound = bind(frames.find(({ symbol }) => symbol === series.frame.symbol)!);
      expect([...bound.holds]).toEqual([...age!].map((bars) => (bars <= 16 ? 1 : 0)));
    }
  });

  it('does not change at or before a bar when everything after it is another market', () => {
    const other = policyMarket({ replicate: 1 });
    frames.forEach((frame, i) => {
      const cut = 20_000 + 7 * i;
      const columns = Object.fromEntries(
        Object.entries(frame.columns).map(([name, values]) => [
          name,
          values.map((value, row) => (row <= cut ? value : 3 * other[i]!.columns[name]![row]!)),
        ]),
      );
      const [before, after] = [bind(frame).holds, bind({ ...frame, columns }).holds];
      expect([...after.subarray(0, cut + 1)]).toEqual([...before.subarray(0, cut + 1)]);
      expect([...after.subarray(cut + 1)]).not.toEqual([...before.subarray(cut + 1)]);
    });
  });

  it('cannot be told on a symbol that has no numbers: every bar is missing, and a finding says so', () => {
    const alone = withParent((parent) => delete parent.thresholds!['BBBUSDT']);
    expect(codes(alone)).toEqual([]);
    const [known, unknown] = frames as [Frame, Frame];
    expect(bind(unknown, alone)).toMatchObject({ conditionBars: 0, missingBars: unknown.rows });
    expect([...bind(known, alone).holds]).toEqual([...bind(known).holds]);
    expect(thresholdFindings(plan(alone), unknown)).toMatchObject([{ code: 'OVERLAY_NOT_TOLD', subject: `overlay ${draft.name} BBBUSDT` }]);
  });

  it('cannot be told where a column of its study is not there, whatever it asks of the events', () => {
    const quiet = structuredClone(draft);
    quiet.condition = quiet.rule!.condition = 'event.active == 0';
    const [frame] = frames as [Frame];
    expect(bind(frame, quiet).conditionBars).toBeGreaterThan(frame.rows / 2);
    const { close: _, ...columns } = frame.columns;
    expect(bind({ ...frame, columns }, quiet)).toMatchObject({ conditionBars: 0, missingBars: frame.rows });
  });

  it('says how many bars its numbers were made from, and nothing where there are none', () => {
    const [frame] = frames as [Frame];
    const bars = (Date.parse(draft.rule!.parent!.fitted_on![1]) + 86_400_000 - frame.openTime[0]!) / 900_000;
    expect(thresholdFindings(plan(draft), frame)).toMatchObject([{ code: 'OVERLAY_FITTED_HERE', observed: bars }]);
    const later = { ...frame, openTime: frame.openTime.map((time) => time + bars * 900_000) };
    expect(thresholdFindings(plan(draft), later)).toEqual([]);
  });
});

describe('through the pipeline, on the simulated market', () => {
  const plugins = [busyPlugins(temporaryFolder())];
  let lake: GovernedLake;
  let found: CandidateList['candidates'][number];
  let name: string;
  let plain: RunOutcome;
  let overlaid: RunOutcome;
  const read = (path: string) => readFileSync(join(lake.dataRoot, path), 'utf8');
  const later: RunRequest = { source: 'sample', symbols: 'BTCUSDT,ETHUSDT', start: '2024-01-15', end: '2024-02-20', strategies: [busyStrategy] };
  const outputOf = ({ manifests }: RunOutcome, end: string) => manifests.flatMap(({ outputs }) => outputs).find(({ path }) => path.endsWith(end))!;

  beforeAll(async () => {
    lake = newLake();
    policySpecs(lake.specs, lenientPolicy());
    const options = { dataRoot: lake.dataRoot, specs: lake.specs, plugins };
    const explored = await runInProcess({ ...policyRequest, edge_candidates: true }, { ...options, until: 'edge_candidates' });
    const list = JSON.parse(read(outputOf(explored, '/edge_candidates.json').path)) as CandidateList;
    found = list.candidates.find(({ overlay }) => overlay !== null)!;
    name = basename(found.overlay!, '.json');
    writeFiles(lake.specs, { [join('overlays', `${name}.json`)]: read(found.overlay!) });
    plain = await runInProcess(later, { ...options, until: 'backtest' });
    overlaid = await runInProcess({ ...later, overlays: name }, { ...options, until: 'backtest' });
  }, 60_000);

  it('the list of candidates names the draft of what was promoted, and nothing else', () => {
    expect(found).toMatchObject({ source: 'policy', candidate: 'fresh.leave', status: 'pass' });
    expect(found.overlay).toBe(`${found.source_path}/overlays/large_move_throttle__fresh__leave.json`);
  });

  it('the draft lints without an error and is registered as a DRAFT, under the digest that it has', async () => {
    const linted = await invoke(lake, 'overlays lint');
    expect(linted, linted.text).toMatchObject({ exit: 0 });
    expect(await invoke(lake, 'hypotheses register calm_precedes_moves')).toMatchObject({ exit: 0 });
    const done = await invoke(lake, `overlays register ${name} --hypothesis calm_precedes_moves`);
    expect(done.data).toMatchObject({ id: `overlay:${name}@1`, is_new: true });
    const check = await invoke(lake, `promote check overlay:${name} --to CANDIDATE`);
    const { failed } = check.data as { failed: readonly string[] };
    expect(failed).not.toContain('CONDITION_NOT_CAUSAL');
    expect(failed).not.toContain('ACTION_NOT_EXECUTABLE');
  });

  it('a run uses it on the symbol that has numbers and leaves the other as it was', () => {
    const path = (outcome: RunOutcome, symbol: string) => outputOf(outcome, `trades_${symbol}.csv`);
    expect(path(overlaid, 'ETHUSDT').sha256).toBe(path(plain, 'ETHUSDT').sha256);
    expect(path(overlaid, 'BTCUSDT').sha256).not.toBe(path(plain, 'BTCUSDT').sha256);
    const { overlays, overlay_bindings: lines } = JSON.parse(read(outputOf(overlaid, '/overlay_bindings.json').path)) as OverlayBindings;
    expect(overlays[name]).toMatchObject({ effect: 'flatten', is_binding: true });
    const untold = lines[busyStrategy]!.symbols.find(({ symbol }) => symbol === 'ETHUSDT')!.binding_stats[0]!;
    expect(untold).toMatchObject({ missing_input_bars: untold.bars_evaluated, condition_true_bars: 0 });
  });

  it('and says so', () => {
    const said = overlaid.manifests.flatMap(({ findings }) => findings).filter(({ subject }) => subject.startsWith('overlay'));
    expect(said.map(({ code, subject }) => `${code} ${subject}`)).toEqual([`OVERLAY_NOT_TOLD overlay ${name} ETHUSDT`]);
  });
});
