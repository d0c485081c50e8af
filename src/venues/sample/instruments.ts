import { namedStream, nextUniform } from '../../core/random.ts';

/** First and first-missing instant of the simulated history, epoch ms. */
export const sampleStart = Date.UTC(2023, 0, 1);
export const sampleEnd = Date.UTC(2026, 0, 1);

/** What `npm start` runs when nothing else is said; days are inclusive. */
export const sampleDefaults = { symbols: ['BTCUSDT', 'ETHUSDT'], start: '2023-01-01', end: '2024-12-31' } as const;

/** How one simulated contract differs from the others. */
export interface SampleInstrument {
  readonly symbol: string;
  /** Price on 2023-01-01, quote units. */
  readonly startPrice: number;
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
  /** From this instant (epoch ms) funding settles every 4 hours instead of 8; Infinity for never. */
  readonly fourHourFundingFrom: number;
}

const never = Number.POSITIVE_INFINITY;

function row(
  symbol: string,
  numbers: readonly [number, number, number, number, number, number, number],
  fourHourFundingFrom = never,
): SampleInstrument {
  const [startPrice, priceDecimals, quantityDecimals, beta, ownDailyVolatility, quoteVolume, tradeValue] = numbers;
  return { symbol, startPrice, priceDecimals, quantityDecimals, beta, ownDailyVolatility, quoteVolume, tradeValue, fourHourFundingFrom };
}

/** The six contracts with fixed parameters: start, decimals of price and quantity, beta, own volatility, volume, trade value. */
export const sampleInstruments: readonly SampleInstrument[] = [
  row('BTCUSDT', [16_540, 1, 3, 1, 0.008, 90e6, 5_500]),
  row('ETHUSDT', [1_196, 2, 3, 1.1, 0.014, 48e6, 3_200]),
  row('SOLUSDT', [9.95, 3, 0, 1.35, 0.027, 14e6, 1_500], Date.UTC(2024, 6, 1)),
  row('ADAUSDT', [0.2461, 4, 0, 1.15, 0.021, 3.5e6, 900]),
  row('AVAXUSDT', [10.89, 3, 0, 1.25, 0.024, 3e6, 900]),
  row('DOTUSDT', [4.316, 3, 1, 1.15, 0.02, 2.2e6, 850]),
];

/** Parameters of any symbol: the table's row, or draws from a stream of the symbol's own. */
export function sampleInstrument(seed: number, symbol: string): SampleInstrument {
  const known = sampleInstruments.find((instrument) => instrument.symbol === symbol);
  if (known) return known;
  const stream = namedStream(`seed=${seed}/sample/instrument/${symbol}`);
  const startPrice = Math.exp(Math.log(0.05) + nextUniform(stream) * Math.log(4_000));
  const priceDecimals = Math.max(0, Math.min(6, 4 - Math.floor(Math.log10(startPrice))));
  const quoteVolume = 0.3e6 * Math.exp(nextUniform(stream) * 3);
  return row(symbol, [
    Number(startPrice.toFixed(priceDecimals)),
    priceDecimals,
    startPrice > 100 ? 3 : 0,
    0.8 + 0.7 * nextUniform(stream),
    0.02 + 0.025 * nextUniform(stream),
    quoteVolume,
    700,
  ]);
}
