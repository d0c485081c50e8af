import { defineFeature } from '@perp/backtest';

export default defineFeature({
  id: 'range_place_96',
  summary: 'Where the close stands in the last day’s range: 0 at its low, 1 at its high.',
  formula: '(close - low_96) / (high_96 - low_96)',
  inputs: ['close', 'high_96', 'low_96'],
  warmup: 95,
  compute: ([close, high, low], [out]) => {
    for (let bar = 0; bar < close!.length; bar++) {
      const width = high![bar]! - low![bar]!;
      if (width > 0) out![bar] = (close![bar]! - low![bar]!) / width;
    }
  },
});
