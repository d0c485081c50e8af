import { atLeast, defineGate } from './lib/defineGate.ts';

export default defineGate({
  id: 'capacity',
  summary: 'the volume carries the capital',
  judge({ capacity, policy }) {
    return atLeast(capacity, policy.capital_min, {
      unit: 'quote currency',
      split: 'walk_forward',
      why: `capital at which trades stay within ${100 * policy.participation_max}% of the day’s volume on 19 of 20 traded symbol-days`,
      whyNot: 'nothing was traded',
    });
  },
});
