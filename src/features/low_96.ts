import { defineFeature } from '../core/define.ts';
import { rollingMin } from '../stats/rolling/rollingMin.ts';

export default defineFeature({
  id: 'low_96',
  summary: 'Lowest low of the last day, this bar included.',
  formula: 'min(low, 96)',
  inputs: ['low'],
  warmup: 95,
  compute: ([low], [out]) => rollingMin(low!, 96, out!),
});
