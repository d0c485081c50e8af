import { defineFeature } from '../core/define.ts';

const lookbackBars = 2688;

/** A gap 28 days ago would hide the whole return; the last close before it says nearly the same. */
export default defineFeature({
  id: 'ret_2688',
  summary: 'Simple return over the last 28 days; where a gap was then, from the last close before it.',
  formula: 'close / (last known close at or before row -2688) - 1',
  inputs: ['close'],
  warmup: lookbackBars,
  segmented: false,
  compute: ([close], [out]) => {
    let then = Number.NaN;
    for (let i = lookbackBars; i < close!.length; i++) {
      const known = close![i - lookbackBars]!;
      if (known === known) then = known;
      out![i] = close![i]! / then - 1;
    }
  },
});
