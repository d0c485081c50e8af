import { defineGate, type GateFinding } from './lib/defineGate.ts';

export default defineGate({
  id: 'symbol_stability',
  summary: 'profit on most symbols, and not from one of them',
  judge({ symbols, policy }): GateFinding {
    const common = { threshold: policy.symbol_positive_ratio_min, unit: 'share of symbols', split: 'walk_forward' } as const;
    const active = symbols.filter(({ traded, total_pnl }) => traded > 0 || total_pnl !== 0);
    if (active.length < policy.symbols_active_min)
      return {
        status: 'inconclusive',
        observed: null,
        ...common,
        why: `${active.length} of at least ${policy.symbols_active_min} symbols were traded`,
      };
    const gains = active.map(({ total_pnl }) => Math.max(0, total_pnl));
    const earned = gains.reduce((sum, gain) => sum + gain, 0);
    const observed = gains.filter((gain) => gain > 0).length / active.length;
    const concentration = earned === 0 ? 1 : gains.reduce((sum, gain) => sum + (gain / earned) ** 2, 0);
    const isStable = observed >= policy.symbol_positive_ratio_min && concentration <= policy.symbol_concentration_max;
    const why = `concentration of profit ${concentration.toFixed(2)}, at most ${policy.symbol_concentration_max}; ${active.length} symbols traded`;
    return { status: isStable ? 'pass' : 'fail', observed, ...common, why };
  },
});
