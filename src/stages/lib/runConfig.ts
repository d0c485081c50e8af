import { AppError } from '../../core/errors.ts';
import { canonicalJson, hashOf } from '../../core/canonicalJson.ts';
import { didYouMean } from '../../core/suggest.ts';
import { checkSymbol } from '../../core/symbol.ts';
import { dayMs, formatDay, parseDay } from '../../core/time.ts';
import { type Profile, profileOf } from '../../core/profile.ts';
import type { ParamValues } from '../../core/params.ts';

/** What a user asks for, by configuration key; every value may still be text. */
export type RunRequest = Readonly<Record<string, unknown>>;

/** A run fully resolved: every default filled in, every unit's parameters known. Hashes to the run id. */
export interface RunConfig {
  /** Sorted, without duplicates. */
  readonly symbols: readonly string[];
  /** First day, epoch ms. */
  readonly start: number;
  /** Last day included, epoch ms of its midnight. */
  readonly end: number;
  readonly source: string;
  readonly seed: number;
  readonly strategies: readonly { readonly id: string; readonly params: ParamValues }[];
  readonly accounting: string;
  readonly compat: 'reference' | null;
  readonly feeBps: number;
  readonly slippageBps: number;
  /** All-in cost per unit of turnover; fee + slippage unless given. */
  readonly costBps: number;
  readonly initialEquity: number;
  readonly allowMissingFunding: boolean;
  readonly allowConstantFunding: boolean;
  readonly allowFundingTimestampRounding: boolean;
  readonly skipIngestOhlcv: boolean;
  readonly skipIngestFunding: boolean;
}

/** Keys of a configuration file and of the flags with the same names in kebab-case. */
export const requestKeys = [
  'symbols',
  'start',
  'end',
  'source',
  'seed',
  'strategies',
  'strategy_params',
  'accounting',
  'compat',
  'fee_bps_per_side',
  'slippage_bps_per_fill',
  'cost_bps',
  'initial_equity',
  'allow_missing_funding',
  'allow_constant_funding',
  'allow_funding_timestamp_rounding',
  'skip_ingest_ohlcv',
  'skip_ingest_funding',
] as const;

export const requestDefaults: RunRequest = {
  source: 'binance',
  seed: 1,
  strategies: ['vol_compression_v1'],
  strategy_params: {},
  accounting: 'screen',
  compat: null,
  fee_bps_per_side: 4,
  slippage_bps_per_fill: 2,
  initial_equity: 1_000_000,
  allow_missing_funding: false,
  allow_constant_funding: false,
  allow_funding_timestamp_rounding: false,
  skip_ingest_ohlcv: false,
  skip_ingest_funding: false,
};

/**
 * The resolved run for a request.
 *
 * @param resolveStrategy fills a strategy's parameters; throws when id or parameter is unknown
 * @throws E_BAD_DATE, E_BAD_SYMBOL, E_CONFIG naming the key and what is wrong with it
 */
export async function resolveRunConfig(
  request: RunRequest,
  resolveStrategy: (id: string, given: Readonly<Record<string, unknown>>) => Promise<ParamValues>,
): Promise<RunConfig> {
  const known: readonly string[] = requestKeys;
  for (const key of Object.keys(request)) {
    if (!known.includes(key)) throw configError(key, `no such key${didYouMean(key, known)}`);
  }
  const all = { ...requestDefaults, ...request };
  const start = dayOf(all, 'start');
  const end = dayOf(all, 'end');
  if (end < start) throw new AppError('E_BAD_DATE', { flag: '--end', problem: `${formatDay(end)} lies before --start ${formatDay(start)}` });
  const ids = listOf(all, 'strategies');
  if (ids.length === 0) throw configError('strategies', 'name at least one strategy');
  const given = recordOf(all, 'strategy_params');
  for (const id of Object.keys(given)) {
    if (!ids.includes(id)) throw configError(`strategy_params.${id}`, `strategy ${id} is not part of the run${didYouMean(id, ids)}`);
  }
  const strategies = [];
  for (const id of ids) strategies.push({ id, params: await resolveStrategy(id, recordOf(given, id)) });
  const feeBps = numberOf(all, 'fee_bps_per_side', 0, 1_000);
  const slippageBps = numberOf(all, 'slippage_bps_per_fill', 0, 1_000);
  const compat = all['compat'] ?? null;
  if (compat !== null && compat !== 'reference') throw configError('compat', `expected reference, got ${JSON.stringify(compat)}`);
  return {
    symbols: symbolsOf(all),
    start,
    end,
    source: textOf(all, 'source'),
    seed: seedOf(all),
    strategies,
    accounting: textOf(all, 'accounting'),
    compat,
    feeBps,
    slippageBps,
    costBps: all['cost_bps'] === undefined || all['cost_bps'] === null ? feeBps + slippageBps : numberOf(all, 'cost_bps', 0, 1_000),
    initialEquity: numberOf(all, 'initial_equity', 1, 1e15),
    allowMissingFunding: flagOf(all, 'allow_missing_funding'),
    allowConstantFunding: flagOf(all, 'allow_constant_funding'),
    allowFundingTimestampRounding: flagOf(all, 'allow_funding_timestamp_rounding'),
    skipIngestOhlcv: flagOf(all, 'skip_ingest_ohlcv'),
    skipIngestFunding: flagOf(all, 'skip_ingest_funding'),
  };
}

/** `<first symbol>[-plus<n>]-<start>-<end>-<8 hex of the configuration>`: the same command is the same run. */
export function runIdOf(config: RunConfig): string {
  const more = config.symbols.length - 1;
  const days = [config.start, config.end].map((ms) => formatDay(ms).replaceAll('-', '')).join('-');
  return `${config.symbols[0]!.toLowerCase()}${more === 0 ? '' : `-plus${more}`}-${days}-${hashOf(config).slice(0, 8)}`;
}

/** Names of the keys in which two configurations differ, sorted. */
export function differingKeys(a: RunConfig, b: RunConfig): string[] {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof RunConfig>;
  return [...keys].filter((key) => canonicalJson(a[key] ?? null) !== canonicalJson(b[key] ?? null)).sort();
}

/** Half-open instant range of the run. */
export function windowOf(config: RunConfig): { start: number; end: number } {
  return { start: config.start, end: config.end + dayMs };
}

export function runProfile(config: RunConfig): Profile {
  return profileOf(config.compat);
}

/** Error about one configuration key. */
export function configError(key: string, problem: string): AppError {
  return new AppError('E_CONFIG', { where: `configuration key ${key}`, problem, remedy: 'See `backtest run --help` for keys, flags and defaults.' });
}

function symbolsOf(all: RunRequest): string[] {
  const symbols = [...new Set(listOf(all, 'symbols').map((symbol) => symbol.toUpperCase()))].sort();
  if (symbols.length === 0)
    throw new AppError('E_USAGE', { problem: '--symbols is missing: name one or more, for example --symbols BTCUSDT,ETHUSDT' });
  for (const symbol of symbols) checkSymbol(symbol);
  return symbols;
}

function dayOf(all: RunRequest, key: 'start' | 'end'): number {
  const raw = all[key];
  if (raw === undefined || raw === null || raw === '') throw new AppError('E_BAD_DATE', { flag: `--${key}`, problem: 'is missing' });
  const day = typeof raw === 'string' ? parseDay(raw) : null;
  if (day === null) throw new AppError('E_BAD_DATE', { flag: `--${key}`, problem: `${JSON.stringify(raw)} is not a calendar day` });
  return day;
}

function listOf(all: RunRequest, key: string): string[] {
  const raw = all[key] ?? [];
  const items = typeof raw === 'string' ? raw.split(',') : raw;
  if (!Array.isArray(items) || items.some((item) => typeof item !== 'string')) throw configError(key, 'expected a list of names');
  return [...new Set((items as string[]).map((item) => item.trim()).filter((item) => item !== ''))];
}

function recordOf(all: Readonly<Record<string, unknown>>, key: string): Record<string, unknown> {
  const raw = all[key] ?? {};
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) throw configError(key, 'expected a mapping of names to values');
  return raw as Record<string, unknown>;
}

function textOf(all: RunRequest, key: string): string {
  const raw = all[key];
  if (typeof raw !== 'string' || raw === '') throw configError(key, 'expected a name');
  return raw;
}

function numberOf(all: RunRequest, key: string, min: number, max: number): number {
  const raw = all[key];
  const value = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw configError(key, `expected a number, got ${JSON.stringify(raw)}`);
  if (value < min || value > max) throw configError(key, `${value} is outside ${min}..${max}`);
  return value;
}

function seedOf(all: RunRequest): number {
  const seed = numberOf(all, 'seed', 0, Number.MAX_SAFE_INTEGER);
  if (!Number.isInteger(seed)) throw configError('seed', `expected a whole number, got ${seed}`);
  return seed;
}

function flagOf(all: RunRequest, key: string): boolean {
  const raw = all[key];
  if (raw === true || raw === 'true' || raw === 1) return true;
  if (raw === false || raw === 'false' || raw === 0) return false;
  throw configError(key, `expected true or false, got ${JSON.stringify(raw)}`);
}
