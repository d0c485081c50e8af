// A strategy on arrays, from scratch: no disk, no network. Run it with: node examples/simulate.mjs
import { builtInFeatures, defineStrategy, integer, makeFrame, number, sampleBars, simulate } from '@perp/backtest';

// Rules are data: conditions on columns at their own bar or earlier. `rv_pct_2880` ranks volatility in its own last
// 30 days, `high_96` and `low_96` are the last day's range; the features behind them are computed below.
const strategy = defineStrategy({
  id: 'calm_breakout',
  summary: 'Follows the first close outside of the last day’s range while volatility is low.',
  params: {
    rank_max: number(25, { min: 0, max: 100, help: 'Highest volatility rank at which an entry is possible.' }),
    hold_bars: integer(48, { min: 1, max: 960, help: 'Leave after this many bars.' }),
  },
  intent: ({ column, param }) => {
    const isCalm = column('rv_pct_2880').le(param.rank_max);
    return {
      kind: 'bracket',
      entry: {
        long: isCalm.and(column('close').gt(column('high_96').lag(1))),
        short: isCalm.and(column('close').lt(column('low_96').lag(1))),
      },
      stop: { long: column('low_96'), short: column('high_96') },
      targets: [{ riskMultiple: 2 }],
      maxHoldBars: param.hold_bars,
    };
  },
});

// Any arrays of 15-minute bars will do; these are half a year of the built-in simulated market.
const bars = sampleBars({ symbol: 'ETHUSDT', start: '2022-07-01', end: '2022-12-31' });
const frame = makeFrame(bars, { strategies: [strategy], features: await builtInFeatures() });
console.log(`${frame.rows} bars of ${frame.symbol}`);

const percent = (fraction) => `${(100 * fraction).toFixed(2)} %`;
for (const hold_bars of [16, 48, 96]) {
  const { metrics } = simulate(strategy, frame, { params: { hold_bars }, costBps: 6 });
  const { total_trades: trades, gross_return: gross, cost_return: cost, funding_return: funding, net_total_return: net } = metrics;
  console.log(
    `hold ${hold_bars}: ${trades} trades, gross ${percent(gross)}, cost ${percent(cost)}, funding ${percent(funding)}, net ${percent(net)}`,
  );
}

const { trades } = simulate(strategy, frame);
const { direction, entryTime, exitTime, exitReason, pnl } = trades.reduce((worst, trade) => (trade.pnl < worst.pnl ? trade : worst));
const time = (ms) => new Date(ms).toISOString().slice(0, 16);
console.log(`worst trade: ${direction} ${time(entryTime)} to ${time(exitTime)}, ended by ${exitReason}, ${percent(pnl)}`);
