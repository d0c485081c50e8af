import { defineAllocator, nearest } from '../allocator.ts';
import { amongEligible } from './lib/amongEligible.ts';
import { minimumCvarWeights } from './lib/minimumCvar.ts';

export default defineAllocator({
  id: 'min_cvar',
  summary: 'Fully invested weights with the smallest mean loss on the worst days.',
  weigh(problem, solver) {
    const { scenarioWeights, limits } = problem;
    const wanted = amongEligible(
      problem,
      ({ returns }) => minimumCvarWeights({ returns, scenarioWeights, confidence: limits.cvarLevel }, solver).weights,
    );
    return nearest(problem, wanted, solver);
  },
});
