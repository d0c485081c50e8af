import { defineStrategy } from '../core/intent.ts';
import { integer, number } from '../core/params.ts';

export default defineStrategy({
  id: 'vol_compression_momentum_v1',
  summary: 'Follows a close outside the last day’s range while volatility is low, and leaves when volatility is normal again or time is up.',
  params: {
    entry_rv_pct_max: number(12, { min: 0, max: 100, help: 'Highest volatility rank (0-100) at which an entry is possible.' }),
    exit_rv_pct_min: number(35, { min: 0, max: 100, help: 'Leave when the volatility rank has reached this.' }),
    max_hold_bars: integer(64, { min: 1, max: 2880, help: 'Leave after this many bars (64 = 16 hours).' }),
  },
  // The range columns decide nothing here; a row without them is blocked all the same, as in the definition of v1.
  requires: ['range_96', 'range_med_480'],
  intent: ({ column, param }) => {
    const isQuiet = column('rv_pct_2880').le(param.entry_rv_pct_max);
    const isNormal = column('rv_pct_2880').ge(param.exit_rv_pct_min);
    return {
      kind: 'bracket',
      entry: {
        long: isQuiet.and(column('close').gt(column('high_96').lag(1))),
        short: isQuiet.and(column('close').lt(column('low_96').lag(1))),
      },
      maxHoldBars: param.max_hold_bars,
      exitWhen: [{ reason: 'volatility_back', long: isNormal, short: isNormal }],
    };
  },
});
