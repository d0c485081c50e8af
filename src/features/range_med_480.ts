import { defineFeature } from '../core/define.ts';
import { rollingMedian } from '../stats/rolling/rollingMedian.ts';

export default defineFeature({
  id: 'range_med_480',
  summary: 'Median width of the one-day range over the last five days, in price units.',
  formula: 'median(range_96, 480), mean of the two middle values',
  inputs: ['range_96'],
  warmup: 574,
  compute: ([range], [out]) => rollingMedian(range!, 480, out!),
});
