import { defineGate, type GateFinding } from './lib/defineGate.ts';

export default defineGate({
  id: 'evidence_verified',
  summary: 'every edge is approved, and its evidence is what it was',
  judge({ edges }): GateFinding {
    const verified = edges.filter(({ status }) => status === 'verified').length;
    const common = { observed: verified, threshold: edges.length, unit: 'edges', split: 'ledger' } as const;
    const open = edges.filter(({ status }) => status !== 'verified');
    if (open.length === 0 && edges.length > 0) return { status: 'pass', ...common, why: 'all edges are approved with verified evidence' };
    const why = open.map(({ edge, problem }) => `${edge}: ${problem ?? 'not looked at'}`).join('; ');
    const isKnown = open.some(({ status }) => status === 'damaged' || status === 'unverified');
    return { status: isKnown ? 'fail' : 'inconclusive', ...common, why };
  },
});
