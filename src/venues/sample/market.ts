import { barMs } from '../../core/time.ts';
import type { Month } from '../../core/time.ts';
import { plantedDefects } from './defects.ts';
import type { PlantedDefect } from './defects.ts';
import { createHistory, monthIndex, sampleMonths } from './history.ts';
import type { SampleInstrument } from './instruments.ts';
import { markBars } from './mark.ts';
import { allocateScratch, factorMinutes, minuteBars } from './minutes.ts';
import { minutesPerBar } from './path.ts';
import { flatten, plantInMinutes, removeOutages } from './plant.ts';
import { type BasisInputs, premiumBars, spotBars } from './spot.ts';
import { recentCache } from './recentCache.ts';
import { aggregate, copySeries } from './series.ts';
import type { BarSeries } from './series.ts';

/** All functions of a month return null where the symbol has no row in it. Results are read only. */
export interface SampleMarket {
  readonly seed: number;
  readonly instrument: (symbol: string) => SampleInstrument;
  /** Bars with the defects of trading planted; defects of files are planted when files are written. */
  readonly minutes: (symbol: string, month: Month, defects?: readonly PlantedDefect[]) => BarSeries | null;
  readonly bars: (symbol: string, month: Month, defects?: readonly PlantedDefect[]) => BarSeries | null;
  readonly mark: (symbol: string, month: Month, defects?: readonly PlantedDefect[]) => BarSeries | null;
  /** Bars of the spot market and of the premium index; they know outages and no other defect of trading. */
  readonly spot: (symbol: string, month: Month, defects?: readonly PlantedDefect[]) => BarSeries | null;
  readonly premiumIndex: (symbol: string, month: Month, defects?: readonly PlantedDefect[]) => BarSeries | null;
  /** Minutes with outages, and the premium: what positioning is made of. */
  readonly basis: (symbol: string, month: Month, defects?: readonly PlantedDefect[]) => BasisInputs | null;
  /** Premium over the index per hour, after the last `premiumHistory` hours of the month before. */
  readonly premium: (symbol: string, month: Month) => Float64Array | null;
}

/**
 * The simulated market of a seed. Every month starts from the state at the end of the one before and draws from streams named
 * after seed, symbol and month, so its content does not depend on what was asked earlier; the first look at a far month costs the
 * months before it, bar by bar.
 */
export function createSampleMarket(seed: number): SampleMarket {
  const { instrument, factor, walk } = createHistory(seed);
  const minutesOf = minuteSource(seed, { instrument, factor, walk });
  const planted = (symbol: string, month: Month, defects: readonly PlantedDefect[]): BarSeries | null => {
    const index = listedIndex(instrument(symbol), month);
    return index === null ? null : plantInMinutes(minutesOf(index, symbol), symbol, defects);
  };
  const bars: SampleMarket['bars'] = (symbol, month, defects = plantedDefects) => {
    const series = planted(symbol, month, defects);
    return series && aggregate(series, minutesPerBar);
  };
  const premium: SampleMarket['premium'] = (symbol, month) => {
    const index = listedIndex(instrument(symbol), month);
    return index === null ? null : walk(index, symbol).premium;
  };
  const minutes: SampleMarket['minutes'] = (symbol, month, defects = plantedDefects) => {
    const series = planted(symbol, month, defects);
    return series && copySeries(series);
  };
  const basis: SampleMarket['basis'] = (symbol, month, defects = plantedDefects) => {
    const outages = defects.filter(({ kind }) => kind === 'outage');
    const [series, hourly] = [minutes(symbol, month, outages), premium(symbol, month)];
    return series && hourly && { instrument: instrument(symbol), month, minutes: series, premium: hourly };
  };
  return {
    seed,
    instrument,
    bars,
    premium,
    minutes,
    basis,
    spot(symbol, month, defects = plantedDefects) {
      const inputs = basis(symbol, month, defects);
      return inputs && spotBars(seed, inputs);
    },
    premiumIndex(symbol, month, defects = plantedDefects) {
      const inputs = basis(symbol, month, defects);
      return inputs && premiumBars(seed, inputs);
    },
    mark(symbol, month, defects = plantedDefects) {
      const series = planted(symbol, month, []);
      return series && removeOutages(markBars(seed, instrument(symbol), month, series), symbol, defects);
    },
  };
}

/** One-minute bars of a month of a symbol without planted defects; overwritten by the next month asked for. */
function minuteSource(seed: number, { instrument, factor, walk }: ReturnType<typeof createHistory>): (index: number, symbol: string) => BarSeries {
  const scratch = allocateScratch();
  const factorMoves = recentCache(2, (index) => factorMinutes(seed, sampleMonths[index]!, factor(index)));
  const settlementPrice = (symbol: string, settledAt: number) => {
    const index = monthIndex(settledAt)!;
    const logPrice = walk(index, symbol).logPrice[(settledAt - sampleMonths[index]!.start) / barMs]!;
    return Math.round(Math.exp(logPrice) * 10 ** instrument(symbol).priceDecimals);
  };
  return recentCache(1, (index, symbol) => {
    const inputs = {
      instrument: instrument(symbol),
      month: sampleMonths[index]!,
      factor: factor(index),
      factorMoves: factorMoves(index),
      walk: walk(index, symbol),
    };
    return keepListedRows(minuteBars(seed, inputs, scratch), inputs.instrument, (settledAt) => settlementPrice(symbol, settledAt));
  });
}

/** Index of a month in which a symbol has rows, or null. */
function listedIndex({ listedAt, delisting }: SampleInstrument, month: Month): number | null {
  const hasRows = month.end > listedAt && (delisting === null || month.start < delisting.rowsEnd);
  return hasRows ? monthIndex(month.start) : null;
}

/** Takes out rows before the listing and after the end, and stills those after the settlement, in place. */
function keepListedRows(minutes: BarSeries, { listedAt, delisting }: SampleInstrument, settlementPrice: (settledAt: number) => number): BarSeries {
  const rows = minutes.open.length;
  const rowAt = (time: number) => Math.max(0, Math.min(rows, (time - minutes.start) / minutes.stepMs));
  minutes.isAbsent.fill(1, 0, rowAt(listedAt));
  if (delisting === null) return minutes;
  const settled = rowAt(delisting.settledAt);
  if (settled < rows) flatten(minutes, settled, rows, settlementPrice(delisting.settledAt));
  minutes.isAbsent.fill(1, rowAt(delisting.rowsEnd));
  return minutes;
}
