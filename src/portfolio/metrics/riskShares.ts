import { mean } from '../../stats/moments.ts';
import { sumOver } from '../../stats/sums.ts';

/** Shares of risk over one window of days. */
export interface RiskWindow {
  /** Last day of the window, an index. */
  readonly day: number;
  /** [edges] covariance with the whole over its variance; they sum to 1. Null where the whole did not vary. */
  readonly shares: readonly number[] | null;
}

/**
 * How much of the variance of a book each edge brought, in rolling windows of what the edges earned with the exposures they had.
 *
 * @param edgePnl [edges][days]
 * @param span days looked at; windows lie inside it
 * @param window.length days of a window, window.step days between two
 * @returns windows in time order; one over the whole span where it is shorter than a window
 * @formula share_e = cov(p_e, sum of p) / var(sum of p)
 * @source governance specification 18.6
 */
export function riskWindows(
  edgePnl: readonly Float64Array[],
  span: { readonly from: number; readonly to: number },
  window: { readonly length: number; readonly step: number } = { length: 90, step: 10 },
): RiskWindow[] {
  const windows: RiskWindow[] = [];
  const length = Math.min(window.length, span.to - span.from);
  if (length < 2) return windows;
  for (let to = span.from + length; to <= span.to; to += window.step) windows.push({ day: to - 1, shares: riskShares(edgePnl, to - length, to) });
  return windows;
}

/** Shares over days from..to-1. */
export function riskShares(edgePnl: readonly Float64Array[], from: number, to: number): number[] | null {
  const days = to - from;
  const whole = Float64Array.from({ length: days }, (_, i) => edgePnl.reduce((sum, pnl) => sum + pnl[from + i]!, 0));
  const center = mean(whole) ?? 0;
  const variance = sumOver(days, (i) => (whole[i]! - center) ** 2);
  const scale = whole.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (variance <= 1e-24 * scale * scale * days || variance === 0) return null;
  return edgePnl.map((pnl) => sumOver(days, (i) => pnl[from + i]! * (whole[i]! - center)) / variance);
}
