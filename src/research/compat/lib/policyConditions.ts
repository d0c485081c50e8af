import type { TaggedShock } from './shockTables.ts';

/** What phase 2 reads of an event. */
export type PolicyEvent = Pick<
  TaggedShock,
  | 'event_id'
  | 'symbol'
  | 'enter_idx'
  | 'enter_ts'
  | 'year'
  | 'duration_bars'
  | 't_rv_peak'
  | 'rv_decay_half_life'
  | 'secondary_shock_within_h'
  | 'time_to_secondary_shock'
  | 'range_pct_96'
  | 'tod_bucket'
  | 'vol_regime'
  | 'bull_bear'
>;

export interface PolicyCondition {
  readonly name: string;
  readonly text: string;
  readonly holds: (event: PolicyEvent) => boolean;
}

const sessions = { session_asia: [0, 7], session_eu: [8, 15], session_us: [16, 23] } as const;
const ageBuckets = { age_bucket_0_8: [0, 8], age_bucket_9_30: [9, 30], age_bucket_31_96: [31, 96] } as const;

/**
 * The conditions under which actions are tried, in the order that caps and seeds count. The last three groups read what is only known after the event
 * (S-21), and symbols count against the cap (S-38).
 *
 * @source research specification 6.3
 */
export function policyConditions(events: readonly PolicyEvent[]): PolicyCondition[] {
  const levels = (name: 'symbol' | 'bull_bear' | 'vol_regime') =>
    [...new Set(events.map((event) => event[name]))].sort().map((level) => ({
      name: `${name}_${level}`,
      text: `${name} == ${level}`,
      holds: (event: PolicyEvent) => event[name] === level,
    }));
  const within = (buckets: Readonly<Record<string, readonly [number, number]>>, label: string, of: (event: PolicyEvent) => number) =>
    Object.entries(buckets).map(([name, [low, high]]) => ({
      name,
      text: `${label} in [${low},${high}]`,
      holds: (event: PolicyEvent) => of(event) >= low && of(event) <= high,
    }));
  return [
    { name: 'all', text: 'all events', holds: () => true },
    ...levels('symbol'),
    ...levels('bull_bear'),
    ...levels('vol_regime'),
    ...within(sessions, 'enter hour', (event) => event.tod_bucket),
    ...within(ageBuckets, 't_rv_peak', (event) => event.t_rv_peak),
    { name: 'near_half_life', text: 'rv_decay_half_life <= 30', holds: (event) => event.rv_decay_half_life <= 30 },
    { name: 'fractional_age_0_33', text: 't_rv_peak / duration_bars <= 0.33', holds: (event) => peakShare(event) <= 0.33 },
    {
      name: 'fractional_age_34_66',
      text: 't_rv_peak / duration_bars in (0.33, 0.66]',
      holds: (event) => peakShare(event) > 0.33 && peakShare(event) <= 0.66,
    },
    // Not "> 0.66": an event without a share lands here.
    { name: 'fractional_age_67_100', text: 't_rv_peak / duration_bars > 0.66', holds: (event) => !(peakShare(event) <= 0.66) },
  ];
}

function peakShare({ t_rv_peak, duration_bars }: PolicyEvent): number {
  return t_rv_peak / duration_bars;
}
