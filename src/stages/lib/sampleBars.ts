import { AppError } from '../../core/errors.ts';
import { checkSymbol } from '../../core/symbol.ts';
import { barMs, dayMs, type Month, monthsBetween, parseDay } from '../../core/time.ts';
import { lowerBound } from '../../market/cleanBars.ts';
import { parseFunding } from '../../venues/binance/funding.ts';
import { parseKlines } from '../../venues/binance/klines.ts';
import { sampleArchive } from '../../venues/sample/archive.ts';
import type { SampleDataset } from '../../venues/sample/datasets.ts';
import { noDefects } from '../../venues/sample/defects.ts';
import type { Bars } from './barFrame.ts';

export interface SampleWindow {
  /** Any 2 to 24 capital letters and digits. */
  readonly symbol: string;
  /** First and last UTC day, both included, `YYYY-MM-DD`, from 2019-09-01 to 2030-12-31. */
  readonly start: string;
  readonly end: string;
  /** Default 1, the market of `--source sample`. */
  readonly seed?: number;
}

/**
 * Bars and funding of the built-in simulated market, without the defects that its archives have planted in them. No disk,
 * no network; the same on every machine.
 *
 * @throws E_BAD_SYMBOL, E_BAD_DATE; E_NO_DATA when the symbol has no bar in the window
 */
export function sampleBars(window: SampleWindow): Bars {
  const symbol = checkSymbol(window.symbol);
  const [start, last] = [dayOf('start', window.start), dayOf('end', window.end)];
  if (last < start) throw new AppError('E_BAD_DATE', { flag: 'end', problem: `${window.end} lies before ${window.start}` });
  const end = last + dayMs;
  const parts = monthsBetween(start, end).flatMap((month) => readMonth(window.seed ?? 1, symbol, month) ?? []);
  const openTime = joined(parts.map(({ bars }) => bars.openTime));
  const [from, to] = [lowerBound(openTime, start), lowerBound(openTime, end)];
  if (to <= from) {
    const remedy = 'The sample market goes from 2019-09-01 to 2030-12-31; some symbols are listed later.';
    throw new AppError('E_NO_DATA', { what: 'the sample market', symbol, start: window.start, end: window.end, remedy });
  }
  const column = (name: 'open' | 'high' | 'low' | 'close' | 'volume') => joined(parts.map(({ bars }) => bars[name])).subarray(from, to);
  const settled = (name: 'time' | 'rate' | 'intervalHours') => joined(parts.map(({ funding }) => funding[name]));
  return {
    symbol,
    openTime: openTime.subarray(from, to),
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: column('volume'),
    funding: { time: settled('time'), rate: settled('rate'), intervalHours: settled('intervalHours') },
  };
}

/** One month through the archive's format and its parsers, so that every digit is what a run reads. */
function readMonth(seed: number, symbol: string, month: Month) {
  const csv = (dataset: SampleDataset) => sampleArchive(seed, { dataset, symbol, period: { kind: 'month', month } }, noDefects)?.csv;
  const [bars, funding] = [csv('ohlcv_15m'), csv('funding')];
  if (bars === undefined) return null;
  const file = { symbol, file: `${symbol} ${month.label}`, from: month.start, to: month.end, mayBeEmpty: true };
  return {
    bars: parseKlines(Buffer.from(bars), { ...file, intervalMs: barMs }),
    funding: parseFunding(Buffer.from(funding ?? []), file),
  };
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function dayOf(flag: string, text: string): number {
  const day = parseDay(text);
  if (day === null) throw new AppError('E_BAD_DATE', { flag, problem: `${JSON.stringify(text)} is not a calendar day` });
  return day;
}
