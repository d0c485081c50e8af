import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { requestOf, resolveRunConfig, runIdOf } from '../../src/stages/lib/runConfig.ts';
import { runKeyNames, runKeys, type RunKey } from '../../src/stages/lib/runKeys.ts';
import { cli, cliJson, type RunDocument, writeFiles } from '../support/cli.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';
import { projectRoot } from '../support/shared.ts';

afterAll(removeFolders);

interface Setting {
  readonly key: string;
  readonly value: unknown;
  readonly origin: string;
  readonly from: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly flag: string | null;
}
interface Shown {
  readonly run_id: string | null;
  readonly missing: readonly string[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly settings: readonly Setting[];
}

const folder = writeFiles(temporaryFolder(), {
  'run.yaml':
    'symbols: [BTCUSDT]\nstart: 2023-01-01\nend: 2023-01-31\nsource: sample\nstrategy_params:\n  vol_compression_v1:\n    max_hold_bars: 24\n',
  'later.yaml': 'end: 2023-01-10\nfee_bps_per_side: 3\nstrategy_params:\n  vol_compression_v1:\n    exit_rv_pct_revert: 50\n',
  'all_in.yaml': 'cost_bps: 9\n',
});
const file = (name: string) => join(folder, name);
const show = async (...args: string[]) => cliJson<Shown>(['config', 'show', ...args]);
const settingOf = ({ settings }: Shown, key: string) => settings.find((setting) => setting.key === key)!;

describe('config show', () => {
  it('lays defaults, files from left to right and flags over each other, and names the origin of each value', async () => {
    const shown = await show('--config', file('run.yaml'), '--config', file('later.yaml'), '--fees-bps', '2', '--allow-missing-funding');
    expect(settingOf(shown, 'seed')).toMatchObject({ value: 1, origin: 'default', file: null, flag: null });
    expect(settingOf(shown, 'source')).toMatchObject({ value: 'sample', origin: 'file', file: file('run.yaml'), line: 4, column: 1 });
    expect(settingOf(shown, 'end')).toMatchObject({ value: '2023-01-10', origin: 'file', file: file('later.yaml'), line: 1 });
    expect(settingOf(shown, 'fee_bps_per_side')).toMatchObject({ value: 2, origin: 'flag', flag: '--fees-bps' });
    expect(settingOf(shown, 'allow_missing_funding')).toMatchObject({ value: true, origin: 'flag' });
    expect(settingOf(shown, 'cost_bps')).toMatchObject({ value: 4, origin: 'derived', from: 'fee_bps_per_side + slippage_bps_per_fill' });
  });

  it('merges strategy parameters key by key, each with its own origin', async () => {
    const shown = await show('--config', file('run.yaml'), '--config', file('later.yaml'), '--param', 'vol_compression_v1.max_hold_bars=12');
    const of = (name: string) => settingOf(shown, `strategy_params.vol_compression_v1.${name}`);
    expect(of('max_hold_bars')).toMatchObject({ value: 12, from: '--param vol_compression_v1.max_hold_bars' });
    expect(of('exit_rv_pct_revert')).toMatchObject({ value: 50, from: `${file('later.yaml')}:5` });
    expect(of('trade_day_timezone')).toMatchObject({ value: 'UTC', from: 'default' });
  });

  it('lets a fee of a later layer end an all-in cost of an earlier one, and the other way round', async () => {
    const base = ['--config', file('run.yaml')];
    const feeLast = await show(...base, '--config', file('all_in.yaml'), '--fees-bps', '1');
    expect(settingOf(feeLast, 'cost_bps')).toMatchObject({ value: 3, origin: 'derived' });
    const costLast = await show(...base, '--config', file('later.yaml'), '--config', file('all_in.yaml'));
    expect(settingOf(costLast, 'cost_bps')).toMatchObject({ value: 9, origin: 'file', line: 1 });
  });

  it('has every key once, parameters expanded', async () => {
    const { settings } = await show('--config', file('run.yaml'));
    const keys = settings.map(({ key }) => key.replace(/^strategy_params\..*/, 'strategy_params'));
    expect([...new Set(keys)]).toEqual(runKeyNames);
    expect(new Set(settings.map(({ key }) => key)).size).toBe(settings.length);
  });

  it('says what is missing instead of refusing to show the rest', async () => {
    const shown = await show('--config', file('later.yaml'));
    expect(shown).toMatchObject({ run_id: null, missing: ['symbols', 'start'] });
    expect(shown.config).not.toHaveProperty('symbols');
    expect(settingOf(shown, 'start')).toMatchObject({ value: null, origin: 'missing' });
    const { exit, stdout } = await cli(['config', 'show']);
    expect(exit).toBe(0);
    expect(stdout).toContain('A run needs --symbols, --start, --end too.');
  });

  it('names the id of the run, and its resolved configuration as a file is the same run', async () => {
    const args = ['--config', file('run.yaml'), '--end', '2023-01-10', '--data-root', join(folder, 'data')];
    const shown = await show(...args);
    const run = await cliJson<RunDocument>(['run', ...args]);
    expect(run.run_id).toBe(shown.run_id);
    writeFiles(folder, { 'resolved.yaml': JSON.stringify(shown.config) });
    expect((await show('--config', file('resolved.yaml'))).run_id).toBe(shown.run_id);
  });

  it('prints a table for people: key, value, origin', async () => {
    const { stdout } = await cli(['config', 'show', '--config', 'run.yaml', '--seed', '7'], { cwd: folder });
    expect(stdout).toMatch(/^symbols +BTCUSDT +run\.yaml:1$/m);
    expect(stdout).toMatch(/^seed +7 +--seed$/m);
    expect(stdout).toMatch(/^Run id: btcusdt-20230101-20230131-[0-9a-f]{8}$/m);
  });

  it('writes nothing', async () => {
    const dataRoot = join(folder, 'untouched');
    await show('--config', file('run.yaml'), '--data-root', dataRoot);
    expect(readdirSync(folder)).not.toContain('untouched');
  });
});

describe('config keys', () => {
  it('lists every key with flag, type, default and sentence', async () => {
    const listed = await cliJson<{ key: string; flag: string; type: string; help: string }[]>(['config', 'keys']);
    expect(listed.map(({ key }) => key)).toEqual(runKeyNames);
    for (const { key, flag, help } of listed) {
      expect(flag).toBe(`--${(runKeys[key as keyof typeof runKeys] as RunKey).flag}`);
      expect(help.length).toBeGreaterThan(8);
    }
  });
});

describe('the example configurations', () => {
  const examples = readdirSync(join(projectRoot, 'configs')).filter((name) => name.endsWith('.yaml'));

  it.each(examples)('configs/%s loads', async (name) => {
    expect((await show('--config', join(projectRoot, 'configs', name))).settings.some(({ origin }) => origin === 'file')).toBe(true);
  });

  it('pipeline.yaml is a whole run on its own', async () => {
    expect((await show('--config', join(projectRoot, 'configs', 'pipeline.yaml'))).missing).toEqual([]);
  });
});

describe('a resolved configuration', () => {
  it('given as a request again resolves to itself', async () => {
    const day = fc.integer({ min: 18_262, max: 20_453 }).map((days) => new Date(days * 86_400_000).toISOString().slice(0, 10));
    const bps = fc.double({ min: 0, max: 1_000, noNaN: true });
    const requests = fc.record(
      {
        symbols: fc.uniqueArray(fc.constantFrom('BTCUSDT', 'ETHUSDT', 'SOLUSDT'), { minLength: 1 }),
        days: fc.tuple(day, day).map((pair) => [...pair].sort()),
        warmup: fc.boolean(),
        seed: fc.nat(),
        compat: fc.constantFrom(null, 'reference'),
        fee_bps_per_side: bps,
        slippage_bps_per_fill: bps,
        cost_bps: fc.option(bps),
        initial_equity: fc.double({ min: 1, max: 1e15, noNaN: true }),
        allow_missing_funding: fc.boolean(),
        skip_ingest_ohlcv: fc.boolean(),
      },
      { requiredKeys: ['symbols', 'days'] },
    );
    const params = {
      strategy: (_: string, given: Readonly<Record<string, unknown>>) => Promise.resolve(given as Record<string, number>),
      studies: () => Promise.resolve([]),
      policies: () => Promise.resolve([]),
      overlays: () => Promise.resolve({ overlays: [], parents: [] }),
      portfolio: () => Promise.reject(new Error('no portfolio was asked for')),
    };
    await fc.assert(
      fc.asyncProperty(requests, async ({ days: [start, end], ...rest }) => {
        const config = await resolveRunConfig({ ...rest, start, end }, params);
        const again = await resolveRunConfig(requestOf(config), params);
        expect(again).toEqual(config);
        expect(runIdOf(again)).toBe(runIdOf(config));
      }),
      { numRuns: 200 },
    );
  });
});
