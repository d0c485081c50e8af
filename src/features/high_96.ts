import { defineFeature } from '../core/define.ts';
import { rollingMax } from '../stats/rolling/rollingMax.ts';

export default defineFeature({
  id: 'high_96',
  summary: 'Highest high of the last day, this bar included.',
  formula: 'max(high, 96)',
  inputs: ['high'],
  warmup: 95,
  compute: ([high], [out]) => rollingMax(high!, 96, out!),
});
