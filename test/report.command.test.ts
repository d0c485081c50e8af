import { afterAll, describe, expect, it } from 'vitest';
import runCommand from '../src/cli/commands/run.ts';
import { readLayers, resolveLayers } from '../src/cli/lib/configLayers.ts';
import { parseCommand } from '../src/cli/lib/parse.ts';
import type { Strategy } from '../src/core/intent.ts';
import type { Unit } from '../src/core/define.ts';
import { resolveParams } from '../src/core/params.ts';
import { openRegistry } from '../src/registry/discover.ts';
import { createEffects } from '../src/lake/realEffects.ts';
import { runCommandOf } from '../src/stages/lib/runCommand.ts';
import { resolveRunConfig, type RunConfig, type RunRequest } from '../src/stages/lib/runConfig.ts';
import { specFolders } from '../src/stages/lib/specs.ts';
import { createHttp } from '../src/venues/http.ts';

const registry = openRegistry();
const load = (id: string) => registry.load<Strategy & Unit>('strategy', id);
const effects = createEffects({ http: createHttp() });
afterAll(() => effects.http.close());

const resolve = (request: RunRequest): Promise<RunConfig> =>
  resolveRunConfig(request, {
    strategy: async (id, given) => resolveParams(id, (await load(id)).params, given),
    studies: () => Promise.resolve([]),
    policies: () => Promise.resolve([]),
    overlays: () => Promise.resolve({ overlays: [], parents: [] }),
    portfolio: () => Promise.reject(new Error('no portfolio was asked for')),
  });

async function commandOf(config: RunConfig): Promise<string[]> {
  const strategies = await Promise.all(config.strategies.map(async ({ id }) => ({ id, params: (await load(id)).params, isPlugin: false })));
  return runCommandOf(config, strategies);
}

/** The words of a command line, as a shell takes them. */
const words = (line: string) => [...line.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2]!);

const window = { symbols: ['BTCUSDT', 'ETHUSDT'], start: '2021-01-01', end: '2022-12-31' };

describe('the command that a report names', () => {
  it.each<[string, RunRequest]>([
    ['defaults only', window],
    ['other costs', { ...window, fee_bps_per_side: 3, slippage_bps_per_fill: 0.5 }],
    ['an all-in cost', { ...window, cost_bps: 10 }],
    ['the sample market with a seed', { ...window, source: 'sample', seed: 7 }],
    [
      'the reference’s definitions, allowances and another equity',
      { ...window, compat: 'reference', allow_missing_funding: true, initial_equity: 50_000 },
    ],
    [
      'two strategies with parameters',
      {
        ...window,
        strategies: ['vol_compression_v1', 'vol_compression_reversion_v1'],
        strategy_params: { vol_compression_v1: { max_hold_bars: 24, one_trade_per_day: false, trade_day_timezone: 'America/New_York' } },
      },
    ],
  ])('gives the same run again: %s', async (_, request) => {
    const config = await resolve(request);
    const [, , ...args] = words((await commandOf(config)).join(' '));
    const parsed = await parseCommand(runCommand, args);
    if (parsed.kind !== 'run') throw new Error('the command asks for help');
    expect(await resolveLayers(await readLayers({ flags: parsed.flags, effects }), registry, specFolders(effects.files, null))).toEqual(config);
  });

  it('says nothing about defaults, and names a folder for strategies of one’s own', async () => {
    const config = await resolve(window);
    expect(await commandOf(config)).toEqual(['backtest run', '--symbols BTCUSDT,ETHUSDT', '--start 2021-01-01', '--end 2022-12-31']);
    expect(runCommandOf(config, [{ id: 'vol_compression_v1', params: {}, isPlugin: true }])).toContain('--plugins DIR');
  });
});
