/** One key of a run's configuration: what it takes, what it is when nothing gives it, and a sentence. */
export interface RunKey {
  /** The flag of the same meaning, without dashes. */
  readonly flag: string;
  readonly type: 'names' | 'name' | 'day' | 'number' | 'whole number' | 'switch' | 'parameters';
  /** Placeholder of the flag's value; a switch has none. */
  readonly value?: string;
  /** Absent for what a run cannot guess and for what follows from other keys. */
  readonly default?: unknown;
  /** Inclusive bounds of a number. */
  readonly min?: number;
  readonly max?: number;
  readonly help: string;
  readonly group: 'What' | 'Data' | 'Money';
}

const bps = { type: 'number', value: 'N', min: 0, max: 1_000, group: 'Money' } as const;
const dataSwitch = { type: 'switch', default: false, group: 'Data' } as const;

/**
 * Everything that a configuration file may say about a run. The one list: files, flags, help, `backtest config` and
 * the resolved configuration (resolveRunConfig) read it.
 */
export const runKeys = {
  symbols: { flag: 'symbols', type: 'names', value: 'A,B', help: 'symbols, comma-separated', group: 'What' },
  start: { flag: 'start', type: 'day', value: 'YYYY-MM-DD', help: 'first day (UTC)', group: 'What' },
  end: { flag: 'end', type: 'day', value: 'YYYY-MM-DD', help: 'last day, included', group: 'What' },
  strategies: {
    flag: 'strategies',
    type: 'names',
    value: 'a,b',
    default: ['vol_compression_v1'],
    help: 'strategy ids, comma-separated',
    group: 'What',
  },
  strategy_params: {
    flag: 'param',
    type: 'parameters',
    value: 'STRATEGY.NAME=VALUE',
    default: {},
    help: 'one strategy parameter (repeatable); in a file a mapping of strategies to parameters',
    group: 'What',
  },
  studies: {
    flag: 'studies',
    type: 'names',
    value: 'id,...|all',
    default: [],
    help: 'event studies to run beside the backtest, comma-separated, or all; those on ticks have to be named',
    group: 'What',
  },
  policy: {
    flag: 'policy',
    type: 'names',
    value: 'id,...|all',
    default: [],
    help: 'policy studies to run beside the backtest, each with its parent study, comma-separated, or all',
    group: 'What',
  },
  edge_candidates: {
    flag: 'edge-candidates',
    type: 'switch',
    default: false,
    help: 'rank what the run’s studies and policy studies found',
    group: 'What',
  },
  portfolio: {
    flag: 'portfolio',
    type: 'switch',
    default: false,
    help: 'run edges together as a portfolio beside the backtest',
    group: 'What',
  },
  portfolio_spec: {
    flag: 'portfolio-spec',
    type: 'name',
    value: 'ID',
    default: 'starter',
    help: 'portfolio document: its edges, limits, modes and gates',
    group: 'What',
  },
  portfolio_modes: {
    flag: 'portfolio-modes',
    type: 'names',
    value: 'mode,...',
    default: [],
    help: 'allocation modes instead of the document’s; the first is the declared one',
    group: 'What',
  },
  portfolio_symbols: {
    flag: 'portfolio-symbols',
    type: 'names',
    value: 'TOP10|A,B',
    default: [],
    help: 'universe instead of the document’s: the largest by volume among the run’s symbols, named symbols, or both',
    group: 'What',
  },
  validate_portfolio: {
    flag: 'validate-portfolio',
    type: 'switch',
    default: false,
    help: 'run the portfolio and judge it by the gates of its document',
    group: 'What',
  },
  open_holdout: {
    flag: 'open-holdout',
    type: 'names',
    value: 'id,...',
    default: [],
    help: 'studies and policy studies whose sealed last slice is looked at; once per version, and the ledger keeps it',
    group: 'What',
  },
  overlays: {
    flag: 'overlays',
    type: 'names',
    value: 'a,b',
    default: [],
    help: 'overlays that act on every strategy, NAME or NAME@VERSION, comma-separated; the run is also made without them',
    group: 'What',
  },
  trust: {
    flag: 'trust',
    type: 'name',
    value: 'LEVEL',
    default: 'declared',
    help: 'least that must stand behind each overlay: declared, candidate, recorded or verified',
    group: 'What',
  },
  warmup: {
    flag: 'warmup',
    type: 'switch',
    default: false,
    help: 'warm features up on bars before --start, so that they are there from the first bar',
    group: 'What',
  },
  source: { flag: 'source', type: 'name', value: 'ID', default: 'binance', help: 'where data come from: binance or sample', group: 'Data' },
  seed: {
    flag: 'seed',
    type: 'whole number',
    value: 'N',
    default: 1,
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    help: 'seed of the sample market',
    group: 'Data',
  },
  skip_ingest_ohlcv: { flag: 'skip-ingest-ohlcv', ...dataSwitch, help: 'use the bars that are in the lake' },
  skip_ingest_funding: { flag: 'skip-ingest-funding', ...dataSwitch, help: 'use the funding that is in the lake' },
  allow_missing_funding: { flag: 'allow-missing-funding', ...dataSwitch, help: 'go on where funding settlements are missing' },
  allow_constant_funding: { flag: 'allow-constant-funding', ...dataSwitch, help: 'go on where the funding rate never changes' },
  allow_funding_timestamp_rounding: {
    flag: 'allow-funding-timestamp-rounding',
    ...dataSwitch,
    help: 'round settlement stamps that lie off the hour',
  },
  accounting: { flag: 'accounting', type: 'name', value: 'ID', default: 'screen', help: 'how intent becomes money', group: 'Money' },
  compat: {
    flag: 'compat',
    type: 'name',
    value: 'reference',
    default: null,
    help: 'the literal definitions of the reference system',
    group: 'Money',
  },
  fee_bps_per_side: { flag: 'fees-bps', ...bps, default: 4, help: 'fee per side, basis points' },
  slippage_bps_per_fill: { flag: 'slippage-bps', ...bps, default: 2, help: 'slippage per fill, basis points' },
  cost_bps: { flag: 'cost-bps', ...bps, max: 2_000, help: 'all-in cost per side instead of fee and slippage, basis points' },
  initial_equity: {
    flag: 'initial-equity',
    type: 'number',
    value: 'N',
    default: 1_000_000,
    min: 1,
    max: 1e15,
    help: 'equity before the first bar',
    group: 'Money',
  },
} as const satisfies Readonly<Record<string, RunKey>>;

export type RunKeyName = keyof typeof runKeys;
export const runKeyNames = Object.keys(runKeys) as RunKeyName[];

/** The key as any of the table; null for a name that is none. */
export function runKeyOf(name: string): RunKey | null {
  return Object.hasOwn(runKeys, name) ? runKeys[name as RunKeyName] : null;
}
