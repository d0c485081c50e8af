import { best, defineAllocator } from '../allocator.ts';

export default defineAllocator({
  id: 'constrained_optimizer',
  summary: 'Largest expected return less risk and cost of trading, within all limits.',
  weigh: best,
});
