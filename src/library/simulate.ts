import { resolveParams } from '../core/params.ts';
import { profileOf } from '../core/profile.ts';
import type { Strategy } from '../core/intent.ts';
import type { Line } from '../engine/accounting.ts';
import { accountingOf } from '../engine/accountings.ts';
import { additiveEquity, sumBook } from '../engine/book.ts';
import { bookMetrics, type BookMetrics } from '../engine/bookMetrics.ts';
import type { Frame } from '../engine/frame.ts';

export interface SimulateOptions {
  /** Values over the strategy's defaults. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** Fees and slippage per unit of traded notional, basis points. Default 6. */
  readonly costBps?: number;
  /** How intent becomes money. Default `screen`. */
  readonly accounting?: string;
  /** `reference` for the literal definitions of the reference system. */
  readonly compat?: 'reference' | null;
  /** Equity before the first bar, quote currency. Default 1,000,000. */
  readonly initialEquity?: number;
}

/** One strategy on one symbol, with its headline numbers. */
export interface Simulation extends Line {
  /** [rows] epoch ms of each bar's open. */
  readonly openTime: Float64Array;
  /** [rows] additive equity, quote currency. */
  readonly equity: Float64Array;
  /** The keys of metrics.json; null is undefined. */
  readonly metrics: BookMetrics;
}

const defaults = { params: {}, costBps: 6, accounting: 'screen', compat: null, initialEquity: 1_000_000 } as const;

/**
 * One strategy on one frame, from intent to money: positions, trades, costs, funding and headline numbers. The numbers
 * are those of a pipeline run over the same bars.
 *
 * @param frame as made by `makeFrame` with this strategy among its needs
 * @throws E_BAD_PARAM for a parameter that is unknown or out of bounds; E_INTENT_UNSUPPORTED naming what the accounting
 *         cannot resolve; E_UNKNOWN_UNIT for an unknown accounting
 */
export function simulate(strategy: Strategy, frame: Frame, options: SimulateOptions = {}): Simulation {
  const { params, costBps, accounting, compat, initialEquity } = { ...defaults, ...options };
  const engine = accountingOf(accounting);
  engine.check(strategy);
  const values = resolveParams(strategy.id, strategy.params, params);
  const line = engine.simulate(frame, strategy, values, { costFraction: costBps / 10_000, profile: profileOf(compat) });
  const { openTime } = frame;
  return {
    ...line,
    openTime,
    equity: additiveEquity(line.money.pnl, initialEquity),
    metrics: bookMetrics(line.trades, sumBook([{ line, openTime }]), initialEquity),
  };
}
