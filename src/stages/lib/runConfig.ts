import { AppError } from '../../core/errors.ts';
import { canonicalJson, hashOf } from '../../core/canonicalJson.ts';
import { didYouMean } from '../../core/suggest.ts';
import { checkSymbol } from '../../core/symbol.ts';
import { dayMs, formatDay, likelyDay, parseDay } from '../../core/time.ts';
import { type Profile, profileOf } from '../../core/profile.ts';
import { numberIn, type ParamValues } from '../../core/params.ts';
import type { OverlayDocument } from '../../governance/documents/overlay.ts';
import { type TrustLevel, trustLevels } from '../../governance/records.ts';
import type { PolicyDocument } from '../../research/policy/document.ts';
import type { StudyDocument } from '../../research/study/document.ts';
import { namedSymbols, portfolioOverrides, type PortfolioRequest, type RunPortfolio } from './portfolioConfig.ts';
import { type RunKey, type RunKeyName, runKeyNames, runKeyOf, runKeys } from './runKeys.ts';

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
  /** There when features are warmed up on bars before `start`. Absent otherwise, as in every run made before it existed. */
  readonly warmup?: true;
  /** Whole documents of the studies that run beside the backtest, so that a run says what it ran without the folder they came from. Absent without any. */
  readonly studies?: readonly StudyDocument[];
  /** Whole documents of its policy studies; the parent of each is among the studies. Absent without any. */
  readonly policies?: readonly PolicyDocument[];
  /** Whole documents of the overlays that act on its strategies, by name. Absent without any. */
  readonly overlays?: readonly OverlayDocument[];
  /** Whole documents of the studies whose events they read; these are not run. Absent without any. */
  readonly overlayParents?: readonly StudyDocument[];
  /** Least trust in every overlay. Absent where their files suffice. */
  readonly trust?: TrustLevel;
  /** There when what studies and policy studies found is to be ranked. */
  readonly edgeCandidates?: true;
  /** What its portfolio is made of, whole documents included. Absent without one. */
  readonly portfolio?: RunPortfolio;
  /** Studies, policy studies and the portfolio whose holdout is opened. Absent when none is. */
  readonly openHoldout?: readonly string[];
}

/** Overlays by name, and the studies whose events they read. */
export interface RunOverlays {
  readonly overlays: readonly OverlayDocument[];
  readonly parents: readonly StudyDocument[];
}

/** How the names in a request become what they stand for. */
export interface Resolvers {
  /** A strategy's parameters; throws when id or parameter is unknown. */
  readonly strategy: (id: string, given: Readonly<Record<string, unknown>>) => Promise<ParamValues>;
  /** Study documents by id, `all` for every one; throws when an id is unknown. */
  readonly studies: (ids: readonly string[]) => Promise<readonly StudyDocument[]>;
  /** Policy studies by id, `all` for every one; throws when one is unknown or names what is not there. */
  readonly policies: (ids: readonly string[]) => Promise<readonly PolicyDocument[]>;
  /** Overlays by name or `name@version`, with the studies that they refer to; throws when one is unknown or cannot run. */
  readonly overlays: (names: readonly string[]) => Promise<RunOverlays>;
  /** A portfolio document with everything it names; throws when something is unknown. */
  readonly portfolio: (asked: PortfolioRequest) => Promise<RunPortfolio>;
}

/** Days that can be meant; a longer window is a slip of the finger. */
const firstDay = Date.UTC(2009, 0, 1);
const lastDay = Date.UTC(2099, 11, 31);

/** What every key is when nothing gives it. */
export function requestDefaults(): RunRequest {
  return Object.fromEntries(runKeyNames.map((name) => [name, (runKeys[name] as RunKey).default]).filter(([, value]) => value !== undefined));
}

/**
 * The resolved run for a request.
 *
 * @throws E_BAD_DATE, E_BAD_SYMBOL, E_CONFIG naming the key and what is wrong with it
 */
export async function resolveRunConfig(request: RunRequest, resolvers: Resolvers): Promise<RunConfig> {
  for (const key of Object.keys(request)) {
    if (runKeyOf(key) === null) throw configError(key, `no such key${didYouMean(key, runKeyNames)}`);
  }
  const all = { ...requestDefaults(), ...request };
  const start = dayOf(all, 'start');
  const end = dayOf(all, 'end');
  if (end < start)
    throw new AppError('E_BAD_DATE', { flag: '--end', problem: `${formatDay(end)} lies before the start ${formatDay(start)}`, key: 'end' });
  const ids = listOf(all, 'strategies');
  if (ids.length === 0) throw configError('strategies', 'name at least one strategy');
  const given = recordOf(all, 'strategy_params');
  for (const id of Object.keys(given)) {
    if (!ids.includes(id)) throw configError(`strategy_params.${id}`, `strategy ${id} is not part of the run${didYouMean(id, ids)}`);
  }
  const strategies = [];
  for (const id of ids) strategies.push({ id, params: await resolvers.strategy(id, recordOf(given, id)) });
  const policyIds = listOf(all, 'policy');
  const policies = policyIds.length === 0 ? [] : await resolvers.policies(policyIds);
  // A policy study is judged by its parent's verdict on the same data: the parent is part of the run, asked for or not.
  const studyIds = [...listOf(all, 'studies'), ...policies.map(({ parent }) => parent.study)];
  const openHoldout = listOf(all, 'open_holdout').sort();
  const studies = studyIds.length === 0 ? [] : await resolvers.studies(studyIds);
  const portfolio = await portfolioOf(all, resolvers);
  const overlayNames = listOf(all, 'overlays');
  const { overlays, parents } = overlayNames.length === 0 ? { overlays: [], parents: [] } : await resolvers.overlays(overlayNames);
  const trust = trustOf(all);
  const feeBps = numberOf(all, 'fee_bps_per_side');
  const slippageBps = numberOf(all, 'slippage_bps_per_fill');
  const compat = all['compat'] ?? null;
  if (compat !== null && compat !== 'reference')
    throw configError('compat', `expected reference, got ${JSON.stringify(compat)}${didYouMean(String(compat), ['reference'])}`);
  return {
    symbols: symbolsOf(all, portfolio),
    start,
    end,
    source: textOf(all, 'source'),
    seed: numberOf(all, 'seed'),
    strategies,
    accounting: textOf(all, 'accounting'),
    compat,
    feeBps,
    slippageBps,
    costBps: all['cost_bps'] === undefined || all['cost_bps'] === null ? feeBps + slippageBps : numberOf(all, 'cost_bps'),
    initialEquity: numberOf(all, 'initial_equity'),
    allowMissingFunding: flagOf(all, 'allow_missing_funding'),
    allowConstantFunding: flagOf(all, 'allow_constant_funding'),
    allowFundingTimestampRounding: flagOf(all, 'allow_funding_timestamp_rounding'),
    skipIngestOhlcv: flagOf(all, 'skip_ingest_ohlcv'),
    skipIngestFunding: flagOf(all, 'skip_ingest_funding'),
    ...(flagOf(all, 'warmup') ? { warmup: true } : {}),
    ...(studies.length === 0 ? {} : { studies }),
    ...(policies.length === 0 ? {} : { policies }),
    ...(overlays.length === 0 ? {} : { overlays }),
    ...(parents.length === 0 ? {} : { overlayParents: parents }),
    ...(overlays.length === 0 || trust === 'declared' ? {} : { trust }),
    ...(flagOf(all, 'edge_candidates') ? { edgeCandidates: true } : {}),
    ...(portfolio === null ? {} : { portfolio }),
    ...(openHoldout.length === 0 ? {} : { openHoldout }),
  };
}

/** A resolved run as the request that gives it again: what a configuration file of this run would say. */
export function requestOf(config: RunConfig): Readonly<Record<RunKeyName, unknown>> {
  return {
    symbols: config.symbols,
    start: formatDay(config.start),
    end: formatDay(config.end),
    strategies: config.strategies.map(({ id }) => id),
    strategy_params: Object.fromEntries(config.strategies.map(({ id, params }) => [id, params])),
    studies: (config.studies ?? []).map(({ id }) => id),
    policy: (config.policies ?? []).map(({ id }) => id),
    edge_candidates: config.edgeCandidates === true,
    overlays: (config.overlays ?? []).map(({ name, version }) => `${name}@${version}`),
    trust: config.trust ?? 'declared',
    portfolio: config.portfolio !== undefined,
    portfolio_spec: config.portfolio?.document.id ?? runKeys.portfolio_spec.default,
    ...portfolioOverrides(config.portfolio),
    validate_portfolio: config.portfolio?.isValidated === true,
    open_holdout: config.openHoldout ?? [],
    warmup: config.warmup === true,
    source: config.source,
    seed: config.seed,
    skip_ingest_ohlcv: config.skipIngestOhlcv,
    skip_ingest_funding: config.skipIngestFunding,
    allow_missing_funding: config.allowMissingFunding,
    allow_constant_funding: config.allowConstantFunding,
    allow_funding_timestamp_rounding: config.allowFundingTimestampRounding,
    accounting: config.accounting,
    compat: config.compat,
    fee_bps_per_side: config.feeBps,
    slippage_bps_per_fill: config.slippageBps,
    cost_bps: config.costBps,
    initial_equity: config.initialEquity,
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

/** Error about one configuration key. `key` stays in the details, so that whoever knows the layers can say where it was set. */
export function configError(key: string, problem: string): AppError {
  return new AppError('E_CONFIG', {
    where: `configuration key ${key}`,
    problem,
    remedy: 'See `backtest config keys` for all keys with flags, types and defaults.',
    key,
  });
}

/** @throws E_CONFIG for a word that is no level */
function trustOf(all: RunRequest): TrustLevel {
  const asked = textOf(all, 'trust');
  const level = trustLevels.find((known) => known === asked);
  if (level === undefined)
    throw configError('trust', `expected ${trustLevels.join(', ')}, got ${JSON.stringify(asked)}${didYouMean(asked, trustLevels)}`);
  return level;
}

/** The portfolio that a request asks for, or null. @throws E_CONFIG for a word about one without `portfolio` */
async function portfolioOf(all: RunRequest, resolvers: Resolvers): Promise<RunPortfolio | null> {
  const isValidated = flagOf(all, 'validate_portfolio');
  const [modes, universe] = [listOf(all, 'portfolio_modes'), listOf(all, 'portfolio_symbols')];
  if (flagOf(all, 'portfolio') || isValidated) return resolvers.portfolio({ id: textOf(all, 'portfolio_spec'), modes, universe, isValidated });
  const documents = [textOf(all, 'portfolio_spec')].filter((id) => id !== runKeys.portfolio_spec.default);
  for (const [key, given] of Object.entries({ portfolio_spec: documents, portfolio_modes: modes, portfolio_symbols: universe }))
    if (given.length > 0) throw configError(key, 'the run has no portfolio; add --portfolio');
  return null;
}

/** Symbols of the run: those named, and those that its portfolio names. */
function symbolsOf(all: RunRequest, portfolio: RunPortfolio | null): string[] {
  const named = listOf(all, 'symbols').map((symbol) => symbol.toUpperCase());
  const symbols = [...new Set([...named, ...(portfolio === null ? [] : namedSymbols(portfolio))])].sort();
  if (symbols.length === 0)
    throw new AppError('E_USAGE', { problem: '--symbols is missing: name one or more, for example --symbols BTCUSDT,ETHUSDT' });
  for (const symbol of symbols) checkSymbol(symbol);
  return symbols;
}

function dayOf(all: RunRequest, key: 'start' | 'end'): number {
  const raw = all[key];
  if (raw === undefined || raw === null || raw === '') throw new AppError('E_BAD_DATE', { flag: `--${key}`, problem: 'is missing', key });
  const day = typeof raw === 'string' ? parseDay(raw) : null;
  if (day !== null && day >= firstDay && day <= lastDay) return day;
  if (day !== null)
    throw new AppError('E_BAD_DATE', {
      flag: `--${key}`,
      problem: `${formatDay(day)} lies outside ${formatDay(firstDay)} to ${formatDay(lastDay)}`,
      key,
    });
  const meant = likelyDay(String(raw));
  const problem = `${JSON.stringify(raw)} is not a calendar day${meant === null ? '' : `; did you mean ${meant}?`}`;
  throw new AppError('E_BAD_DATE', { flag: `--${key}`, problem, key });
}

function listOf(all: RunRequest, key: string): string[] {
  const raw = all[key] ?? [];
  const items = typeof raw === 'string' ? raw.split(',') : raw;
  if (!Array.isArray(items) || items.some((item) => typeof item !== 'string')) throw configError(key, 'expected a list of names');
  const names = [...new Set((items as string[]).map((item) => item.trim()).filter((item) => item !== ''))];
  if (names.length === 0 && typeof raw === 'string' && raw.includes(',')) throw configError(key, `no name stands in ${JSON.stringify(raw)}`);
  return names;
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

function numberOf(all: RunRequest, key: RunKeyName): number {
  const { type, min = -Infinity, max = Infinity } = runKeys[key] as RunKey;
  const raw = all[key];
  const value = numberIn(raw);
  if (typeof value !== 'number' || !Number.isFinite(value)) throw configError(key, `expected a number, got ${JSON.stringify(raw)}`);
  if (value < min || value > max) throw configError(key, `${value} is outside ${min}..${max}`);
  if (type === 'whole number' && !Number.isInteger(value)) throw configError(key, `expected a whole number, got ${value}`);
  return value;
}

function flagOf(all: RunRequest, key: string): boolean {
  const raw = all[key];
  if (raw === true || raw === 'true' || raw === 1) return true;
  if (raw === false || raw === 'false' || raw === 0) return false;
  throw configError(key, `expected true or false, got ${JSON.stringify(raw)}`);
}
