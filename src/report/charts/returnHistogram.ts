import { significant } from '../format.ts';
import type { Bin } from '../tradeGroups.ts';
import { histogramOption } from './histogram.ts';
import type { ChartSpec } from './renderChart.ts';

/**
 * How many days had which return, under a normal curve.
 *
 * @param curve points (return, days) of the normal of the same mean and deviation
 */
export function returnHistogram(bins: readonly Bin[], curve: readonly (readonly [number, number])[] | null): ChartSpec {
  const most = bins.reduce((best, bin) => (bin.count > best.count ? bin : best), bins[0]!);
  return {
    key: 'daily-returns',
    label: `Histogram of daily net returns beside a normal curve: the most frequent range, with ${most.count} days, is ${significant(most.from * 100)} to ${significant(most.to * 100)} percent; the worst day lies at ${significant(bins[0]!.from * 100)} to ${significant(bins[0]!.to * 100)} percent.`,
    height: { wide: 300, narrow: 260 },
    option: (frame) => {
      const value = frame.isNarrow ? 'Net return of a day, percent' : 'Net return of a day, percent of the initial equity';
      return histogramOption(bins, frame, { names: { value, counted: 'Days', left: frame.isNarrow ? 40 : 52 }, curve });
    },
  };
}
