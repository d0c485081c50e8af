import { namedStream, nextNormal, nextUniform } from '../src/core/random.ts';

/** Bars of six years at 15 minutes, leap days included. */
export const sixYears = 210_432;

export interface BenchMarket {
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** [bars], first NaN. */
  readonly logReturn: Float64Array;
}

/**
 * Bars of a made-up market with slowly changing volatility, rare jumps and prices on a tick of 0.1, the same on
 * every machine that computes exp, log and cos alike.
 */
export function benchMarket(bars: number): BenchMarket {
  const random = namedStream('seed=1/bench/market/0');
  const high = new Float64Array(bars);
  const low = new Float64Array(bars);
  const close = new Float64Array(bars);
  const logReturn = new Float64Array(bars);
  let price = 30_000;
  let logVolatility = 0;
  for (let i = 0; i < bars; i++) {
    logVolatility = 0.997 * logVolatility + 0.06 * nextNormal(random);
    const volatility = 0.0025 * Math.exp(logVolatility);
    const jump = nextUniform(random) < 0.002 ? 6 : 1;
    // Pulled gently back, so that six years stay in one range of prices.
    const pull = 0.00002 * Math.log(30_000 / price);
    price = tick(price * Math.exp(pull + jump * volatility * nextNormal(random)));
    const before = i === 0 ? price : close[i - 1]!;
    close[i] = price;
    high[i] = tick(Math.max(price, before) * (1 + volatility * nextUniform(random)));
    low[i] = tick(Math.min(price, before) * (1 - volatility * nextUniform(random)));
    logReturn[i] = i === 0 ? NaN : Math.log(price) - Math.log(before);
  }
  return { high, low, close, logReturn };
}

function tick(price: number): number {
  return Math.round(price * 10) / 10;
}
