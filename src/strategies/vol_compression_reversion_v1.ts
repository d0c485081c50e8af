import { defineStrategy } from '../core/intent.ts';
import { integer, number } from '../core/params.ts';

export default defineStrategy({
  id: 'vol_compression_reversion_v1',
  summary: 'Fades closes near the edges of the last day’s range while volatility is low, and leaves at mid-range or on time.',
  params: {
    entry_rv_pct_max: number(15, { min: 0, max: 100, help: 'Highest volatility rank (0-100) at which an entry is possible.' }),
    band_frac: number(0.2, { min: 0, max: 1, help: 'Width of the outer bands as a fraction of the range.' }),
    max_hold_bars: integer(24, { min: 1, max: 2880, help: 'Leave after this many bars (24 = 6 hours).' }),
  },
  intent: ({ column, param }) => {
    const [close, high, low] = [column('close'), column('high_96'), column('low_96')];
    const width = high.minus(low);
    const isQuiet = column('rv_pct_2880').le(param.entry_rv_pct_max).and(width.gt(0));
    const isInUpperBand = close.ge(high.minus(param.band_frac.times(width)));
    const isInLowerBand = close.le(low.plus(param.band_frac.times(width)));
    const middle = high.plus(low).over(2);
    return {
      kind: 'bracket',
      entry: {
        long: isQuiet.and(isInLowerBand).and(isInUpperBand.not()),
        short: isQuiet.and(isInUpperBand),
      },
      maxHoldBars: param.max_hold_bars,
      exitWhen: [{ reason: 'middle_reached', long: close.ge(middle), short: close.le(middle) }],
    };
  },
});
