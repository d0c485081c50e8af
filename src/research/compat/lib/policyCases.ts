import type { ReferenceFrame } from './frame.ts';
import { groupBy, meanOf } from './sample.ts';
import type { PolicyCase } from './policyActions.ts';
import type { PolicyEvent } from './policyConditions.ts';
import type { ShockControl } from './shockTables.ts';

/** What harm and opportunity are measured against. */
export interface PolicyCases {
  readonly baseline: 'matched_controls_excess' | 'event_proxy_only';
  readonly cases: readonly PolicyCase[];
}

/**
 * Events with their harm and opportunity less those of their controls. Harm is half the second shock and half the range, cut off at 0 (S-20);
 * opportunity is the size of the move over the horizon.
 *
 * @param bars clean bars by symbol; without them every opportunity is 0
 * @source research specification 6.2
 */
export function policyCases(
  events: readonly PolicyEvent[],
  controls: readonly ShockControl[] | null,
  { bars, horizonBars }: { bars: readonly ReferenceFrame[]; horizonBars: number },
): PolicyCases {
  const byEvent = groupBy(controls ?? [], ({ event_id }) => event_id);
  const moves = new Map(bars.map((frame) => [frame.symbol, forwardMoves(frame, horizonBars)]));
  const cases = events.map((event) => {
    const own = byEvent.get(event.event_id) ?? [];
    const move = moves.get(event.symbol);
    const seized = move?.at(event) ?? Number.NaN;
    const missed = meanOf(own.map(({ control_idx }) => move?.values[control_idx] ?? Number.NaN));
    const opportunity = Number.isNaN(missed) ? seized : seized - missed;
    const harm = harmOf(event) - (meanOf(own.map(harmOf)) || 0);
    return { event, adverse: Math.max(harm, 0), opportunity: opportunity || 0 };
  });
  return { baseline: byEvent.size > 0 ? 'matched_controls_excess' : 'event_proxy_only', cases };
}

function harmOf({ secondary_shock_within_h: second, range_pct_96: range }: Pick<PolicyEvent, 'secondary_shock_within_h' | 'range_pct_96'>): number {
  return 0.5 * (second || 0) + 0.5 * Math.max(range || 0, 0);
}

/** Size of the move from each close to the one a horizon later; an event's is found by its time, else by its bar. */
function forwardMoves({ openTime, columns }: ReferenceFrame, horizonBars: number) {
  const close = columns['close']!;
  const values = close.map((price, bar) => Math.abs((close[bar + horizonBars] ?? Number.NaN) / price - 1));
  const at = ({ enter_ts, enter_idx }: PolicyEvent) => {
    const byTime = values[openTime.indexOf(Date.parse(enter_ts.replace(' ', 'T')))] ?? Number.NaN;
    return Number.isNaN(byTime) ? (values[enter_idx] ?? Number.NaN) : byTime;
  };
  return { values, at };
}
