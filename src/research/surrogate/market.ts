import { barMs } from '../../core/time.ts';
import { quickExponential, quickNormal } from '../../core/normals.ts';
import { namedStream, type RandomState } from '../../core/random.ts';

/** One symbol's bars on a market without a planted structure. All arrays [rows]; no gaps. */
export interface SurrogateBars {
  readonly symbol: string;
  readonly rows: number;
  /** Epoch ms of the bars' opens. */
  readonly openTime: Float64Array;
  readonly columns: Readonly<Record<'open' | 'high' | 'low' | 'close' | 'volume' | 'funding_rate_scaled' | 'funding_event_ts', Float64Array>>;
}

/** The shape of a market to make. */
export interface MarketShape {
  readonly symbols: readonly string[];
  /** Epoch ms of the first bar; a UTC midnight. */
  readonly start: number;
  readonly rows: number;
  /** Standard deviation of a 15-minute log return. */
  readonly volatility: number;
}

/**
 * A kind of market on which nothing can be predicted that it does not state itself. Log returns per symbol, [symbols][rows];
 * symbols share a common factor, so that they move together as real ones do.
 */
export interface Generator {
  readonly id: string;
  readonly summary: string;
  /** Fills the log returns of a market; `stream` names its own random streams below the given prefix. */
  readonly returns: (shape: MarketShape, stream: string) => Float64Array[];
}

/** Share of a return's variance that all symbols have in common. */
export const commonShare = 0.7;
const startPrice = 100;
const settlementBars = 32;

/** A stream per symbol and purpose: adding a symbol changes no other symbol's draws. */
export function streamOf(prefix: string, part: string): RandomState {
  return namedStream(`${prefix}/${part}`);
}

/** Standard normals of one symbol correlated with all others through the common factor, [rows]. */
export function correlatedNormals(common: Float64Array, own: RandomState): Float64Array {
  const [shared, alone] = [Math.sqrt(commonShare), Math.sqrt(1 - commonShare)];
  return common.map((value) => shared * value + alone * quickNormal(own));
}

/**
 * Bars from log returns: opens at the previous close, high and low from a bridge between open and close, volume that rises with the
 * bar's range, funding from a slow process of its own, settled every eight hours.
 */
export function barsOf(
  symbol: string,
  returns: Float64Array,
  { start, rows, stream }: { start: number; rows: number; stream: string },
): SurrogateBars {
  const [shape, funding] = [streamOf(stream, `${symbol}/bars`), streamOf(stream, `${symbol}/funding`)];
  const column = () => new Float64Array(rows);
  const columns = {
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
    funding_rate_scaled: column(),
    funding_event_ts: column(),
  };
  const openTime = column();
  let close = startPrice;
  let rate = 0.0001;
  for (let row = 0; row < rows; row++) {
    openTime[row] = start + row * barMs;
    const open = close;
    close = open * Math.exp(returns[row]!);
    // The maximum of a Brownian bridge that ends at m with variance v is (m + sqrt(m^2 + 2 v E)) / 2, E exponential.
    const spread = Math.abs(returns[row]!) + 1e-4;
    const move = returns[row]!;
    const up = (move + Math.sqrt(move * move + 2 * spread * spread * quickExponential(shape))) / 2;
    const down = (-move + Math.sqrt(move * move + 2 * spread * spread * quickExponential(shape))) / 2;
    columns.open[row] = open;
    columns.close[row] = close;
    columns.high[row] = Math.max(open, close, open * Math.exp(up));
    columns.low[row] = Math.min(open, close, open * Math.exp(-down));
    columns.volume[row] = Math.exp(6 + 60 * spread + 0.5 * quickNormal(shape));
    if (row % settlementBars === 0) rate = 0.0001 + 0.9 * (rate - 0.0001) + 0.00005 * quickNormal(funding);
    columns.funding_rate_scaled[row] = rate;
    columns.funding_event_ts[row] = openTime[row - (row % settlementBars)]!;
  }
  return { symbol, rows, openTime, columns };
}

/** A whole market of one generator: `replicate` numbers markets of the same seed. */
export function surrogateMarket(generator: Generator, shape: MarketShape, { seed, replicate }: { seed: number; replicate: number }): SurrogateBars[] {
  const stream = `seed=${seed}/surrogate/${generator.id}/${replicate}`;
  const returns = generator.returns(shape, stream);
  return shape.symbols.map((symbol, s) => barsOf(symbol, returns[s]!, { start: shape.start, rows: shape.rows, stream }));
}
