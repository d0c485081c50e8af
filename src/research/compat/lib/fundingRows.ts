import { namedStream, nextIndex } from '../../../core/random.ts';
import { firstBar, spanOf } from './bars.ts';
import { drawControls, type DrawOptions } from './draw.ts';
import { yearOf } from './frame.ts';
import { type FundingBars, type FundingSettings, type FundingType, slotOf } from './fundingBars.ts';
import { finiteOf, meanOf } from './sample.ts';
import { stampText } from './table.ts';

/** What a bar looks like and what comes after it, for events and controls alike. Bars are counted from it; NaN is missing. */
export interface FundingRow {
  readonly symbol: string;
  readonly event_type: FundingType;
  readonly event_idx: number;
  readonly event_ts: string;
  readonly year: number;
  readonly tod_slot: number;
  readonly vol_q: string | null;
  readonly bull_bear: 'bull' | 'bear' | 'flat';
  readonly vol_regime: 'high' | 'low' | 'na';
  /** First move as large as a liquidation cascade is taken to make; there are no liquidations in the data (S-12). */
  readonly liq_hit_bar: number;
  readonly liquidation_prob: number;
  readonly vol_hit_bar: number;
  readonly vol_burst_prob: number;
  readonly liq_30_80_hit: number;
  readonly drawdown_30_80_hit: number;
  readonly mae_96: number;
  readonly realized_vol_mean_96: number;
  readonly effective_horizon: number;
  readonly time_to_normalization_bars: number;
  readonly pre_vol: number;
  readonly post_vol: number;
  readonly post_event_vol_decay: number;
}

/** A control with the event that it was drawn for. */
export interface FundingControl extends FundingRow {
  readonly for_event_idx: number;
}

export const fundingColumns =
  'symbol event_type event_idx event_ts year tod_slot vol_q bull_bear vol_regime liq_hit_bar liquidation_prob vol_hit_bar vol_burst_prob ' +
  'liq_30_80_hit drawdown_30_80_hit mae_96 realized_vol_mean_96 effective_horizon time_to_normalization_bars pre_vol post_vol post_event_vol_decay';

/** Bars after the event in which the late outcomes are looked for. */
const lateBars = { from: 30, to: 80 };

/** The row of one bar, which must not be the last. */
export function fundingRow(bars: FundingBars, bar: number, { type, settings }: { type: FundingType; settings: FundingSettings }): FundingRow {
  const { frame, close, rv, volQuartile, trend, rvPercentile } = bars;
  const future = { from: bar + 1, to: Math.min(frame.rows - 1, bar + settings.eventLookahead) };
  const late = { from: bar + lateBars.from, to: Math.min(future.to, bar + lateBars.to) };
  const move = (later: number) => close[later]! / close[bar]! - 1;
  const isLarge = (later: number) => Math.abs(move(later)) >= settings.liquidationAbsReturn;
  const liquidation = barsTo(bar, firstBar(future, isLarge));
  const burst = barsTo(
    bar,
    firstBar(future, (later) => rv[later]! >= bars.burstLevel),
  );
  const moves = finiteOf(spanOf(close, future).map((price) => price / close[bar]! - 1));
  const quartile = volQuartile[bar]!;
  return {
    symbol: frame.symbol,
    event_type: type,
    event_idx: bar,
    event_ts: stampText(frame.openTime[bar]!),
    year: yearOf(frame.openTime[bar]!),
    tod_slot: slotOf(frame.openTime[bar]!),
    vol_q: Number.isNaN(quartile) ? null : `Q${quartile + 1}`,
    bull_bear: trend[bar]! > 0 ? 'bull' : trend[bar]! < 0 ? 'bear' : 'flat',
    vol_regime: Number.isNaN(rvPercentile[bar]) ? 'na' : rvPercentile[bar]! >= 50 ? 'high' : 'low',
    liq_hit_bar: liquidation,
    liquidation_prob: Number.isNaN(liquidation) ? 0 : 1,
    vol_hit_bar: burst,
    vol_burst_prob: Number.isNaN(burst) ? 0 : 1,
    liq_30_80_hit: firstBar(late, isLarge) === null ? 0 : 1,
    drawdown_30_80_hit: firstBar(late, (later) => move(later) <= -settings.drawdownAbsReturn) === null ? 0 : 1,
    mae_96: moves.length === 0 ? Number.NaN : Math.max(0, -moves.reduce((least, value) => Math.min(least, value))),
    realized_vol_mean_96: meanOf(spanOf(rv, future)),
    effective_horizon: future.to - bar,
    ...calming(bars, bar, settings),
  };
}

/** When funding is back to normal, looked for to the end of the sample (S-16), and what volatility does across that. */
function calming({ frame, rv, nextNormal }: FundingBars, bar: number, { preWindow, postWindow }: FundingSettings) {
  const normal = nextNormal[bar + 1]!;
  const from = normal < frame.rows ? normal + 1 : bar + 1;
  const before = meanOf(rv.subarray(Math.max(0, bar - preWindow), bar));
  const after = meanOf(rv.subarray(from, from + postWindow));
  return {
    time_to_normalization_bars: normal < frame.rows ? normal - bar : Number.NaN,
    pre_vol: before,
    post_vol: after,
    post_event_vol_decay: before > 0 ? (before - after) / before : Number.NaN,
  };
}

function barsTo(bar: number, later: number | null): number {
  return later === null ? Number.NaN : later - bar;
}

/**
 * Finds the bars from which an event's controls are drawn: away from every event, with a whole future, in the event's volatility quartile and quarter
 * hour; where there are none, in the quartile alone, then the quarter hour alone, then anywhere. Their own funding is not looked at.
 *
 * @param eventBars bars of events of every type
 * @source research specification 4.8
 */
export function fundingPools(bars: FundingBars, eventBars: readonly number[], { eventLookahead }: FundingSettings) {
  const { frame, volQuartile } = bars;
  const isBlocked = new Uint8Array(frame.rows);
  for (const bar of eventBars) isBlocked.fill(1, bar, bar + eventLookahead + 1);
  const pools = new Map<string, number[]>();
  for (let bar = 0; bar + eventLookahead < frame.rows; bar++) {
    if (isBlocked[bar] === 1 || Number.isNaN(volQuartile[bar])) continue;
    for (const key of rungsOf(bars, bar)) {
      const pool = pools.get(key);
      if (pool === undefined) pools.set(key, [bar]);
      else pool.push(bar);
    }
  }
  return (bar: number): readonly number[] => {
    const rung = rungsOf(bars, bar).find((key) => pools.has(key));
    return rung === undefined ? [] : pools.get(rung)!;
  };
}

function rungsOf({ frame, volQuartile }: FundingBars, bar: number): string[] {
  const [quartile, slot] = [volQuartile[bar]!, slotOf(frame.openTime[bar]!)];
  return [`q${quartile}/s${slot}`, `q${quartile}`, `s${slot}`, 'any'];
}

/** Bars drawn for one event with replacement; none from an empty pool. Every event has its own stream (E-09). */
export function drawFundingControls(
  key: string,
  pool: readonly number[],
  { wanted, seed, picks }: DrawOptions & { readonly wanted: number },
): readonly number[] {
  if (picks?.has(key)) return drawControls(key, pool, { wanted, seed, picks });
  const state = namedStream(`seed=${seed}/reference-control/${key}`);
  return pool.length === 0 ? [] : Array.from({ length: wanted }, () => pool[nextIndex(state, pool.length)]!);
}
