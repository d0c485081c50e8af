/**
 * Bars around one trade, small enough that a hundred of them fit into a page. Shared by the stage that cuts them out, the
 * page that carries them and the browser that draws them.
 */
export interface Candles {
  /** Epoch ms of the first candle's open. */
  readonly start: number;
  /** Fifteen-minute bars in one candle; more than one where a trade is long. */
  readonly barsEach: number;
  /** Prices, all [candles]; NaN where the run has no bar. */
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Further price columns by name, [candles]; NaN where they are not defined. */
  readonly levels: Readonly<Record<string, Float64Array>>;
}

/** Candles as text: prices in ticks of 10^-decimals, each written as the step from the price before it. */
export interface CandleText {
  readonly start: number;
  readonly barsEach: number;
  readonly decimals: number;
  readonly prices: string;
  readonly levels: Readonly<Record<string, string>>;
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const absent = '.';
/** Followed by how many more steps of zero there are. */
const still = '*';
/** Finer than any venue's tick. */
const mostDecimals = 8;

/** The text of candles; `decodeCandles` gives them back exactly when all prices lie on a decimal tick of 1e-8 or more. */
export function encodeCandles(candles: Candles): CandleText {
  const { start, barsEach, open, high, low, close } = candles;
  const levels = Object.entries(candles.levels);
  const decimals = decimalsOf([open, high, low, close, ...levels.map(([, values]) => values)]);
  const ticks = (price: number) => Math.round(price * 10 ** decimals);
  let prices = '';
  let before = 0;
  for (let at = 0; at < close.length; at++) {
    if (Number.isNaN(close[at]!)) {
      prices += absent;
      continue;
    }
    const [o, c] = [ticks(open[at]!), ticks(close[at]!)];
    prices += whole(signed(o - before)) + whole(signed(c - o)) + whole(ticks(high[at]!) - Math.max(o, c)) + whole(Math.min(o, c) - ticks(low[at]!));
    before = c;
  }
  return { start, barsEach, decimals, prices, levels: Object.fromEntries(levels.map(([name, values]) => [name, steps(values, ticks)])) };
}

/** The candles of a text made by `encodeCandles`. */
export function decodeCandles({ start, barsEach, decimals, prices, levels }: CandleText): Candles {
  const price = (ticks: number) => Number((ticks / 10 ** decimals).toFixed(decimals));
  const [open, high, low, close]: number[][] = [[], [], [], []];
  const numbers = readWhole(prices);
  let before = 0;
  for (let at = 0; at < numbers.length;) {
    const step = numbers[at]!;
    if (Number.isNaN(step)) {
      for (const column of [open, high, low, close]) column!.push(Number.NaN);
      at++;
      continue;
    }
    const o = before + unsigned(step);
    const c = o + unsigned(numbers[at + 1]!);
    open!.push(price(o));
    close!.push(price(c));
    high!.push(price(Math.max(o, c) + numbers[at + 2]!));
    low!.push(price(Math.min(o, c) - numbers[at + 3]!));
    before = c;
    at += 4;
  }
  const column = (values: number[] | undefined) => Float64Array.from(values!);
  return {
    start,
    barsEach,
    open: column(open),
    high: column(high),
    low: column(low),
    close: column(close),
    levels: Object.fromEntries(Object.entries(levels).map(([name, text]) => [name, sums(text, price)])),
  };
}

/** Whole numbers as text, each as the step from the one before; NaN is kept. */
export function encodeSteps(values: ArrayLike<number>): string {
  return steps(values, (value) => value);
}

/** The numbers of a text made by `encodeSteps`. */
export function decodeSteps(text: string): Float64Array {
  return sums(text, (value) => value);
}

function steps(values: ArrayLike<number>, round: (value: number) => number): string {
  let text = '';
  let [before, zeros] = [0, 0];
  const flush = () => {
    text += zeros > 2 ? still + whole(zeros) : whole(0).repeat(zeros);
    zeros = 0;
  };
  for (let at = 0; at < values.length; at++) {
    const now = round(values[at]!);
    if (now === before) {
      zeros++;
      continue;
    }
    flush();
    text += Number.isNaN(now) ? absent : whole(signed(now - before));
    if (!Number.isNaN(now)) before = now;
  }
  flush();
  return text;
}

function sums(text: string, value: (ticks: number) => number): Float64Array {
  let before = 0;
  return Float64Array.from(readWhole(text), (step) => (Number.isNaN(step) ? step : value((before += unsigned(step)))));
}

/** Fewest decimals that every price has. */
function decimalsOf(columns: readonly Float64Array[]): number {
  let decimals = 0;
  for (const column of columns) {
    for (const price of column) {
      while (decimals < mostDecimals && !Number.isNaN(price) && Number(price.toFixed(decimals)) !== price) decimals++;
    }
  }
  return decimals;
}

/** Folds the sign into the lowest bit. Arithmetic and not bits: steps in ticks of 1e-8 exceed 32 bits. */
function signed(value: number): number {
  return value < 0 ? -value * 2 - 1 : value * 2;
}

function unsigned(value: number): number {
  return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
}

/** A whole number from zero in base 32, lowest digit first; the sixth bit says that more digits follow. */
function whole(value: number): string {
  let rest = value;
  let text = '';
  do {
    const digit = rest % 32;
    rest = Math.floor(rest / 32);
    text += digits[digit + (rest > 0 ? 32 : 0)]!;
  } while (rest > 0);
  return text;
}

/** Numbers of a text of `whole` numbers; NaN for each absent one, and as many zeros as stand still. */
function readWhole(text: string): number[] {
  const numbers: number[] = [];
  let [value, scale, isCount] = [0, 1, false];
  for (const character of text) {
    if (character === absent) numbers.push(Number.NaN);
    else if (character === still) isCount = true;
    else {
      const digit = digits.indexOf(character);
      value += (digit % 32) * scale;
      scale *= 32;
      if (digit >= 32) continue;
      if (isCount) for (let zero = 0; zero < value; zero++) numbers.push(0);
      else numbers.push(value);
      [value, scale, isCount] = [0, 1, false];
    }
  }
  return numbers;
}
