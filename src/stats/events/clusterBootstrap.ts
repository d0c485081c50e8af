import { bootstrapInterval, type BootstrapInterval } from '../bootstrap/interval.ts';
import { doubledPrefixSums } from '../bootstrap/prefixSums.ts';
import type { Resamples } from '../bootstrap/resamples.ts';
import { requireFinite } from '../requireFinite.ts';
import { neumaierSum } from '../sums.ts';

/** Effects gathered by UTC day. */
export interface DayClusters<Day> {
  /** Days with events, ascending. */
  readonly days: readonly Day[];
  /** [days] sum of the day's effects. */
  readonly sums: Float64Array;
  /** [days] number of the day's events. */
  readonly counts: Float64Array;
}

export interface ClusterInterval extends BootstrapInterval {
  /** Mean over events, each counting once. */
  readonly mean: number | null;
  /** [draws] NaN where a resample holds no event. */
  readonly bootstrapMeans: Float64Array;
}

/**
 * Event effects gathered by their day, days ascending, so that the events of all symbols on one day can be resampled together.
 *
 * @param days    [events] UTC day of each event: a day number or an ISO date, read only
 * @param effects [events] effect of each event, finite, read only
 * @throws E_INTERNAL on NaN or Infinity
 * @source Cameron, Gelbach & Miller 2008
 * @vector events.clusterBootstrap
 */
export function clusterByDay<Day extends string | number>(days: ArrayLike<Day>, effects: ArrayLike<number>): DayClusters<Day> {
  requireFinite(effects, 'effects');
  const groups = new Map<Day, number[]>();
  for (let event = 0; event < effects.length; event++) {
    const group = groups.get(days[event]!);
    if (group === undefined) groups.set(days[event]!, [effects[event]!]);
    else group.push(effects[event]!);
  }
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    days: sorted.map(([day]) => day),
    sums: Float64Array.from(sorted, ([, group]) => neumaierSum(group)),
    counts: Float64Array.from(sorted, ([, group]) => group.length),
  };
}

/**
 * Mean effect over events with an interval from resampling whole days (or blocks of days).
 *
 * @param clusters  effects by day; leave days without events in for blocks of calendar days
 * @param resamples of a series of those days
 * @param alpha     1 - confidence, in (0, 1)
 * @returns         nulls for no events
 * @throws E_INTERNAL on an alpha out of range
 * @source Cameron, Gelbach & Miller 2008
 * @vector events.clusterBootstrap
 */
export function clusterBootstrap(clusters: Pick<DayClusters<unknown>, 'sums' | 'counts'>, resamples: Resamples, alpha: number): ClusterInterval {
  const sums = doubledPrefixSums(clusters.sums);
  const counts = doubledPrefixSums(clusters.counts);
  const bootstrapMeans = new Float64Array(resamples.draws);
  let draw = 0;
  for (const { count, offsets, starts, ends } of resamples) {
    for (let r = 0; r < count; r++) {
      let effect = 0;
      let events = 0;
      for (let j = offsets[r]!; j < offsets[r + 1]!; j++) {
        effect += sums[ends[j]!]! - sums[starts[j]!]!;
        events += counts[ends[j]!]! - counts[starts[j]!]!;
      }
      bootstrapMeans[draw++] = events === 0 ? Number.NaN : effect / events;
    }
  }
  const events = neumaierSum(clusters.counts);
  const center = events === 0 ? null : neumaierSum(clusters.sums) / events;
  return { mean: center, bootstrapMeans, ...bootstrapInterval(center, bootstrapMeans, alpha) };
}
