import { defineStrategy } from '../core/intent.ts';
import { number } from '../core/params.ts';

export default defineStrategy({
  id: 'trend_28d_v1',
  summary: 'Holds the direction of the last 28 days while volatility is at or above normal: returns of a month tend to persist for weeks.',
  params: {
    entry_rv_pct_min: number(50, { min: 0, max: 100, help: 'Enter only while the volatility rank (0-100) is above this.' }),
    exit_rv_pct_max: number(40, { min: 0, max: 100, help: 'Leave when the volatility rank has fallen to this.' }),
  },
  intent: ({ column, param }) => {
    const month = column('ret_2688');
    const isAwake = column('rv_pct_2880_v2').gt(param.entry_rv_pct_min);
    // The default is where vol_compression_v1 declares calm over: below it the compression strategies have the market to themselves.
    const isCalm = column('rv_pct_2880_v2').le(param.exit_rv_pct_max);
    return {
      kind: 'bracket',
      entry: { long: isAwake.and(month.gt(0)), short: isAwake.and(month.lt(0)) },
      exitWhen: [
        { reason: 'trend_over', long: month.le(0), short: month.ge(0) },
        { reason: 'calm', long: isCalm, short: isCalm },
      ],
      // Around a monthly return of zero, or a rank at its threshold, a side can change at every bar; a day bounds what that costs.
      limits: { oncePerDay: true },
    };
  },
});
