import { defineGate, type GateFinding } from './lib/defineGate.ts';

export default defineGate({
  id: 'constraints',
  summary: 'every limit of the document holds on the days out of sample',
  judge({ metrics }): GateFinding {
    const common = { observed: metrics.constraint_breaches.length, threshold: 0, unit: 'limits', split: 'walk_forward' } as const;
    if (metrics.days === 0) return { status: 'inconclusive', ...common, why: 'no day is out of sample' };
    const named = metrics.constraint_breaches.map(({ limit }) => limit).join(', ');
    return { status: metrics.constraints_pass ? 'pass' : 'fail', ...common, why: named === '' ? 'all hold' : `exceeded: ${named}` };
  },
});
