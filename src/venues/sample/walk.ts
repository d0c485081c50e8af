import { namedStream } from '../../core/random.ts';
import { barMs, barsPerDay, hourMs } from '../../core/time.ts';
import type { Month } from '../../core/time.ts';
import type { SampleInstrument } from './instruments.ts';
import { quickNormal } from '../../core/normals.ts';
import { allocateRisk, drawJump, pullToBand } from './path.ts';
import type { RiskPath } from './path.ts';
import { premiumHistory, startPremium, stepPremium } from './premium.ts';
import type { PremiumState } from './premium.ts';
import { seasonality, startVolatility, stepVolatility, studentScale } from './volatility.ts';
import type { VolatilityState } from './volatility.ts';

/** How much of the common log-volatility a symbol's own shocks share, and the weight of its own. */
const sharedVolatility = 0.7;
const ownVolatility = 0.6;
/** The own log level moves freely between -0.8 and 0.8. */
const band = 0.8;
/** Own jumps: one in 40 days on average. */
const jumps = { chance: 1 / 3_840, size: 4.5, downShare: 0.5 };
const activityMemory = 0.97;
const barsPerHour = hourMs / barMs;

export interface SymbolState {
  /** Log level of the symbol's own part. */
  readonly own: number;
  readonly activity: number;
  readonly volatility: Readonly<VolatilityState>;
  readonly premium: PremiumState;
}

/** What bars and settlements of one month are made from. */
export interface SymbolWalk {
  /** Log price at each bar's open and at the month's end, [bars + 1]. */
  readonly logPrice: Float64Array;
  /** The symbol's own part of it. */
  readonly own: RiskPath;
  /** Slow noise of the traded volume, standard normal, [bars]. */
  readonly activity: Float64Array;
  /** Premium over the index per hour, after `premiumHistory` hours of the month before, [premiumHistory + hours]. */
  readonly premium: Float64Array;
}

export function symbolStart(): SymbolState {
  return { own: 0, activity: 0, volatility: startVolatility(), premium: startPremium() };
}

/**
 * Simulates one month of a symbol bar by bar: log price = log of the middle price + beta x factor + own part (stochastic
 * volatility, Student-t bars, jumps). Prices inside the bars are not drawn here.
 */
export function walkSymbol(
  seed: number,
  { instrument, month, factor }: { readonly instrument: SampleInstrument; readonly month: Month; readonly factor: RiskPath },
  start: SymbolState,
): { walk: SymbolWalk; end: SymbolState } {
  const { symbol, beta, crowdScale } = instrument;
  const stream = namedStream(`seed=${seed}/sample/price/${symbol}/${month.label}`);
  const premiumStream = namedStream(`seed=${seed}/sample/premium/${symbol}/${month.label}`);
  const bars = factor.shock.length;
  const own = allocateRisk(bars);
  const walk: SymbolWalk = {
    logPrice: new Float64Array(bars + 1),
    own,
    activity: new Float64Array(bars),
    premium: new Float64Array(premiumHistory + bars / barsPerHour),
  };
  walk.premium.set(start.premium.recent);
  const volatility = { ...start.volatility };
  const premium = { ...start.premium };
  const middle = Math.log(instrument.middlePrice);
  const ownBarVolatility = instrument.ownDailyVolatility / Math.sqrt(barsPerDay);
  const firstBar = month.start / barMs;
  let { own: level, activity } = start;
  for (let bar = 0; bar < bars; bar++) {
    own.level[bar] = level;
    const logPrice = middle + beta * factor.level[bar]! + level;
    walk.logPrice[bar] = logPrice;
    if (bar % barsPerHour === 0) walk.premium[premiumHistory + bar / barsPerHour] = stepPremium(premium, logPrice, crowdScale, premiumStream);
    const logV = sharedVolatility * factor.logVolatility[bar]! + ownVolatility * stepVolatility(volatility, bar % barsPerDay === 0, stream);
    const sigma = ownBarVolatility * Math.exp(logV) * seasonality[(firstBar + bar) % seasonality.length]!;
    const shock = sigma * studentScale(stream);
    const jump = drawJump(jumps, sigma, stream);
    level += shock * quickNormal(stream) + jump + pullToBand(level, band);
    activity = activityMemory * activity + Math.sqrt(1 - activityMemory ** 2) * quickNormal(stream);
    own.shock[bar] = shock;
    own.jump[bar] = jump;
    own.logVolatility[bar] = logV;
    walk.activity[bar] = activity;
  }
  own.level[bars] = level;
  walk.logPrice[bars] = middle + beta * factor.level[bars]! + level;
  const recent = [...walk.premium.subarray(-premiumHistory)];
  return { walk, end: { own: level, activity, volatility, premium: { ...premium, recent } } };
}
