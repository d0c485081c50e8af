import { defineAllocator, nearest } from '../allocator.ts';
import { amongEligible } from './lib/amongEligible.ts';
import { riskBudgetWeights } from './lib/riskBudget.ts';

export default defineAllocator({
  id: 'score_weighted',
  summary: 'Equal risk, tilted toward edges with a good return for their risk.',
  weigh(problem, solver) {
    const tilt = problem.settings.returnTilt;
    const wanted = amongEligible(problem, ({ covariance, mean, volatility }) => {
      const base = riskBudgetWeights(covariance).weights;
      const scores = mean.map((value, i) => Math.max(0, value) / volatility[i]!);
      const total = scores.reduce((sum, score) => sum + score, 0);
      return total > 0 ? base.map((weight, i) => (1 - tilt) * weight + (tilt * scores[i]!) / total) : base;
    });
    return nearest(problem, wanted, solver);
  },
});
