/**
 * Bars of one length on a complete grid from `start`. Prices are in ticks and quantities in steps, quote volumes in ticks x
 * steps: whole numbers, so that sums and text are exact. All columns are [rows].
 */
export interface BarSeries {
  /** Open time of the first row, epoch ms. */
  readonly start: number;
  readonly stepMs: number;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly quoteVolume: Float64Array;
  readonly tradeCount: Float64Array;
  readonly takerVolume: Float64Array;
  readonly takerQuoteVolume: Float64Array;
  /** 1 where the venue has no row. */
  readonly isAbsent: Uint8Array;
}

type Columns = Omit<BarSeries, 'start' | 'stepMs' | 'isAbsent'>;
type ColumnName = keyof Columns;

export function allocateSeries(start: number, stepMs: number, rows: number): BarSeries {
  return makeSeries(start, stepMs, () => new Float64Array(rows), new Uint8Array(rows));
}

/** A copy that may be changed. */
export function copySeries(series: BarSeries): BarSeries {
  return makeSeries(series.start, series.stepMs, (name) => series[name].slice(), series.isAbsent.slice());
}

/** Rows of the half-open range [from, to), epoch ms on the grid; a view. */
export function sliceSeries(series: BarSeries, from: number, to: number): BarSeries {
  const [first, end] = [(from - series.start) / series.stepMs, (to - series.start) / series.stepMs];
  return makeSeries(from, series.stepMs, (name) => series[name].subarray(first, end), series.isAbsent.subarray(first, end));
}

/** Every series is made here: objects of one shape keep the hot loops fast. */
function makeSeries(start: number, stepMs: number, column: (name: ColumnName) => Float64Array, isAbsent: Uint8Array): BarSeries {
  return {
    start,
    stepMs,
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: column('volume'),
    quoteVolume: column('quoteVolume'),
    tradeCount: column('tradeCount'),
    takerVolume: column('takerVolume'),
    takerQuoteVolume: column('takerQuoteVolume'),
    isAbsent,
  };
}

/**
 * Longer bars made of `factor` rows each: first open, highest high, lowest low, last close, sums of the rest. Rows that are
 * absent take no part; a bar without any row is absent.
 */
export function aggregate(series: BarSeries, factor: number): BarSeries {
  const rows = series.open.length / factor;
  const out = allocateSeries(series.start, series.stepMs * factor, rows);
  for (let row = 0; row < rows; row++) {
    let isEmpty = true;
    for (let i = row * factor; i < (row + 1) * factor; i++) {
      if (series.isAbsent[i] === 1) continue;
      if (isEmpty) {
        out.open[row] = series.open[i]!;
        out.high[row] = series.high[i]!;
        out.low[row] = series.low[i]!;
        isEmpty = false;
      }
      out.high[row] = Math.max(out.high[row]!, series.high[i]!);
      out.low[row] = Math.min(out.low[row]!, series.low[i]!);
      out.close[row] = series.close[i]!;
      out.volume[row]! += series.volume[i]!;
      out.quoteVolume[row]! += series.quoteVolume[i]!;
      out.tradeCount[row]! += series.tradeCount[i]!;
      out.takerVolume[row]! += series.takerVolume[i]!;
      out.takerQuoteVolume[row]! += series.takerQuoteVolume[i]!;
    }
    out.isAbsent[row] = isEmpty ? 1 : 0;
  }
  return out;
}
