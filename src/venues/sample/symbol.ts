import { namedStream, nextNormal, nextUniform } from '../../core/random.ts';
import type { RandomState } from '../../core/random.ts';
import { barMs, barsPerYear } from '../../core/time.ts';
import type { Month } from '../../core/time.ts';
import { expansionDrift, stepsPerBar } from './factor.ts';
import type { FactorMonth } from './factor.ts';
import type { SampleInstrument } from './instruments.ts';
import { barsPerPremium, startPremium, stepPremium } from './premium.ts';
import type { PremiumState } from './premium.ts';
import { fillNormals, seasonality, startVolatility, stepVolatility, studentScale } from './volatility.ts';
import type { VolatilityState } from './volatility.ts';

/** How much of the common log-volatility a symbol's own shocks share, and the weight of its own. */
const sharedVolatility = 0.7;
const ownVolatility = 0.6;
/** Own jumps: one in 40 days on average, about 6 bar volatilities. */
const jumpChance = 1 / 3_840;
const jumpSize = 6;
/** Pull of the symbol's own part to zero, half-life half a year. */
const pullPerBar = (2 * Math.LN2) / barsPerYear;
const volumeMemory = 0.97;

export interface SymbolState {
  readonly logPrice: number;
  /** Log level of the symbol's own part. */
  readonly own: number;
  readonly volumeNoise: number;
  readonly volatility: Readonly<VolatilityState>;
  readonly premium: PremiumState;
}

/** One month of a symbol, all columns [bars]: prices in ticks, quantities in steps, so that text is exact. */
export interface SymbolMonth {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly takerVolume: Float64Array;
  readonly tradeCount: Float64Array;
  /** Average price of the bar's trades, quote units. */
  readonly averagePrice: Float64Array;
}

export function symbolStart(instrument: SampleInstrument): SymbolState {
  return { logPrice: Math.log(instrument.startPrice), own: 0, volumeNoise: 0, volatility: startVolatility(), premium: startPremium() };
}

/**
 * Simulates one month of a symbol: log price = beta x factor + own part (stochastic volatility, Student-t bars, jumps),
 * in minute steps from which open, high, low and close are taken.
 *
 * @returns bars, the funding premium at every fourth hour [days x 6], and the state at the month's end
 */
export function simulateSymbol(
  seed: number,
  instrument: SampleInstrument,
  month: Month,
  factor: FactorMonth,
  start: SymbolState,
): { path: SymbolMonth; premium: Float64Array; end: SymbolState } {
  const { symbol, beta } = instrument;
  const stream = namedStream(`seed=${seed}/sample/price/${symbol}/${month.label}`);
  const activity = namedStream(`seed=${seed}/sample/activity/${symbol}/${month.label}`);
  const premiums = namedStream(`seed=${seed}/sample/premium/${symbol}/${month.label}`);
  const bars = (month.end - month.start) / barMs;
  const path = allocate(bars);
  const premium = new Float64Array(bars / barsPerPremium);
  const volatility = { ...start.volatility };
  const normals = new Float64Array(stepsPerBar + 1);
  const premiumState = { ...start.premium };
  const ticksPerUnit = 10 ** instrument.priceDecimals;
  const toTicks = (logPrice: number) => Math.max(1, Math.round(Math.exp(logPrice) * ticksPerUnit));
  const ownBarVolatility = instrument.ownDailyVolatility / Math.sqrt(96);
  const firstBar = month.start / barMs;
  let { logPrice, own, volumeNoise } = start;
  for (let bar = 0; bar < bars; bar++) {
    if (bar % barsPerPremium === 0) premium[bar / barsPerPremium] = stepPremium(premiumState, logPrice, premiums);
    const season = seasonality[(firstBar + bar) % 672]!;
    const logV = sharedVolatility * factor.logVolatility[bar]! + ownVolatility * stepVolatility(volatility, stream);
    const sigma = ownBarVolatility * Math.exp(logV) * season;
    const shock = (sigma * studentScale(stream)) / Math.sqrt(stepsPerBar);
    const trend = (expansionDrift * volatility.direction * sigma - pullPerBar * own) / stepsPerBar;
    const jumpStep = nextUniform(stream) < jumpChance ? Math.floor(nextUniform(stream) * stepsPerBar) : -1;
    const opened = logPrice;
    let [highest, lowest, total] = [opened, opened, 0];
    fillNormals(stream, normals);
    for (let step = 0; step < stepsPerBar; step++) {
      let move = trend + shock * normals[step]!;
      if (step === jumpStep) move += sigma * jumpSize * nextNormal(stream);
      own += move;
      logPrice += move + beta * factor.returns[bar * stepsPerBar + step]!;
      if (logPrice > highest) highest = logPrice;
      if (logPrice < lowest) lowest = logPrice;
      total += logPrice;
    }
    path.open[bar] = toTicks(opened);
    path.high[bar] = toTicks(highest);
    path.low[bar] = toTicks(lowest);
    path.close[bar] = toTicks(logPrice);
    path.averagePrice[bar] = Math.exp(total / stepsPerBar);
    volumeNoise = volumeMemory * volumeNoise + Math.sqrt(1 - volumeMemory ** 2) * nextNormal(activity);
    fillActivity(path, bar, instrument, { logV, season, volumeNoise, move: (logPrice - opened) / (sigma * Math.SQRT2) }, activity);
  }
  return { path, premium, end: { logPrice, own, volumeNoise, volatility, premium: premiumState } };
}

/** Volume grows with volatility and with the size of the move; buyers take more when the price rises. */
function fillActivity(
  path: SymbolMonth,
  bar: number,
  instrument: SampleInstrument,
  now: { logV: number; season: number; volumeNoise: number; move: number },
  stream: RandomState,
): void {
  const size = 0.6 + 0.4 * Math.min(8, Math.abs(now.move));
  const quote = instrument.quoteVolume * now.season ** 1.4 * size * Math.exp(0.75 * now.logV + 0.4 * now.volumeNoise + 0.25 * nextNormal(stream));
  const volume = Math.max(1, Math.round((quote / path.averagePrice[bar]!) * 10 ** instrument.quantityDecimals));
  const share = 0.5 + 0.09 * Math.tanh(now.move / 2) + 0.03 * nextNormal(stream);
  path.volume[bar] = volume;
  path.takerVolume[bar] = Math.round(volume * Math.min(0.95, Math.max(0.05, share)));
  path.tradeCount[bar] = Math.max(1, Math.round((quote / instrument.tradeValue) * Math.exp(0.1 * nextNormal(stream))));
}

function allocate(bars: number): SymbolMonth {
  const column = () => new Float64Array(bars);
  return {
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
    takerVolume: column(),
    tradeCount: column(),
    averagePrice: column(),
  };
}
