import { defineFeature } from '../core/define.ts';
import { rollingRank } from '../stats/rolling/rollingRank.ts';

/** `rv_pct_2880` wherever that is known. A gap costs it a day of rows (those without rv_96) instead of 31. */
export default defineFeature({
  id: 'rv_pct_2880_v2',
  summary: 'Where the volatility stands among its own last 2880 known values, 0 to 100; gaps are passed over.',
  formula: 'count(last 2880 known rv_96 <= rv_96) / 2880 * 100, itself included',
  inputs: ['rv_96'],
  warmup: 2975,
  segmented: false,
  compute: ([rv], [out]) => {
    const known = rv!.filter((value) => value === value);
    const rank = new Float64Array(known.length);
    rollingRank(known, 2880, rank);
    let next = 0;
    for (let i = 0; i < rv!.length; i++) if (rv![i] === rv![i]) out![i] = rank[next++]!;
  },
});
