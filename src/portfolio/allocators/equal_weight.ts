import { defineAllocator, nearest } from '../allocator.ts';
import { amongEligible } from './lib/amongEligible.ts';

export default defineAllocator({
  id: 'equal_weight',
  summary: 'The same weight for every edge: a benchmark.',
  weigh: (problem, solver) =>
    nearest(
      problem,
      amongEligible(problem, ({ edges }) => edges.map(() => 1 / edges.length)),
      solver,
    ),
});
