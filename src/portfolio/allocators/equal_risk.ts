import { defineAllocator, nearest } from '../allocator.ts';
import { amongEligible } from './lib/amongEligible.ts';
import { riskBudgetWeights } from './lib/riskBudget.ts';

export default defineAllocator({
  id: 'equal_risk',
  summary: 'Every edge contributes the same risk.',
  weigh: (problem, solver) =>
    nearest(
      problem,
      amongEligible(problem, ({ covariance }) => riskBudgetWeights(covariance).weights),
      solver,
    ),
});
