import { namedStream, nextUniform } from '../../core/random.ts';

/** First and first-missing instant of the simulated history, epoch ms. */
export const sampleStart = Date.UTC(2019, 8, 1);
export const sampleEnd = Date.UTC(2031, 0, 1);

/** From an instant on (epoch ms, exclusive) funding settles every so many hours. */
export interface FundingInterval {
  readonly after: number;
  readonly hours: number;
}

/** The end of a contract: trading stops, rows go on flat and empty for a while, then there are no more. */
export interface Delisting {
  /** Settlement instant, epoch ms: the first bar without trading opens here. */
  readonly settledAt: number;
  /** First instant without a row. */
  readonly rowsEnd: number;
}

/** How one simulated contract differs from the others. */
export interface SampleInstrument {
  readonly symbol: string;
  /** Price while factor and own part are at zero, quote units; about the middle of the price's range. */
  readonly middlePrice: number;
  /** Decimals of a price (tick = 10^-priceDecimals) and of a quantity. */
  readonly priceDecimals: number;
  readonly quantityDecimals: number;
  /** Exposure to the common factor. */
  readonly beta: number;
  /** Typical volatility of the symbol's own part, fraction per day. */
  readonly ownDailyVolatility: number;
  /** Typical quote volume of a 15-minute bar. */
  readonly quoteVolume: number;
  /** Typical quote value of one trade. */
  readonly tradeValue: number;
  /** Open time of the first bar, epoch ms, on the 15-minute grid. */
  readonly listedAt: number;
  readonly delisting: Delisting | null;
  /** Ascending; the first one holds from the beginning. */
  readonly fundingIntervals: readonly FundingInterval[];
  /** Size of crowded episodes of the premium; 1 is usual. */
  readonly crowdScale: number;
  /** Largest absolute rate of one settlement. */
  readonly fundingCap: number;
}

/** Largest absolute rate of one settlement, the venue's usual cap of liquid contracts. */
const usualCap = 0.0075;

type Numbers = readonly [middle: number, priceDecimals: number, quantityDecimals: number, beta: number, own: number, volume: number, trade: number];

function row(
  symbol: string,
  numbers: Numbers,
  special: Partial<SampleInstrument> & { readonly intervals?: readonly FundingInterval[] } = {},
): SampleInstrument {
  const [middlePrice, priceDecimals, quantityDecimals, beta, ownDailyVolatility, quoteVolume, tradeValue] = numbers;
  const { intervals = [], ...rest } = special;
  return {
    symbol,
    middlePrice,
    priceDecimals,
    quantityDecimals,
    beta,
    ownDailyVolatility,
    quoteVolume,
    tradeValue,
    listedAt: sampleStart,
    delisting: null,
    fundingIntervals: [{ after: 0, hours: 8 }, ...intervals],
    crowdScale: 1,
    fundingCap: usualCap,
    ...rest,
  };
}

/**
 * The contracts with fixed parameters: middle price, decimals of price and quantity, beta, own volatility, volume, trade
 * value. The last four exist for one property each, and their names say which.
 */
export const sampleInstruments: readonly SampleInstrument[] = [
  row('BTCUSDT', [24_000, 1, 3, 1, 0.008, 90e6, 5_500]),
  row('ETHUSDT', [1_500, 2, 3, 1.1, 0.014, 48e6, 3_200]),
  row('SOLUSDT', [40, 3, 0, 1.35, 0.027, 14e6, 1_500], { intervals: [{ after: Date.UTC(2024, 6, 1), hours: 4 }] }),
  row('ADAUSDT', [0.42, 5, 0, 1.15, 0.021, 3.5e6, 900]),
  row('AVAXUSDT', [18, 4, 0, 1.25, 0.024, 3e6, 900]),
  row('DOTUSDT', [7.5, 4, 1, 1.15, 0.02, 2.2e6, 850]),
  row('LATEUSDT', [3.2, 4, 0, 1.2, 0.026, 2e6, 800], { listedAt: Date.UTC(2023, 9, 17, 12) }),
  row('GONEUSDT', [0.8, 5, 0, 1.25, 0.028, 1.5e6, 700], { delisting: { settledAt: Date.UTC(2024, 2, 14, 9), rowsEnd: Date.UTC(2024, 3, 12) } }),
  row('FASTUSDT', [12, 4, 0, 1.2, 0.025, 2e6, 800], {
    intervals: [
      { after: Date.UTC(2023, 10, 9, 8), hours: 4 },
      { after: Date.UTC(2024, 7, 14, 12), hours: 1 },
    ],
  }),
  row('WILDUSDT', [0.09, 6, 0, 1.3, 0.035, 2e6, 700], {
    intervals: [{ after: Date.UTC(2020, 0, 1), hours: 4 }],
    crowdScale: 25,
    fundingCap: 0.02,
  }),
];

/** Parameters of any symbol: the table's row, or draws from a stream of the symbol's own. A name has no other meaning. */
export function sampleInstrument(seed: number, symbol: string): SampleInstrument {
  const known = sampleInstruments.find((instrument) => instrument.symbol === symbol);
  if (known) return known;
  const stream = namedStream(`seed=${seed}/sample/instrument/${symbol}`);
  const middlePrice = Math.exp(Math.log(0.05) + nextUniform(stream) * Math.log(4_000));
  const priceDecimals = Math.max(0, Math.min(7, 5 - Math.floor(Math.log10(middlePrice))));
  const quoteVolume = 0.3e6 * Math.exp(nextUniform(stream) * 3);
  return row(symbol, [
    Number(middlePrice.toFixed(priceDecimals)),
    priceDecimals,
    middlePrice > 100 ? 3 : 0,
    0.8 + 0.7 * nextUniform(stream),
    0.02 + 0.025 * nextUniform(stream),
    quoteVolume,
    700,
  ]);
}
