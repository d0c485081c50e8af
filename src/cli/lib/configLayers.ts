import { AppError } from '../../core/errors.ts';
import { accountingOf } from '../../engine/accountings.ts';
import { didYouMean } from '../../core/suggest.ts';
import type { Registry } from '../../registry/discover.ts';
import { type Place, placeText } from '../../lake/readYaml.ts';
import { resolversOf } from '../../stages/lib/resolvers.ts';
import type { SpecFolders } from '../../stages/lib/specs.ts';
import { configError, resolveRunConfig, type RunConfig, type RunRequest } from '../../stages/lib/runConfig.ts';
import { runKeyNames, runKeys } from '../../stages/lib/runKeys.ts';
import type { Invocation, ParsedFlags } from './command.ts';
import { readConfig } from './readConfig.ts';
import { paramsOf, refuseContradictions } from './runRequest.ts';

/** What set a value: a key of a file or a flag. What nothing set has its built-in default. */
export type Origin = { readonly kind: 'file'; readonly place: Place } | { readonly kind: 'flag'; readonly flag: string };

/** Built-in defaults, then configuration files from left to right, then flags: what is asked for and what asked for it. */
export interface Layers {
  readonly request: RunRequest;
  /** By dotted key, for example `strategy_params.vol_compression_v1.max_hold_bars`. */
  readonly origins: ReadonlyMap<string, Origin>;
}

/** The layers of a command line. @throws E_CONFIG, E_USAGE */
export async function readLayers({ flags, effects }: Pick<Invocation, 'flags' | 'effects'>): Promise<Layers> {
  refuseContradictions(flags);
  let request: Record<string, unknown> = {};
  const origins = new Map<string, Origin>();
  for (const file of (flags['config'] ?? []) as readonly string[]) {
    const { values, places } = await readConfig(effects.files, file);
    request = overlay(request, values);
    for (const [key, place] of places) origins.set(key, { kind: 'file', place });
  }
  const given = flagValues(flags);
  request = overlay(request, given);
  for (const [key, flag] of flagOrigins(given)) origins.set(key, { kind: 'flag', flag });
  return { request, origins };
}

/**
 * The run that the layers ask for, every unit known to exist.
 *
 * @throws what resolveRunConfig throws and E_UNKNOWN_UNIT, with the file and line or the flag that set the value
 */
export async function resolveLayers(layers: Layers, registry: Registry, specs: SpecFolders): Promise<RunConfig> {
  try {
    refuseUnknownStrategies(layers.request, registry);
    const config = await resolveRunConfig(layers.request, resolversOf(registry, specs));
    registry.find('source', config.source);
    accountingOf(config.accounting);
    return config;
  } catch (error) {
    throw located(error, layers.origins);
  }
}

/** Parameters of a strategy that does not exist at all; that one exists and is not run is said by resolveRunConfig. */
function refuseUnknownStrategies({ strategy_params: params }: RunRequest, registry: Registry): void {
  const known = registry.ids('strategy');
  const unknown = isMapping(params) ? Object.keys(params).find((id) => !known.includes(id)) : undefined;
  if (unknown !== undefined) throw configError(`strategy_params.${unknown}`, `no strategy is called ${unknown}${didYouMean(unknown, known)}`);
}

/** Configuration values of the flags, by key; as text. */
function flagValues(flags: ParsedFlags): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const name of runKeyNames) {
    const { flag } = runKeys[name];
    if (name !== 'strategy_params' && flags[flag] !== undefined) values[name] = flags[flag];
  }
  if (flags['param'] !== undefined) values['strategy_params'] = paramsOf(flags);
  return values;
}

function flagOrigins({ strategy_params: params, ...values }: Record<string, unknown>): [key: string, flag: string][] {
  const named = Object.keys(values).map((key): [string, string] => [key, `--${runKeys[key as keyof typeof runKeys].flag}`]);
  const strategies = Object.entries((params ?? {}) as Record<string, Record<string, string>>);
  const ofParams = strategies.flatMap(([id, own]): [string, string][] => [
    [`strategy_params.${id}`, `--param ${id}.…`],
    ...Object.keys(own).map((name): [string, string] => [`strategy_params.${id}.${name}`, `--param ${id}.${name}`]),
  ]);
  return [...named, ...ofParams];
}

/** A later layer over earlier ones. Its fee or slippage ends an all-in cost that an earlier layer gave. */
function overlay(earlier: Readonly<Record<string, unknown>>, later: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const merged = merge(earlier, later);
  const isSplit = later['fee_bps_per_side'] !== undefined || later['slippage_bps_per_fill'] !== undefined;
  if (isSplit && later['cost_bps'] === undefined) delete merged['cost_bps'];
  return merged;
}

/** Mappings merge key by key; everything else is replaced by the later value. */
function merge(earlier: Readonly<Record<string, unknown>>, later: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const out: Record<string, unknown> = { ...earlier };
  for (const [key, value] of Object.entries(later)) {
    // Assigning it would change what the mapping inherits instead of adding a key.
    if (key === '__proto__') throw configError(key, 'no such key');
    const before = Object.hasOwn(out, key) ? out[key] : undefined;
    out[key] = isMapping(before) && isMapping(value) ? merge(before, value) : value;
  }
  return out;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The configuration key that an error is about, or null. */
function keyOf({ code, details }: AppError): string | null {
  if (code === 'E_BAD_PARAM') return `strategy_params.${details['unit']!}.${details['name']!}`;
  if (code === 'E_BAD_SYMBOL') return 'symbols';
  if (code === 'E_UNKNOWN_UNIT') return { strategy: 'strategies', source: 'source', accounting: 'accounting' }[String(details['kind'])] ?? null;
  return typeof details['key'] === 'string' ? details['key'] : null;
}

/** Which detail of an error says, or may say at its end, where the trouble is. */
const placeDetail = { E_CONFIG: 'where', E_BAD_DATE: 'flag', E_BAD_PARAM: 'problem', E_BAD_SYMBOL: 'problem', E_UNKNOWN_UNIT: 'suggestion' } as const;

/** The same error with the place where the user wrote what is wrong; as it is when that is not known. */
function located(error: unknown, origins: ReadonlyMap<string, Origin>): unknown {
  if (!(error instanceof AppError) || !(error.code in placeDetail)) return error;
  const key = keyOf(error);
  const origin = key === null ? undefined : origins.get(key);
  if (key === null || origin === undefined) return error;
  const name = placeDetail[error.code as keyof typeof placeDetail];
  const where = origin.kind === 'flag' ? origin.flag : placeText(origin.place);
  const isName = name === 'where' || name === 'flag';
  const isFile = origin.kind === 'file';
  const text = isName ? `${where}${isFile ? `, key ${key}` : ''}` : `${error.details[name] ?? ''}${isFile ? ` (${where})` : ''}`;
  return new AppError(error.code, { ...error.details, [name]: text, key, ...(isFile ? origin.place : {}) }, { cause: error });
}
