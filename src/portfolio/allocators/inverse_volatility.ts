import { defineAllocator, nearest } from '../allocator.ts';
import { amongEligible } from './lib/amongEligible.ts';

export default defineAllocator({
  id: 'inverse_volatility',
  summary: 'Weights in proportion to 1 / volatility: a benchmark.',
  weigh(problem, solver) {
    const wanted = amongEligible(problem, ({ volatility }) => {
      const total = volatility.reduce((sum, value) => sum + 1 / value, 0);
      return volatility.map((value) => 1 / value / total);
    });
    return nearest(problem, wanted, solver);
  },
});
