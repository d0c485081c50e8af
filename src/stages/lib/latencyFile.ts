import type { LatencyScenario } from '../../engine/latencySensitivity.ts';

/** One scenario as `latency_sensitivity.json` holds it. */
interface StoredLatency {
  readonly delay_bars: number;
  readonly net_return: number;
  readonly max_drawdown: number;
  readonly sharpe_daily_annualized: number | null;
  readonly strategies: Readonly<Record<string, number>>;
  readonly symbols: Readonly<Record<string, number>>;
}

/** Latency scenarios as the run's file holds them: on time first, then by delay. */
export function latencyRecords(scenarios: readonly LatencyScenario[]): StoredLatency[] {
  return scenarios.map(({ delayBars, netReturn, maxDrawdown, sharpeDaily, strategies, symbols }) => ({
    delay_bars: delayBars,
    net_return: netReturn,
    max_drawdown: maxDrawdown,
    sharpe_daily_annualized: sharpeDaily,
    strategies,
    symbols,
  }));
}

/** The scenarios of such a file. */
export function readLatency(stored: readonly StoredLatency[]): LatencyScenario[] {
  return stored.map((row) => ({
    delayBars: row.delay_bars,
    netReturn: row.net_return,
    maxDrawdown: row.max_drawdown,
    sharpeDaily: row.sharpe_daily_annualized,
    strategies: row.strategies,
    symbols: row.symbols,
  }));
}
