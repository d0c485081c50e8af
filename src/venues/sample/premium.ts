import { nextNormal, nextUniform } from '../../core/random.ts';
import type { RandomState } from '../../core/random.ts';

/** The premium is stepped every 4 hours. */
export const barsPerPremium = 16;

export interface PremiumState {
  noise: number;
  /** Excess of a crowded market, decaying. */
  crowd: number;
  /** Log price at the last step and its slow average: momentum is their difference. NaN before the first step. */
  averageLogPrice: number;
}

const noiseDecay = 0.5 ** (4 / 16);
const noiseSd = 0.0003;
const crowdDecay = 0.5 ** (4 / 48);
/** A crowded episode starts once in 25 days on average. */
const crowdChance = 1 / 150;
const averageWeight = 1 - 0.5 ** (4 / 96);
const interest = 0.0001;
const dampening = 0.0005;
/** Largest absolute rate of one settlement, the venue's usual cap of liquid contracts. */
export const rateCap = 0.0075;

export function startPremium(): PremiumState {
  return { noise: 0, crowd: 0, averageLogPrice: Number.NaN };
}

/**
 * Premium of the contract over its index, fraction per 8 hours, from the past only: noise with a half-life of 16 hours,
 * a pull in the direction of the last days' move, and rare crowded episodes with a half-life of two days.
 */
export function stepPremium(state: PremiumState, logPrice: number, stream: RandomState): number {
  if (Number.isNaN(state.averageLogPrice)) state.averageLogPrice = logPrice;
  state.averageLogPrice += averageWeight * (logPrice - state.averageLogPrice);
  state.noise = noiseDecay * state.noise + noiseSd * Math.sqrt(1 - noiseDecay ** 2) * nextNormal(stream);
  state.crowd *= crowdDecay;
  const chance = nextUniform(stream);
  const momentum = Math.tanh((logPrice - state.averageLogPrice) * 12);
  if (chance < crowdChance) {
    const sign = nextUniform(stream) < 0.5 + 0.35 * momentum + 0.1 ? 1 : -1;
    state.crowd += sign * (0.0008 - 0.0011 * Math.log(1 - nextUniform(stream)));
  }
  return 0.0002 + state.noise + 0.0006 * momentum + state.crowd;
}

/**
 * Funding rate of one settlement: premium plus the interest rate's difference limited to 0.05 %, capped, for the length of
 * the interval, rounded to 8 decimals. Quiet markets therefore pay exactly 0.0001 per 8 hours.
 *
 * @source Binance USD-M funding formula: F = P + clamp(I - P, -0.05 %, 0.05 %)
 */
export function fundingRate(premium: number, intervalHours: number): number {
  const full = premium + Math.max(-dampening, Math.min(dampening, interest - premium));
  const rate = Math.max(-rateCap, Math.min(rateCap, full)) * (intervalHours / 8);
  return Math.round(rate * 1e8) / 1e8;
}
