import { significant } from '../format.ts';
import type { Bin } from '../tradeGroups.ts';
import { histogramOption } from './histogram.ts';
import type { ChartSpec } from './renderChart.ts';

/** How many trades ended with which pnl; bins begin and end at zero, losses left and gains right of it. */
export function tradeHistogram(bins: readonly Bin[]): ChartSpec {
  const most = bins.reduce((best, bin) => (bin.count > best.count ? bin : best), bins[0]!);
  return {
    key: 'trade-pnl',
    label: `Histogram of the pnl of trades: the most frequent range, with ${most.count} trades, is ${significant(most.from * 100)} to ${significant(most.to * 100)} percent.`,
    height: { wide: 260, narrow: 240 },
    option: (frame) =>
      histogramOption(bins, frame, {
        names: { value: 'Pnl of a trade, percent of its notional', counted: 'Trades', left: frame.isNarrow ? 36 : 48 },
      }),
  };
}
