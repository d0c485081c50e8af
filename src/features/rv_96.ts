import { defineFeature } from '../core/define.ts';
import { rollingStd } from '../stats/rolling/rollingStd.ts';

export default defineFeature({
  id: 'rv_96',
  summary: 'Realized volatility: sample standard deviation of the last day of log returns, not annualized.',
  formula: 'std(logret_1, 96), n - 1 in the denominator',
  inputs: ['logret_1'],
  warmup: 96,
  compute: ([logret], [out]) => rollingStd(logret!, 96, out!),
});
