import { defineAllocator, nearest } from '../allocator.ts';
import { amongEligible } from './lib/amongEligible.ts';
import { hierarchicalWeights } from './lib/hierarchical.ts';

export default defineAllocator({
  id: 'hrp',
  summary: 'Splits risk between clusters of correlated edges, then inside them.',
  weigh: (problem, solver) =>
    nearest(
      problem,
      amongEligible(problem, ({ covariance }) => hierarchicalWeights(covariance).weights),
      solver,
    ),
});
