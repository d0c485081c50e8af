import { defineGate, type GateFinding } from './lib/defineGate.ts';

/** Largest relative gap between primal and dual, and largest violation, of an answer that counts as solved. */
const tolerance = 1e-8;

export default defineGate({
  id: 'solver_certified',
  summary: 'every decision is solved to tolerance and keeps its limits',
  judge({ decisions }): GateFinding {
    const common = { threshold: 0, unit: 'decisions', split: 'all_decisions' } as const;
    if (decisions.length === 0) return { status: 'inconclusive', observed: null, ...common, why: 'nothing was decided' };
    const open = decisions.filter(
      ({ status, primalResidual, dualGap }) =>
        status === 'kept' || !(primalResidual <= tolerance) || (dualGap !== null && !(Math.abs(dualGap) <= tolerance)),
    ).length;
    return {
      status: open === 0 ? 'pass' : 'fail',
      observed: open,
      ...common,
      why: `${decisions.length} decisions, ${open} of them without a certificate`,
    };
  },
});
