import { abmaDefinition } from './abmaEvents.ts';
import { bootstrapMean } from './bootstrap.ts';
import { groupBy, meanOf, signOf } from './sample.ts';

/** An event's numbers less the means of its controls'; NaN where a side is missing. */
export interface AbmaDelta {
  readonly delta_spread_half_life_sec: number;
  readonly delta_microprice_var_decay_rate: number;
  readonly delta_trade_sign_entropy_mean: number;
}

export interface AbmaVerdict {
  readonly bySplit: readonly (AbmaDelta & { split_name: 'year'; split_value: string; n_events: number; sign: number | null })[];
  readonly checks: {
    readonly sign_consistency: number;
    readonly effect_ci_excludes_0: boolean;
    readonly regime_flip_count: number;
    readonly monotonic_decay: boolean;
  };
  readonly accepted: boolean;
}

/** A rise of the mean spread from one second to the next that counts as none. */
const flat = 1e-9;

/**
 * Whether the effect has one sign over the years, excludes zero and decays. There is no split by symbol or by volatility, although both are announced.
 *
 * @param rows   deltas with the session's date
 * @param curves spreads of events, [events][seconds], read only
 * @source       research specification 4.9
 */
export function abmaVerdict(
  rows: readonly { readonly session_date: string; readonly delta: AbmaDelta }[],
  curves: readonly Float64Array[],
): AbmaVerdict {
  const bySplit = [...groupBy(rows, (row) => row.session_date.slice(0, 4))].map(([year, own]) => {
    const meanDelta = (name: keyof AbmaDelta) => meanOf(own.map(({ delta }) => delta[name]));
    const spread = meanDelta('delta_spread_half_life_sec');
    return {
      split_name: 'year' as const,
      split_value: String(year),
      n_events: own.length,
      delta_spread_half_life_sec: spread,
      delta_microprice_var_decay_rate: meanDelta('delta_microprice_var_decay_rate'),
      delta_trade_sign_entropy_mean: meanDelta('delta_trade_sign_entropy_mean'),
      sign: Number.isNaN(spread) ? null : signOf(spread),
    };
  });
  const signs = bySplit.map(({ sign }) => sign).filter((sign) => sign !== null);
  const share = (wanted: number) => signs.filter((sign) => sign === wanted).length / signs.length;
  const checks = {
    sign_consistency: signs.length === 0 ? 0 : Math.max(share(1), share(-1)),
    effect_ci_excludes_0: excludesZero(rows.map(({ delta }) => delta.delta_spread_half_life_sec)),
    regime_flip_count: signs.filter((sign, place) => place > 0 && sign !== signs[place - 1]).length,
    monotonic_decay: isFalling(curves),
  };
  const accepted =
    checks.sign_consistency >= abmaDefinition.sign_consistency_threshold &&
    checks.regime_flip_count <= abmaDefinition.max_regime_flip_count &&
    checks.effect_ci_excludes_0 &&
    checks.monotonic_decay;
  return { bySplit, checks, accepted };
}

function excludesZero(deltas: readonly number[]): boolean {
  const { n, low, high } = bootstrapMean(deltas, { draws: abmaDefinition.bootstrap_samples, stream: 'seed=7/reference-abma' });
  return n >= 2 && (low > 0 || high < 0);
}

/** Whether at least 90 % of the steps of the mean spread after events go down or stay. */
function isFalling(curves: readonly Float64Array[]): boolean {
  const mean = finiteMeans(curves);
  if (mean.length <= 2) return false;
  const steps = mean.slice(1).map((value, place) => value - mean[place]!);
  return steps.filter((step) => step <= flat).length >= 0.9 * steps.length;
}

/** Mean of the curves at each second that has a value. */
function finiteMeans(curves: readonly Float64Array[]): number[] {
  const seconds = Math.max(0, ...curves.map((curve) => curve.length));
  return Array.from({ length: seconds }, (_, second) => meanOf(curves.map((curve) => curve[second] ?? Number.NaN))).filter(
    (value) => !Number.isNaN(value),
  );
}
