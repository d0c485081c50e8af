import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OverlayDocument } from '../../src/governance/documents/overlay.ts';
import { compileStudy } from '../../src/research/study/compile.ts';
import type { OverlayBindings } from '../../src/engine/overlay/bindings.ts';
import type { RunRequest } from '../../src/stages/lib/runConfig.ts';
import type { RunOutcome } from '../../src/stages/lib/runPipeline.ts';
import { loadStudies, specFolders } from '../../src/stages/lib/specs.ts';
import { studyCatalog } from '../../src/stages/lib/studyCatalog.ts';
import { openRunRegistry } from '../../src/stages/lib/runRegistry.ts';
import { createEffects } from '../../src/lake/realEffects.ts';
import { createHttp } from '../../src/venues/http.ts';
import type { Feature } from '../../src/core/define.ts';
import { overlayDocument, writeOverlays } from '../support/overlayDocument.ts';
import { removeFolders, runInProcess, temporaryFolder } from '../support/pipeline.ts';

/** Overlays act in runs, are measured against the same lines without them, and leave everything else alone. */

const strategies = ['vol_compression_reversion_v1', 'trend_28d_v1'];
const base = { source: 'sample', symbols: 'BTCUSDT,ETHUSDT', start: '2023-01-01', end: '2023-03-15', strategies };
const dataRoot = temporaryFolder();
const folder = temporaryFolder();
let specs = '';
let plain: RunOutcome;
let blocked: RunOutcome;
let several: RunOutcome;

/** The overlay that a policy study of this parent would draft. */
async function afterBreakouts(): Promise<OverlayDocument> {
  const effects = createEffects({ http: createHttp() });
  const registry = openRunRegistry(dataRoot, [], effects);
  const [study] = await loadStudies(specFolders(effects.files, null), ['range_compression_breakout']);
  const { digest } = compileStudy(study!, studyCatalog(await registry.loadAll<Feature>('feature')));
  await effects.http.close();
  const parent = { study: study!.id, version: study!.version, digest, verdict: null };
  return overlayDocument('after_events', { condition: 'event.age <= 96', effect: { kind: 'delay', bars: 8, onSignalLost: 'drop' }, parent });
}

const run = (more: RunRequest, options: { force?: boolean; workers?: number } = {}) =>
  runInProcess({ ...base, ...more }, { dataRoot, specs, ...options });

beforeAll(async () => {
  specs = writeOverlays(folder, [
    overlayDocument('quiet_hours', { condition: 'hour() < 8' }),
    overlayDocument('half_when_wild', { condition: 'rv_pct_2880 > 50', effect: { kind: 'size', factor: 0.5 } }),
    overlayDocument('never', { condition: 'close < 0', effect: { kind: 'flatten' } }),
    overlayDocument('withdrawn', {}, { status: 'REJECTED' }),
    overlayDocument('no_rule', {}, { rule: null }),
    await afterBreakouts(),
  ]);
  plain = await run({});
  blocked = await run({ overlays: 'quiet_hours' });
  several = await run({ overlays: ['after_events', 'half_when_wild', 'quiet_hours'] });
}, 120_000);
afterAll(removeFolders);

const outputOf = ({ manifests }: RunOutcome, end: string) => manifests.flatMap(({ outputs }) => outputs).find(({ path }) => path.endsWith(end));
const json = <T>(outcome: RunOutcome, end: string): T => JSON.parse(readFileSync(join(dataRoot, outputOf(outcome, end)!.path), 'utf8')) as T;
const bindings = (outcome: RunOutcome) => json<OverlayBindings>(outcome, '/overlay_bindings.json');
const returnsOf = (outcome: RunOutcome) => strategies.map((id) => outputOf(outcome, `/strategy_returns_${id}.parquet`)!.sha256);
const linesOf = (found: OverlayBindings) => Object.values(found.overlay_bindings).flatMap(({ symbols }) => symbols);

describe('a run with overlays', () => {
  it('is another run than the one without, whose id and files know nothing of overlays', () => {
    expect(blocked.runId).not.toBe(plain.runId);
    expect(outputOf(plain, '/overlay_bindings.json')).toBeUndefined();
    expect(plain.record.config).not.toHaveProperty('overlays');
    expect(plain.record).not.toHaveProperty('trust');
    expect(blocked.record.config.overlays!.map(({ name }) => name)).toEqual(['quiet_hours']);
  });

  it('changes positions where the condition holds, and says how many', () => {
    expect(returnsOf(blocked)).not.toEqual(returnsOf(plain));
    const { overlays, overlay_bindings: byStrategy } = bindings(blocked);
    expect(overlays['quiet_hours']).toMatchObject({ version: 1, effect: 'block', is_binding: true });
    expect(overlays['quiet_hours']!.blocked_entries).toBeGreaterThan(0);
    expect(Object.keys(byStrategy)).toEqual([...strategies].sort());
    expect(byStrategy[strategies[0]!]!.applied_overlays).toEqual(['quiet_hours']);
    expect(byStrategy[strategies[0]!]!.symbols.map(({ symbol }) => symbol)).toEqual(['BTCUSDT', 'ETHUSDT']);
  });

  it.each([() => blocked, () => several])('accounts for every entry that was offered (%#)', (outcome) => {
    for (const { intents, passed, binding_stats: stats } of linesOf(bindings(outcome()))) {
      const taken = stats.reduce((sum, row) => sum + row.blocked_entries + row.delayed_entries + row.expired_entries, passed);
      expect(taken).toBe(intents);
      for (const row of stats) expect(row.changed_share).toBe(row.changed_bars / row.bars_evaluated);
    }
  });

  it('is measured against exactly the run without it', () => {
    const [own, without] = [blocked, plain].map((outcome) => json<Record<string, number>>(outcome, `${outcome.runId}/metrics.json`));
    const { book, strategies: parts } = bindings(blocked).counterfactual;
    for (const key of ['net_total_return', 'turnover_per_year', 'time_in_market'] as const) {
      expect(book[key].with, key).toBeCloseTo(own![key]!, 12);
      expect(book[key].without, key).toBeCloseTo(without![key]!, 12);
      expect(book[key].delta, key).toBeCloseTo(own![key]! - without![key]!, 12);
      expect(book[key].low!, key).toBeLessThanOrEqual(book[key].high!);
    }
    expect(book.time_in_market.delta).toBeLessThan(0);
    expect(book.max_drawdown.low).not.toBeNull();
    expect(book.stability_checks.effect! * 74).toBeCloseTo(book.net_total_return.delta!, 12);
    expect(book.objective.avg_period_return['1x']!.lower95).toBe(book.stability_checks.ci_low);
    expect(book.stability_checks.n_events).toBeGreaterThan(0);
    expect(Object.keys(parts).sort()).toEqual([...strategies].sort());
  });

  it('holds several apart: each beside the same lines without it alone', () => {
    const found = bindings(several);
    expect(found.precedence).toEqual(['flatten', 'block', 'hold_until', 'delay', 'size']);
    expect(linesOf(found)[0]!.overlays).toEqual(['quiet_hours', 'after_events', 'half_when_wild']);
    const { quiet_hours: block, half_when_wild: size, after_events: delay } = found.overlays as Required<OverlayBindings['overlays']>;
    expect(delay!.condition_true_bars).toBeGreaterThan(0);
    expect(size!.resized_entries).toBeGreaterThan(0);
    expect(size!.counterfactual.time_in_market.delta).toBe(0);
    expect(size!.counterfactual.turnover_per_year.delta).toBeLessThan(0);
    expect(block!.counterfactual.time_in_market.delta).toBeLessThan(0);
  });

  it('gives the bytes of the run without it where its condition never holds, and says that it did not bind', async () => {
    const idle = await run({ overlays: 'never' });
    expect(returnsOf(idle)).toEqual(returnsOf(plain));
    const { overlays, counterfactual } = bindings(idle);
    expect(overlays['never']).toMatchObject({ is_binding: false, changed_bars: 0, condition_true_bars: 0 });
    expect(counterfactual.book.net_total_return).toMatchObject({ delta: 0, low: null, high: null });
    const findings = idle.manifests.flatMap(({ findings: all }) => all).filter(({ code }) => code === 'OVERLAY_NOT_BINDING');
    expect(findings.map(({ subject }) => subject)).toEqual(['overlay never']);
  });

  it('is the same on two workers, in any order of the names, and when it is made again', async () => {
    const again = await run({ overlays: 'quiet_hours,half_when_wild,after_events' }, { force: true, workers: 2 });
    expect(again.runId).toBe(several.runId);
    const outputs = [again, several].map(({ manifests }) => manifests.find(({ stage }) => stage === 'backtest')!.outputs);
    expect(outputs[0]).toEqual(outputs[1]);
  });

  it('records what stood behind each overlay', () => {
    expect(several.record.trust).toEqual({
      'overlay:after_events@1': 'declared',
      'overlay:half_when_wild@1': 'declared',
      'overlay:quiet_hours@1': 'declared',
    });
  });
});

describe('a run refuses', () => {
  it.each<[string, RunRequest, RegExp]>([
    ['an overlay that is not there', { overlays: 'quiet_hour' }, /quiet_hour.*did you mean quiet_hours/s],
    ['a version that is not there', { overlays: 'quiet_hours@2' }, /quiet_hours@2/],
    ['one that was withdrawn', { overlays: 'withdrawn' }, /not applicable: its status is REJECTED/],
    ['one without a rule', { overlays: 'no_rule' }, /no_rule/],
    ['a level of trust that is none', { overlays: 'quiet_hours', trust: 'verifed' }, /did you mean verified/],
    [
      'an overlay with less behind it than asked',
      { overlays: 'quiet_hours', trust: 'recorded' },
      /overlay:quiet_hours@1 is declared, the run asks for recorded/,
    ],
  ])('%s', async (_, more, message) => {
    await expect(run(more)).rejects.toThrow(message);
  });
});
