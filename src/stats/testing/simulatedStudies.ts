import { fillNormals } from '../../core/normals.ts';
import { namedStream, nextIndex, nextNormal } from '../../core/random.ts';
import { doubledPrefixSums } from '../bootstrap/prefixSums.ts';
import { deoverlap } from '../events/deoverlap.ts';
import { placeboDates, placeboShift, placeboTest, shiftBars } from '../events/placebo.ts';
import type { EffectCell } from '../events/dailyCells.ts';

const barsPerDay = 96;
const horizon = 16;

/** P-values of one event study on random walks, where nothing is there to find: by moving the whole train, and by moving each event alone. */
export function placeboStudy(seed: number, { days, draws }: { days: number; draws: number }): { train: number; dates: number } {
  const state = namedStream(`seed=${seed}/placeboStudy/market/0`);
  const length = days * barsPerDay;
  // Two symbols hit by the same shocks, one with twice the size; the walk closes to a circle, as the placebo trains do.
  const returns = new Float64Array(length);
  fillNormals(state, returns);
  const price = doubledPrefixSums(returns);
  const forward = Float64Array.from({ length }, (_, bar) => price[bar + 1 + horizon]! - price[bar + 1]!);
  const trains = [0, 1].map(() =>
    Int32Array.from(
      deoverlap(
        Array.from({ length: 30 }, () => nextIndex(state, length)),
        2 * horizon,
      ).kept,
    ),
  );
  const statistic = (moved: readonly Int32Array[]) => {
    let sum = 0;
    for (const [symbol, bars] of moved.entries()) for (const bar of bars) sum += (1 + symbol) * forward[bar]!;
    return sum;
  };
  const calendar = { days, barsPerDay };
  const shifted = Float64Array.from({ length: draws }, (_, draw) => {
    const shift = placeboShift(`seed=${seed}/placebo/train/${draw}`, { days, minDays: 1 })!;
    return statistic(trains.map((bars) => shiftBars(bars, shift, calendar)));
  });
  const dates = trains.map((bars, symbol) =>
    placeboDates(bars, { ...calendar, exclusionBars: horizon, draws, stream: `seed=${seed}/placebo/${symbol}` })!,
  );
  const redated = Float64Array.from({ length: draws }, (_, draw) => statistic(dates.map((ofSymbol) => ofSymbol[draw]!)));
  const observed = statistic(trains);
  return { train: placeboTest(observed, shifted).pUpper!, dates: placeboTest(observed, redated).pUpper! };
}

/** Effects of events that come in bursts on shared days, around a planted mean, with fat tails. */
export function plantedCell(seed: number, { days, eventDays, effect }: { days: number; eventDays: number; effect: number }): EffectCell {
  const state = namedStream(`seed=${seed}/plantedCell/events/0`);
  const day: number[] = [];
  const values: number[] = [];
  for (let burst = 0; burst < eventDays; burst++) {
    const at = nextIndex(state, days);
    const shock = nextNormal(state);
    for (let event = 0; event <= nextIndex(state, 3); event++) {
      day.push(at);
      // Student's t with 5 degrees, halved with the day's shock.
      const spread = Math.sqrt([1, 2, 3, 4, 5].reduce((sum) => sum + nextNormal(state) ** 2, 0) / 5);
      values.push(effect + 0.7 * shock + (0.7 * nextNormal(state)) / spread);
    }
  }
  return { day, effect: values };
}
