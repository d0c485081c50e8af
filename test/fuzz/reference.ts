/** Slow and obvious parsers of the archive's files, made of split and regular expressions: what may be accepted at most. */
export type ReferenceRow = readonly number[];

interface Period {
  readonly from: number;
  readonly to: number;
}

const klinesHeader = [
  /^open_time$/,
  /^open$/,
  /^high$/,
  /^low$/,
  /^close$/,
  /^volume$/,
  /^close_time$/,
  /^quote_(asset_)?volume$/,
  /^(count|number_of_trades)$/,
  /^taker_buy_(base_asset_)?volume$/,
  /^taker_buy_quote_(asset_)?volume$/,
  /^ignore$/,
];
const fundingHeader = [/^calc_time$/, /^funding_interval_hours$/, /^last_funding_rate$/];
const integers = { klines: [0, 6, 8], funding: [0, 1] };
/** How many stamps make a millisecond, tried where the calendar fits. */
const stampUnits = [
  { perMs: 1, from: Date.UTC(2015, 0), to: Date.UTC(2100, 0) },
  { perMs: 1_000, from: Date.UTC(2015, 0) * 1_000, to: Date.UTC(2100, 0) * 1_000 },
  { perMs: 0.001, from: Date.UTC(2015, 0) / 1_000, to: Date.UTC(2100, 0) / 1_000 },
];

/** The file's bars in order of time, or why it has to be refused. */
export function referenceKlines(bytes: Buffer, { from, to, intervalMs }: Period & { readonly intervalMs: number }): ReferenceRow[] | string {
  const cells = numbersOf(bytes, klinesHeader, integers.klines);
  if (typeof cells === 'string') return cells;
  const rows: number[][] = [];
  const perMs = unitOf(cells[0]?.[0] ?? NaN);
  for (const [stamp, open, high, low, close, volume, closeStamp, quote, count, taker, takerQuote] of cells) {
    if (perMs === null) return 'the first time is not plausible';
    const openTime = perMs === 0.001 ? stamp! * 1_000 : stamp! / perMs;
    if (openTime < from || openTime >= to || openTime % intervalMs !== 0) return `time ${stamp} is outside or off the grid`;
    if (closeStamp !== stamp! + intervalMs * perMs - 1) return `close time ${closeStamp} does not fit`;
    if (!(low! > 0) || Math.max(open!, close!, low!) > high! || Math.min(open!, close!) < low!) return 'prices contradict each other';
    if (Math.min(volume!, quote!, taker!, takerQuote!) < 0) return 'a volume is negative';
    rows.push([openTime, open!, high!, low!, close!, volume!, quote!, count!, taker!, takerQuote!]);
  }
  return inOrder(rows);
}

/** The file's settlements in order of time, or why it has to be refused. */
export function referenceFunding(bytes: Buffer, { from, to }: Period): ReferenceRow[] | string {
  const cells = numbersOf(bytes, fundingHeader, integers.funding);
  if (typeof cells === 'string') return cells;
  const rows: number[][] = [];
  const perMs = unitOf(cells[0]?.[0] ?? NaN);
  for (const [stamp, hours, rate] of cells) {
    if (perMs === null || unitOf(stamp!) !== perMs) return `time ${stamp} is not plausible or in another unit`;
    const raw = perMs === 0.001 ? stamp! * 1_000 : stamp! / perMs;
    const hour = Math.round(raw / 3_600_000) * 3_600_000;
    const time = Math.abs(raw - hour) <= 5_000 ? hour : raw;
    if ((raw < from || raw >= to) && (time < from || time >= to)) return `time ${stamp} is outside the period`;
    if (hours! < 1 || hours! > 24 || Math.abs(rate!) >= 1) return 'interval or rate is impossible';
    rows.push([time, rate!, hours!, raw]);
  }
  return inOrder(rows);
}

/** Cells of all lines below the header as numbers. */
function numbersOf(bytes: Buffer, header: readonly RegExp[], whole: readonly number[]): number[][] | string {
  if (bytes.length === 0) return 'the file is empty';
  const lines = bytes.toString('latin1').split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (lines.some((line) => line.length > 4_096)) return 'a line is too long';
  if (!/^[-.\d]/.test(lines[0] ?? '')) {
    const names = lines.shift()!.split(',');
    if (names.length !== header.length || !header.every((name, index) => name.test(names[index]!))) return 'the header is unknown';
  }
  const rows: number[][] = [];
  for (const line of lines) {
    const cells = line.split(',');
    if (cells.length !== header.length) return `a line has ${cells.length} columns`;
    const isSound = cells.every((cell, index) =>
      whole.includes(index) ? /^\d+$/.test(cell) && Number(cell) < 2 ** 53 : /^-?\d+(\.\d+)?$/.test(cell),
    );
    if (!isSound || !cells.every((cell) => Number.isFinite(Number(cell))))
      return `a cell of ${JSON.stringify(line.slice(0, 200))} is no plain number`;
    rows.push(cells.map(Number));
  }
  return rows;
}

function unitOf(stamp: number): number | null {
  return stampUnits.find(({ from, to }) => stamp >= from && stamp < to)?.perMs ?? null;
}

/** Sorted by time, equal rows once; different rows of one time refuse the file. */
function inOrder(rows: readonly number[][]): ReferenceRow[] | string {
  const byTime = new Map<number, number[]>();
  for (const row of rows) {
    const earlier = byTime.get(row[0]!);
    if (earlier !== undefined && !earlier.every((value, column) => Object.is(value, row[column]))) return 'two rows of one time differ';
    byTime.set(row[0]!, row);
  }
  return [...byTime.values()].sort((a, b) => a[0]! - b[0]!);
}
