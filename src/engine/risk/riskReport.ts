import { netByDelay } from '../latencySensitivity.ts';
import type { Trade } from '../trades.ts';
import { bookDays, type RiskSeries } from './bookDays.ts';
import type { DataQuality } from './dataQuality.ts';
import { type Objective, objectives } from './objective.ts';
import { type Placebo, type PlaceboNets, placeboRates } from './placebo.ts';
import { tallyRegimes } from './regimes.ts';
import { type RiskMetrics, riskMetrics } from './riskMetrics.ts';
import { type StabilityChecks, stabilityChecks } from './stability.ts';

/** Everything that a promotion asks of a book or of one strategy of it; keys as in `risk_metrics.json`. */
export interface RiskReport {
  readonly risk_metrics: RiskMetrics;
  readonly stability_checks: StabilityChecks;
  readonly objective: Objective;
  readonly latency: KeptShares;
  readonly placebo: Placebo;
  readonly data_quality: DataQuality;
}

export interface KeptShares {
  readonly one_bar_share: number | null;
  readonly two_bar_share: number | null;
}

/** A book or a part of it. */
export interface RiskPart {
  readonly series: RiskSeries;
  readonly trades: readonly Trade[];
  /** Regimes of each trade's entry, [trades] as `regimeMarks` gives them. */
  readonly marks: ArrayLike<number>;
  /** One per line. */
  readonly placebos: readonly PlaceboNets[];
  readonly quality: DataQuality;
  /** Largest absolute net position of any one symbol. */
  readonly symbolPeak: number;
  /** Name of the random stream of its intervals. */
  readonly stream: string;
}

/**
 * The risk report of a part of a book. Definitions are in docs/metrics.md.
 *
 * @source governance specification 17.6
 */
export function riskReport({ series, trades, marks, placebos, quality, symbolPeak, stream }: RiskPart): RiskReport {
  const days = bookDays(series);
  const { objective, effect } = objectives(days, series.pnl.length, stream);
  return {
    risk_metrics: riskMetrics(series, days, { trades: trades.length, symbolPeak }),
    stability_checks: stabilityChecks(trades, days, { effect, tally: tallyRegimes(trades, marks) }),
    objective,
    latency: keptShares(netByDelay(series)),
    placebo: placeboRates(placebos),
    data_quality: quality,
  };
}

/** The share of a net return (on time, one bar late, two bars late) that is left under each delay; null where there was none to keep. */
export function keptShares([onTime, oneBar, twoBars]: readonly number[]): KeptShares {
  const share = (late: number): number | null => (onTime! > 0 ? late / onTime! : null);
  return { one_bar_share: share(oneBar!), two_bar_share: share(twoBars!) };
}
