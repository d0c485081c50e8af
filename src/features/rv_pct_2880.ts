import { defineFeature } from '../core/define.ts';
import { rollingRank } from '../stats/rolling/rollingRank.ts';

export default defineFeature({
  id: 'rv_pct_2880',
  summary: 'Where the volatility stands in its own last 30 days, 0 to 100.',
  formula: 'count(rv_96 in the last 2880 bars <= rv_96) / 2880 * 100, itself included',
  inputs: ['rv_96'],
  warmup: 2975,
  compute: ([rv], [out]) => rollingRank(rv!, 2880, out!),
});
