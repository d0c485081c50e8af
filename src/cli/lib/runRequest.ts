import { AppError } from '../../core/errors.ts';
import { type RunKey, type RunKeyName, runKeyNames, runKeys } from '../../stages/lib/runKeys.ts';
import type { Completes, Flag, ParsedFlags } from './command.ts';

/** What the completion offers for the value of a configuration key's flag. */
const completes: Partial<Record<RunKeyName, Completes>> = {
  symbols: 'symbol',
  strategies: 'strategy',
  strategy_params: 'param',
  source: 'source',
  accounting: 'accounting',
};

/** Flags of a run that are no configuration: where data come from and go to, and how the work is done. */
const workFlags: readonly Flag[] = [
  { name: 'archive-url', value: 'URL', help: 'server with the public archive’s layout', group: 'Data' },
  { name: 'rest-url', value: 'URL', help: 'server with the venue’s REST routes; used for what the archive lacks', group: 'Data' },
  { name: 'refresh', help: 'ask again for what the lake has: replaced archives become new revisions', group: 'Data' },
  {
    name: 'config',
    value: 'FILE',
    help: 'YAML configuration; later ones and flags win (repeatable)',
    repeat: true,
    group: 'Setup',
    completes: 'file',
  },
  { name: 'plugins', value: 'DIR', help: 'folder with your own units (repeatable)', repeat: true, group: 'Setup', completes: 'folder' },
  {
    name: 'specs',
    value: 'DIR',
    help: 'folder with your own documents (studies/, overlays/, portfolios/, ...)',
    group: 'Setup',
    completes: 'folder',
  },
  { name: 'run-id', value: 'ID', help: 'name of the run; derived from the configuration when left out', group: 'Setup', completes: 'run' },
  { name: 'force', help: 'run every stage again and replace the run of this id', group: 'Setup' },
  { name: 'workers', value: 'N', help: 'threads for symbols; results never depend on it', shown: 'as many as the work is worth', group: 'Setup' },
  { name: 'lock-timeout', value: 'S', help: 'seconds to wait for another run on the same lake', shown: '60', group: 'Setup' },
];

/** Flags that say what a run is, one per configuration key, and those that say how it is made. */
export const runFlags: readonly Flag[] = [...runKeyNames.map(keyFlag), ...workFlags].sort((a, b) => groupRank(a) - groupRank(b));

function keyFlag(name: RunKeyName): Flag {
  const { flag, help, group, value, default: fallback } = runKeys[name] as RunKey;
  const shown = shownDefault(fallback);
  return {
    name: flag,
    help,
    group,
    repeat: name === 'strategy_params',
    ...(value === undefined ? {} : { value }),
    ...(shown === null ? {} : { shown }),
    ...(completes[name] === undefined ? {} : { completes: completes[name] }),
  };
}

function groupRank({ group }: Flag): number {
  return ['What', 'Data', 'Money', 'Setup'].indexOf(group!);
}

/** A default in help; switches and absent or empty values have none to show. */
function shownDefault(value: unknown): string | null {
  if (Array.isArray(value)) return value.length === 0 ? null : value.join(',');
  return typeof value === 'number' || typeof value === 'string' ? String(value) : null;
}

/** @throws E_USAGE for flags of which one takes away what the other says */
export function refuseContradictions(flags: ParsedFlags): void {
  const isGiven = (name: string) => flags[name] !== undefined;
  const refuse = (names: string, why: string) => {
    throw new AppError('E_USAGE', { problem: `${names} contradict each other: ${why}` });
  };
  for (const part of ['fees-bps', 'slippage-bps'])
    if (isGiven('cost-bps') && isGiven(part)) refuse(`--cost-bps and --${part}`, '--cost-bps is the all-in cost instead of fee and slippage');
  if (flags['source'] === 'sample') {
    for (const name of ['archive-url', 'rest-url']) if (isGiven(name)) refuse(`--source sample and --${name}`, 'the sample market asks no server');
  } else if (flags['source'] !== undefined && isGiven('seed'))
    refuse(`--source ${String(flags['source'])} and --seed`, 'only the sample market has a seed');
  if (isGiven('refresh') && isGiven('skip-ingest-ohlcv') && isGiven('skip-ingest-funding'))
    refuse('--refresh, --skip-ingest-ohlcv and --skip-ingest-funding', 'nothing is left to ask again for');
}

/** Folder of `--specs`. */
export function specsOf(flags: ParsedFlags): string | null {
  return (flags['specs'] as string | undefined) ?? null;
}

/** Folders of `--plugins`. */
export function pluginsOf(flags: ParsedFlags): readonly string[] {
  return (flags['plugins'] ?? []) as readonly string[];
}

/** A whole number of at least `min` given by a flag, or the default. @throws E_USAGE */
export function wholeFlag<T extends number | null>(flags: ParsedFlags, name: string, fallback: T, min: number): number | T {
  const raw = flags[name];
  if (raw === undefined) return fallback;
  const value = Number(raw);
  if (typeof raw !== 'string' || !/^\d{1,9}$/.test(raw) || value < min)
    throw new AppError('E_USAGE', { problem: `--${name}: expected a whole number of at least ${min}, got ${JSON.stringify(raw)}` });
  return value;
}

/** Strategy parameters of `--param`, as text. @throws E_USAGE on another form and on one given twice */
export function paramsOf(flags: ParsedFlags): Record<string, Record<string, string>> {
  const params: Record<string, Record<string, string>> = {};
  for (const text of (flags['param'] ?? []) as readonly string[]) {
    const match = /^([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)=(.*)$/.exec(text);
    if (match === null)
      throw new AppError('E_USAGE', {
        problem: `--param ${JSON.stringify(text)}: expected STRATEGY.NAME=VALUE, for example vol_compression_v1.max_hold_bars=24`,
      });
    const [, strategy, name, value] = match as unknown as [string, string, string, string];
    // `constructor` is a name that every object answers to.
    if (!Object.hasOwn(params, strategy)) params[strategy] = {};
    const own = params[strategy]!;
    if (Object.hasOwn(own, name))
      throw new AppError('E_USAGE', { problem: `--param ${strategy}.${name} is given twice: ${own[name]!} and ${value}` });
    own[name] = value;
  }
  return params;
}
