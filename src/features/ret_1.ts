import { defineFeature } from '../core/define.ts';

export default defineFeature({
  id: 'ret_1',
  summary: 'Simple return from the previous close.',
  formula: 'close / close[-1] - 1',
  inputs: ['close'],
  warmup: 1,
  compute: ([close], [out]) => {
    for (let i = 1; i < close!.length; i++) out![i] = close![i]! / close![i - 1]! - 1;
  },
});
