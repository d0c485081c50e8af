import { AppError } from '../../core/errors.ts';
import { configError, requestKeys, type RunRequest } from '../../stages/lib/runConfig.ts';
import type { Flag, Invocation, ParsedFlags } from './command.ts';
import { readConfig } from './readConfig.ts';

/** Flags that say what a run is; each is a configuration key in kebab-case unless `keys` says otherwise. */
export const runFlags: readonly Flag[] = [
  { name: 'symbols', value: 'A,B', help: 'symbols, comma-separated', group: 'What' },
  { name: 'start', value: 'YYYY-MM-DD', help: 'first day (UTC)', group: 'What' },
  { name: 'end', value: 'YYYY-MM-DD', help: 'last day, included', group: 'What' },
  { name: 'strategies', value: 'a,b', help: 'strategy ids', shown: 'vol_compression_v1', group: 'What' },
  { name: 'param', value: 'STRATEGY.NAME=VALUE', help: 'one strategy parameter (repeatable)', repeat: true, group: 'What' },
  { name: 'source', value: 'ID', help: 'where data come from: binance or sample', shown: 'binance', group: 'Data' },
  { name: 'seed', value: 'N', help: 'seed of the sample market', shown: '1', group: 'Data' },
  { name: 'archive-url', value: 'URL', help: 'server with the public archive’s layout', group: 'Data' },
  { name: 'rest-url', value: 'URL', help: 'server with the venue’s REST routes; used for what the archive lacks', group: 'Data' },
  { name: 'refresh', help: 'ask again for what the lake has: replaced archives become new revisions', group: 'Data' },
  { name: 'skip-ingest-ohlcv', help: 'use the bars that are in the lake', group: 'Data' },
  { name: 'skip-ingest-funding', help: 'use the funding that is in the lake', group: 'Data' },
  { name: 'allow-missing-funding', help: 'go on where funding settlements are missing', group: 'Data' },
  { name: 'allow-constant-funding', help: 'go on where the funding rate never changes', group: 'Data' },
  { name: 'allow-funding-timestamp-rounding', help: 'round settlement stamps that lie off the hour', group: 'Data' },
  { name: 'accounting', value: 'ID', help: 'how intent becomes money', shown: 'screen', group: 'Money' },
  { name: 'compat', value: 'reference', help: 'the literal definitions of the reference system', group: 'Money' },
  { name: 'fees-bps', value: 'N', help: 'fee per side, basis points', shown: '4', group: 'Money' },
  { name: 'slippage-bps', value: 'N', help: 'slippage per fill, basis points', shown: '2', group: 'Money' },
  { name: 'cost-bps', value: 'N', help: 'all-in cost per side instead of both', group: 'Money' },
  { name: 'initial-equity', value: 'N', help: 'equity before the first bar', shown: '1000000', group: 'Money' },
  { name: 'config', value: 'FILE', help: 'YAML configuration; later ones and flags win (repeatable)', repeat: true, group: 'Setup' },
  { name: 'plugins', value: 'DIR', help: 'folder with your own units (repeatable)', repeat: true, group: 'Setup' },
  { name: 'run-id', value: 'ID', help: 'name of the run; derived from the configuration when left out', group: 'Setup' },
  { name: 'force', help: 'run every stage again', group: 'Setup' },
  { name: 'workers', value: 'N', help: 'threads for symbols; results never depend on it', shown: 'cores', group: 'Setup' },
  { name: 'lock-timeout', value: 'S', help: 'seconds to wait for another run on the same lake', shown: '60', group: 'Setup' },
];

const keyOfFlag: Readonly<Record<string, string>> = { 'fees-bps': 'fee_bps_per_side', 'slippage-bps': 'slippage_bps_per_fill' };

/** The request of a command line: configuration files in order, then flags. */
export async function runRequest(invocation: Invocation): Promise<RunRequest> {
  const { flags } = invocation;
  let request: Record<string, unknown> = {};
  for (const file of (flags['config'] ?? []) as readonly string[]) request = merge(request, await readConfig(invocation.effects.files, file));
  const known: readonly string[] = requestKeys;
  for (const flag of runFlags) {
    const key = keyOfFlag[flag.name] ?? flag.name.replaceAll('-', '_');
    if (known.includes(key) && flags[flag.name] !== undefined) request[key] = flags[flag.name];
  }
  const params = paramsOf(flags);
  if (Object.keys(params).length > 0) request['strategy_params'] = merge((request['strategy_params'] ?? {}) as Record<string, unknown>, params);
  return request;
}

/** Folders of `--plugins`. */
export function pluginsOf(flags: ParsedFlags): readonly string[] {
  return (flags['plugins'] ?? []) as readonly string[];
}

/** A whole number of at least `min` given by a flag, or the default. @throws E_USAGE */
export function wholeFlag(flags: ParsedFlags, name: string, fallback: number, min: number): number {
  const raw = flags[name];
  if (raw === undefined) return fallback;
  const value = Number(raw);
  if (typeof raw !== 'string' || raw.trim() === '' || !Number.isInteger(value) || value < min)
    throw new AppError('E_USAGE', { problem: `--${name}: expected a whole number of at least ${min}, got ${JSON.stringify(raw)}` });
  return value;
}

function paramsOf(flags: ParsedFlags): Record<string, Record<string, string>> {
  const params: Record<string, Record<string, string>> = {};
  for (const text of (flags['param'] ?? []) as readonly string[]) {
    const match = /^([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)=(.*)$/.exec(text);
    if (match === null)
      throw new AppError('E_USAGE', {
        problem: `--param ${JSON.stringify(text)}: expected STRATEGY.NAME=VALUE, for example vol_compression_v1.max_hold_bars=24`,
      });
    (params[match[1]!] ??= {})[match[2]!] = match[3]!;
  }
  return params;
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
