// Statistics of a return series of your own. Run it with: node examples/statistics.mjs
import {
  barMs,
  dailyReturnsByTime,
  daysPerYear,
  drawdown,
  equityCurve,
  expectedShortfall,
  moments,
  sampleBars,
  sharpe,
  sharpeStandardError,
} from '@perp/backtest';

// Your returns go here: simple, decimal, after costs. These are what holding a simulated market for three years gave.
const { openTime, close } = sampleBars({ symbol: 'BTCUSDT', start: '2023-01-01', end: '2025-12-31' });
const returns = Float64Array.from(close, (price, bar) => (bar === 0 ? 0 : price / close[bar - 1] - 1));

// Bars within a day depend on each other, so the ratio is taken from days.
const daily = dailyReturnsByTime(returns, openTime, barMs).returns;
const ratio = sharpe(daily, daysPerYear);
const { n, skewness, kurtosis } = moments(daily);
const { nonNormal: error } = sharpeStandardError(ratio.perPeriod, { n, skewness, kurtosis });
const year = Math.sqrt(daysPerYear);
const [low, high] = [-1.96, 1.96].map((z) => ratio.annualized + z * error * year);
console.log(`${n} days, skewness ${skewness.toFixed(2)}, kurtosis ${kurtosis.toFixed(2)}`);
console.log(`Sharpe ratio ${ratio.annualized.toFixed(2)} a year, 95 % interval ${low.toFixed(2)} to ${high.toFixed(2)}`);
console.log(low > 0 ? 'three years tell it from zero' : 'three years do not tell it from zero');

const percent = (fraction) => `${(100 * fraction).toFixed(1)} %`;
const fall = drawdown(equityCurve(daily));
const recovery = fall.recoveryIndex === null ? 'not recovered' : `recovered after ${fall.recoveryIndex - fall.troughIndex} days`;
console.log(`deepest fall ${percent(fall.maxDrawdown)} over ${fall.troughIndex - fall.peakIndex} days, ${recovery}`);
console.log(`below an earlier high on ${percent(fall.timeUnderWater)} of days`);

const tail = expectedShortfall(daily, 0.99);
console.log(`one day in a hundred loses ${percent(tail.valueAtRisk)} or more, ${percent(tail.expectedShortfall)} on average`);
