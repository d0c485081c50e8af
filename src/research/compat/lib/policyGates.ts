import type { BootstrapMean } from './bootstrap.ts';
import type { Contribution, PolicyCase } from './policyActions.ts';
import type { PolicyCondition } from './policyConditions.ts';
import { groupBy, meanOf, signOf } from './sample.ts';

/** One event under one action. */
export interface PolicyOutcome {
  readonly case: PolicyCase;
  readonly delta: Contribution;
}

export interface GateSettings {
  /** Smallest fall of the harm proxy that counts; the proxy is about 0.4, so it never binds (S-30). */
  readonly costFloor: number;
  readonly materialTailThreshold: number;
  /** Largest opportunity bound that counts as none lost. */
  readonly opportunityTightEps: number;
}

const yearlyShare = 0.8;
const fullRemoval = -0.9;
const zero = 1e-12;

/** Signs of the yearly means, and whether enough of those that are not 0 are negative; a tiny year decides as much as a large one (S-26). */
export function yearlyStability(outcomes: readonly PolicyOutcome[]): { readonly isStable: boolean; readonly signs: string } {
  const years = [...groupBy(outcomes, (outcome) => outcome.case.event.year).values()];
  const signs = years.map((rows) => signOf(meanHarm(rows)));
  const moving = signs.filter((sign) => sign !== 0);
  if (moving.length === 0) return { isStable: false, signs: 'all_zero' };
  return { isStable: moving.filter((sign) => sign < 0).length / moving.length >= yearlyShare, signs: signs.join(',') };
}

/** Whether the harm falls somewhere and rises nowhere, by symbol and by volatility regime; the split that the condition itself fixes is not asked. */
export function isRegimeStable(outcomes: readonly PolicyOutcome[], { name }: PolicyCondition): boolean {
  return (['symbol', 'vol_regime'] as const)
    .filter((split) => !name.startsWith(`${split}_`))
    .every((split) => {
      const means = [...groupBy(outcomes, (outcome) => outcome.case.event[split]).values()].map(meanHarm);
      return means.some((mean) => Math.abs(mean) > zero) && means.every((mean) => !(mean > zero));
    });
}

/** Whether the fall of the harm proxy is large enough. */
export function isAboveFriction(meanAdverse: number, { costFloor, materialTailThreshold }: GateSettings): boolean {
  return -meanAdverse >= costFloor || -meanAdverse >= materialTailThreshold;
}

/** Whether exposure stays, or all of it goes and no opportunity with it. Missing bars make the opportunity 0, which opens this gate (S-20). */
export function isExposureGuarded(meanExposure: number, opportunity: BootstrapMean, { opportunityTightEps: eps }: GateSettings): boolean {
  if (!(meanExposure <= fullRemoval)) return true;
  const { low, high } = opportunity;
  return low <= 0 && high >= 0 && Math.abs(low) <= eps && Math.abs(high) <= eps;
}

function meanHarm(outcomes: readonly PolicyOutcome[]): number {
  return meanOf(outcomes.map(({ delta }) => delta.adverse));
}
