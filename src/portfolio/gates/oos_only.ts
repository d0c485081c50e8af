import { defineGate, type GateFinding } from './lib/defineGate.ts';

export default defineGate({
  id: 'oos_only',
  summary: 'enough days that no decision had seen, and a sealed stretch that confirms them',
  judge({ metrics, holdout, policy }): GateFinding {
    const days = { observed: metrics.days, threshold: policy.out_of_sample_days_min, unit: 'days', split: 'walk_forward' } as const;
    if (metrics.days < policy.out_of_sample_days_min) return { status: 'inconclusive', ...days, why: 'too few days out of sample' };
    if (holdout.state === 'none') return { status: 'pass', ...days, why: 'weights rest on earlier days only; the document seals no stretch' };
    if (holdout.state === 'sealed')
      return { status: 'inconclusive', ...days, why: `the last ${holdout.days} days are sealed and have not been looked at` };
    const sealed = { observed: holdout.netReturn, threshold: 0, unit: 'fraction of capital', split: 'holdout' } as const;
    if (holdout.netReturn === null) return { status: 'inconclusive', ...sealed, why: 'nothing happened on the sealed days' };
    return { status: holdout.netReturn > 0 ? 'pass' : 'fail', ...sealed, why: `net return of the ${holdout.days} days that were sealed` };
  },
});
