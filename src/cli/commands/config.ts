import { canonicalJson } from '../../core/canonicalJson.ts';
import { openRunRegistry } from '../../stages/lib/runRegistry.ts';
import { requestOf, type RunConfig, runIdOf } from '../../stages/lib/runConfig.ts';
import { type RunKey, type RunKeyName, runKeyNames, runKeys } from '../../stages/lib/runKeys.ts';
import { type CommandResult, defineCommand, type Invocation } from '../lib/command.ts';
import { type Layers, type Origin, readLayers, resolveLayers } from '../lib/configLayers.ts';
import { textTable } from '../lib/output.ts';
import { pluginsOf, runFlags, specsOf } from '../lib/runRequest.ts';
import { specFolders } from '../../stages/lib/specs.ts';

export default defineCommand({
  id: 'config',
  summary: 'show what a run would be and where each value comes from, or list all keys',
  task: 'configure',
  about:
    'A run is made of three layers: built-in defaults, then every --config file from left to right, then flags. `config show` ' +
    'takes the flags of `run`, resolves them without running anything, and names for each value the file and line, the flag or ' +
    'the default it comes from, and the id that the run would have. `config keys` lists every key of a configuration file with ' +
    'its flag, type, default and meaning. Both write nothing.',
  args: [{ name: 'action', help: 'show or keys', choices: ['show', 'keys'] }],
  flags: runFlags.map((flag) => ({ ...flag, only: ['show'] })),
  examples: [
    'backtest config keys',
    'backtest config show --config configs/pipeline.yaml --config configs/costs.yaml --fees-bps 3',
    'backtest config show --source sample --symbols BTCUSDT --start 2023-01-01 --end 2023-12-31 --param vol_compression_v1.max_hold_bars=24',
  ],
  seeAlso: ['run', 'strategies'],
  run: (invocation) => (invocation.args[0] === 'keys' ? Promise.resolve(keys()) : show(invocation)),
});

/** Every key of a configuration file. */
function keys(): CommandResult {
  const all = runKeyNames.map((key) => ({ key, ...(runKeys[key] as RunKey) }));
  return {
    data: all.map(({ key, flag, type, default: fallback, min, max, help }) => ({
      key,
      flag: `--${flag}`,
      type,
      default: fallback ?? null,
      min: min ?? null,
      max: max ?? null,
      help,
    })),
    text: textTable(
      ['key', 'flag', 'type', 'default', 'meaning'],
      all.map(({ key, flag, type, default: fallback, min, max, help }) => [
        key,
        `--${flag}`,
        min === undefined ? type : `${type} ${min}..${max!}`,
        fallback === undefined ? '' : valueText(fallback),
        help,
      ]),
    ),
  };
}

/** One value of the resolved run and where it comes from. */
interface Setting {
  readonly key: string;
  readonly value: unknown;
  readonly origin: 'default' | 'file' | 'flag' | 'derived' | 'missing';
  /** In words: `default`, `costs.yaml:2`, `--fees-bps`. */
  readonly from: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly flag: string | null;
}

async function show(invocation: Invocation): Promise<CommandResult> {
  const layers = await readLayers(invocation);
  const registry = openRunRegistry(invocation.dataRoot, pluginsOf(invocation.flags), invocation.effects);
  const missing = (['symbols', 'start', 'end'] as const).filter((key) => isAbsent(layers.request[key]));
  const config = await resolveLayers(standIn(layers), registry, specFolders(invocation.effects.files, specsOf(invocation.flags)));
  const settings = settingsOf(config, layers, missing);
  const runId = missing.length === 0 ? runIdOf(config) : null;
  const request = Object.fromEntries(Object.entries(requestOf(config)).filter(([key]) => !(missing as readonly string[]).includes(key)));
  return {
    data: { run_id: runId, missing, config: request, settings },
    text: [
      textTable(
        ['key', 'value', 'from'],
        settings.map(({ key, value, from }) => [key, valueText(value), from]),
      ),
      '',
      runId === null ? `A run needs ${missing.map((key) => `--${key}`).join(', ')} too.` : `Run id: ${runId}`,
    ].join('\n'),
  };
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

/** The layers with something in the place of what a run cannot do without, so that all the rest is checked. */
function standIn({ request, origins }: Layers): Layers {
  const { start, end } = request;
  const day = [start, end].find((given) => !isAbsent(given)) ?? '2020-01-01';
  const filled = { ...request, start: isAbsent(start) ? day : start, end: isAbsent(end) ? day : end };
  const from = origins.get(isAbsent(start) ? 'end' : 'start');
  return {
    request: isAbsent(request['symbols']) ? { ...filled, symbols: 'BTCUSDT' } : filled,
    // What is wrong with a day is said of the flag that gave it.
    origins: from === undefined ? origins : new Map([...(['start', 'end'] as const).map((key): [string, Origin] => [key, from]), ...origins]),
  };
}

function settingsOf(config: RunConfig, { request, origins }: Layers, missing: readonly string[]): Setting[] {
  const values = requestOf(config);
  const setting = (key: string, value: unknown): Setting => {
    const base = { key, value, file: null, line: null, column: null, flag: null };
    if (missing.includes(key)) return { ...base, value: null, origin: 'missing', from: 'missing' };
    if (key === 'cost_bps' && isAbsent(request['cost_bps'])) return { ...base, origin: 'derived', from: 'fee_bps_per_side + slippage_bps_per_fill' };
    const origin = origins.get(key);
    return origin === undefined ? { ...base, origin: 'default', from: 'default' } : { ...base, ...originFields(origin) };
  };
  return runKeyNames.flatMap((key: RunKeyName) => {
    if (key !== 'strategy_params') return [setting(key, values[key])];
    return config.strategies.flatMap(({ id, params }) => Object.entries(params).map(([name, value]) => setting(`${key}.${id}.${name}`, value)));
  });
}

function originFields(origin: Origin): Pick<Setting, 'origin' | 'from'> & Partial<Setting> {
  if (origin.kind === 'flag') return { origin: 'flag', from: origin.flag, flag: origin.flag };
  const { file, line, column } = origin.place;
  return { origin: 'file', from: `${file}:${line}`, file, line, column };
}

/** A value as one would write it. */
function valueText(value: unknown): string {
  if (value === null) return '';
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'object' ? canonicalJson(value) : String(value);
}
