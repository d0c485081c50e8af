import { defineStrategy } from '../core/intent.ts';
import { boolean, integer, number, timeZone } from '../core/params.ts';

export default defineStrategy({
  id: 'vol_compression_v1',
  summary: 'Trades the first close outside the last day’s range after volatility and range have compressed: expansion tends to follow compression.',
  params: {
    compression_rv_pct_max: number(10, { min: 0, max: 100, help: 'Highest volatility rank (0-100) at which an entry is possible.' }),
    compression_range_mult: number(0.8, { min: 0, max: 10, help: 'Highest one-day range, as a multiple of its five-day median.' }),
    exit_rv_pct_revert: number(40, { min: 0, max: 100, help: 'Leave when the volatility rank is above this.' }),
    max_hold_bars: integer(48, { min: 1, max: 2880, help: 'Leave after this many bars (48 = 12 hours).' }),
    one_trade_per_day: boolean(true, 'At most one entry per day.'),
    trade_day_timezone: timeZone('UTC', 'Time zone whose days the one-trade rule counts.'),
  },
  intent: ({ column, param }) => {
    const isCompressed = column('rv_pct_2880')
      .le(param.compression_rv_pct_max)
      .and(column('range_96').le(param.compression_range_mult.times(column('range_med_480'))));
    const isCalmOver = column('rv_pct_2880').gt(param.exit_rv_pct_revert);
    return {
      kind: 'bracket',
      entry: {
        long: isCompressed.and(column('close').gt(column('high_96').lag(1))),
        short: isCompressed.and(column('close').lt(column('low_96').lag(1))),
      },
      stop: { long: column('low_96'), short: column('high_96') },
      targets: [{ riskMultiple: 2 }],
      maxHoldBars: param.max_hold_bars,
      exitWhen: [{ reason: 'volatility_back', long: isCalmOver, short: isCalmOver }],
      limits: { oncePerDay: param.one_trade_per_day, timezone: param.trade_day_timezone },
    };
  },
});
