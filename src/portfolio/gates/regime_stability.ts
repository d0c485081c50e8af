import { signConsistency } from '../metrics/periods.ts';
import { defineGate, type GateFinding } from './lib/defineGate.ts';

/** Conditions seen on fewer days are not counted. */
const fewestDays = 20;

export default defineGate({
  id: 'regime_stability',
  summary: 'profit in most years and most market conditions',
  judge({ years, conditions, policy }): GateFinding {
    const common = { threshold: policy.regime_sign_consistency_min, unit: 'share of years', split: 'walk_forward' } as const;
    const found = signConsistency(years);
    if (found === null) return { status: 'inconclusive', observed: null, ...common, why: 'no year has a profit or a loss' };
    const observed = found.sign === 1 ? found.share : 1 - found.share;
    // Losing in every year is consistent, too.
    if (found.sign === -1) return { status: 'fail', observed, ...common, why: 'profits do not outnumber losses among the years' };
    if (found.periods < policy.regime_periods_min)
      return { status: 'inconclusive', observed, ...common, why: `${found.periods} of at least ${policy.regime_periods_min} years` };
    const known = conditions.filter(({ days }) => days >= fewestDays);
    const positive = known.length === 0 ? 0 : known.filter(({ pnl }) => pnl > 0).length / known.length;
    const isStable = observed >= policy.regime_sign_consistency_min && positive >= policy.regime_conditions_positive_min;
    const shares = `${Math.round(100 * positive)}% of market conditions, at least ${Math.round(100 * policy.regime_conditions_positive_min)}% needed`;
    return { status: isStable ? 'pass' : 'fail', observed, ...common, why: `profit in ${Math.round(100 * observed)}% of years and in ${shares}` };
  },
});
