import { nextUniform } from '../../core/random.ts';
import type { RandomState } from '../../core/random.ts';
import { quickNormal } from '../../core/normals.ts';

/** Hourly premiums kept from the month before: the longest settlement averages 8 hours. */
export const premiumHistory = 7;

export interface PremiumState {
  noise: number;
  /** Excess of a crowded market, decaying. */
  crowd: number;
  /** Slow average of the log price: momentum is the distance from it. NaN before the first step. */
  averageLogPrice: number;
  /** The last hourly premiums, oldest first, [premiumHistory]. */
  readonly recent: readonly number[];
}

const noiseDecay = 0.5 ** (1 / 16);
const noiseSd = 0.0003;
const crowdDecay = 0.5 ** (1 / 48);
/** A crowded episode starts once in 25 days on average. */
const crowdChance = 1 / 600;
const averageWeight = 1 - 0.5 ** (1 / 96);
const interest = 0.0001;
const dampening = 0.0005;

export function startPremium(): PremiumState {
  return { noise: 0, crowd: 0, averageLogPrice: Number.NaN, recent: Array.from({ length: premiumHistory }, () => interest) };
}

/**
 * Premium of the contract over its index, mean of one hour, from the past only: noise with a half-life of 16 hours, a pull
 * in the direction of the last days' move, and rare crowded episodes with a half-life of two days.
 */
export function stepPremium(state: PremiumState, logPrice: number, crowdScale: number, stream: RandomState): number {
  if (Number.isNaN(state.averageLogPrice)) state.averageLogPrice = logPrice;
  state.averageLogPrice += averageWeight * (logPrice - state.averageLogPrice);
  state.noise = noiseDecay * state.noise + noiseSd * Math.sqrt(1 - noiseDecay ** 2) * quickNormal(stream);
  state.crowd *= crowdDecay;
  const momentum = Math.tanh((logPrice - state.averageLogPrice) * 12);
  if (nextUniform(stream) < crowdChance) {
    const sign = nextUniform(stream) < 0.5 + 0.35 * momentum + 0.1 ? 1 : -1;
    state.crowd += crowdScale * sign * (0.0008 - 0.0011 * Math.log(1 - nextUniform(stream)));
  }
  return 0.0002 + state.noise + 0.0006 * momentum + state.crowd;
}

/**
 * Funding rate of one settlement: premium plus the interest rate's difference limited to 0.05 %, for the length of the
 * interval, capped, rounded to 8 decimals. Quiet markets therefore pay exactly 0.0001 per 8 hours.
 *
 * @param premium mean over the interval, fraction
 * @param cap largest absolute rate of one settlement
 * @source Binance USD-M funding formula: F = (P + clamp(I - P, -0.05 %, 0.05 %)) / (8 / N)
 */
export function fundingRate(premium: number, intervalHours: number, cap: number): number {
  const rate = (premium + Math.max(-dampening, Math.min(dampening, interest - premium))) * (intervalHours / 8);
  return Math.round(Math.max(-cap, Math.min(cap, rate)) * 1e8) / 1e8;
}
