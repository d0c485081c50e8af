import { barMs } from '../../../core/time.ts';
import { quickNormal } from '../../../core/normals.ts';
import { namedStream } from '../../../core/random.ts';
import { rollingStd } from '../../../stats/rolling/rollingStd.ts';
import type { ReferenceFrame } from '../lib/frame.ts';
import type { ReferenceFile, ReferenceTable } from '../lib/table.ts';

interface FrameOptions {
  readonly symbol?: string;
  /** Epoch ms of the first bar. */
  readonly start?: number;
  readonly halfRange?: (bar: number) => number;
}

/** A frame around closes: high and low so far from each close (a share of it), and the features that analyzers read. */
export function frameOf(
  close: Float64Array,
  { symbol = 'BTCUSDT', start = Date.UTC(2024, 0, 1), halfRange = () => 0.002 }: FrameOptions = {},
): ReferenceFrame {
  const before = (bar: number) => close[bar - 1] ?? Number.NaN;
  const logret = close.map((price, bar) => Math.log(price) - Math.log(before(bar)));
  const rv = new Float64Array(close.length);
  rollingStd(logret, 96, rv);
  return {
    symbol,
    rows: close.length,
    openTime: close.map((_, bar) => start + bar * barMs),
    columns: {
      open: close.map((price, bar) => before(bar) || price),
      high: close.map((price, bar) => price * (1 + halfRange(bar))),
      low: close.map((price, bar) => price * (1 - halfRange(bar))),
      close,
      ret_1: close.map((price, bar) => price / before(bar) - 1),
      logret_1: logret,
      rv_96: rv,
    },
  };
}

/** Closes that grow by 0.02 % a bar except on stretches, which go on from the bar before them; after a stretch the old path returns. */
export function closesWith(rows: number, stretches: readonly { from: number; to: number; factor: (bar: number) => number }[]): Float64Array {
  const close = Float64Array.from({ length: rows }, (_, bar) => 100 * 1.0002 ** bar);
  for (const { from, to, factor } of stretches) for (let bar = from; bar <= to; bar++) close[bar] = close[bar - 1]! * factor(bar);
  return close;
}

/** Closes of a market whose volatility comes in waves, so that every analyzer finds something. */
export function wavyCloses(rows: number, stream: string): Float64Array {
  const state = namedStream(stream);
  let price = 100;
  return Float64Array.from({ length: rows }, (_, bar) => {
    const volatility = 0.001 * (1 + 4 * Math.max(0, Math.sin(bar / 150)) ** 8);
    price *= Math.exp(volatility * quickNormal(state));
    return price;
  });
}

/** The table whose name ends so. */
export function tableOfFiles(files: readonly ReferenceFile[], ending: string): ReferenceTable {
  return files.find((file): file is ReferenceTable => 'rows' in file && file.name.endsWith(ending))!;
}

/** The text whose file name ends so. */
export function textOfFiles(files: readonly ReferenceFile[], ending: string): string {
  return (files.find((file) => 'text' in file && file.name.endsWith(ending)) as { text: string }).text;
}

/** One column of a table. */
export function columnOf({ header, rows }: ReferenceTable, name: string) {
  return rows.map((row) => row[header.indexOf(name)]!);
}
