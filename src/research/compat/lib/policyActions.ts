import type { PolicyEvent } from './policyConditions.ts';

/** An event with what phase 2 takes for harm and for opportunity. */
export interface PolicyCase {
  readonly event: PolicyEvent;
  /** Never negative, so that no action can look harmful (S-20). */
  readonly adverse: number;
  readonly opportunity: number;
}

export interface PolicyAction {
  readonly name: string;
  readonly family: string;
  /** How much of the exposure it removes on an event, and whether it removes the harm. */
  readonly effect: (event: PolicyEvent) => { readonly removed: number; readonly share: number };
}

/** What an action changes on one event. */
export interface Contribution {
  readonly adverse: number;
  readonly exposure: number;
  readonly opportunity: number;
}

/** Bars of the horizon that a delay is a share of. */
const horizonBars = 96;

/** Removes the same share of exposure and harm everywhere. */
const throttle = (name: string, family: string, kept: number): PolicyAction => ({
  name,
  family,
  effect: () => ({ removed: 1 - kept, share: 1 - kept }),
});

/** Stays out for some bars: all of the harm is gone where the second shock comes within them. */
const wait = (name: string, barsOf: (event: PolicyEvent) => number): PolicyAction => ({
  name,
  family: 'timing',
  effect: (event) => {
    const bars = orInfinity(barsOf(event));
    return { removed: Math.min(1, Math.max(0, bars / horizonBars)), share: orInfinity(event.time_to_secondary_shock) <= bars ? 1 : 0 };
  },
});

const nothing = (name: string, family: string): PolicyAction => ({ name, family, effect: () => ({ removed: 0, share: 0 }) });

/**
 * The actions tried, in the order that caps and seeds count. Two pairs are one action under two names (S-33).
 *
 * @source research specification 6.4
 */
export const policyActions: readonly PolicyAction[] = [
  nothing('no_action', 'baseline'),
  throttle('entry_gate_skip', 'entry_gating', 0),
  throttle('risk_throttle_0.5', 'risk_throttle', 0.5),
  throttle('risk_throttle_0', 'risk_throttle', 0),
  nothing('delay_0', 'timing'),
  wait('delay_8', () => 8),
  wait('delay_30', () => 30),
  wait('reenable_at_half_life', (event) => event.rv_decay_half_life),
];

/** What the action changes on one event; 0 and not -0 where it changes nothing. */
export function contribution({ effect }: PolicyAction, { event, adverse, opportunity }: PolicyCase): Contribution {
  const { removed, share } = effect(event);
  return { adverse: 0 - share * adverse, exposure: 0 - removed, opportunity: 0 - removed * opportunity };
}

function orInfinity(value: number): number {
  return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
}
