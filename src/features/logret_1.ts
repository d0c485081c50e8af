import { defineFeature } from '../core/define.ts';

export default defineFeature({
  id: 'logret_1',
  summary: 'Logarithmic return from the previous close.',
  formula: 'ln(close) - ln(close[-1])',
  inputs: ['close'],
  warmup: 1,
  compute: ([close], [out]) => {
    // The difference of logarithms, not the logarithm of the ratio: the last bits differ and ranks are built on them.
    let previous = Math.log(close![0]!);
    for (let i = 1; i < close!.length; i++) {
      const current = Math.log(close![i]!);
      out![i] = current - previous;
      previous = current;
    }
  },
});
