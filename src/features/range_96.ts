import { defineFeature } from '../core/define.ts';

export default defineFeature({
  id: 'range_96',
  summary: 'Width of the last day’s price range, in price units.',
  formula: 'high_96 - low_96',
  inputs: ['high_96', 'low_96'],
  warmup: 95,
  compute: ([high, low], [out]) => {
    for (let i = 0; i < high!.length; i++) out![i] = high![i]! - low![i]!;
  },
});
