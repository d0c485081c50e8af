/** Bits per radix digit; three digits cover one 32-bit word. */
const digitBits = 11;
const digitCount = 1 << digitBits;
const digitMask = digitCount - 1;
/** Which half of a double holds its sign and exponent in this machine's byte order. */
const highWord = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;
/** Moves per element allowed while repairing equal keys, before all 64 bits are sorted instead. */
const repairMoves = 8;

/** Scratch memory of ascendingOrder for up to `size` values, made once and used for every chunk. */
export interface OrderScratch {
  readonly values: Float64Array;
  readonly words: Uint32Array;
  readonly highKeys: Uint32Array;
  readonly lowKeys: Uint32Array;
  readonly counts: Int32Array;
  readonly orderA: Int32Array;
  readonly orderB: Int32Array;
}

/** Scratch memory for ordering up to `size` values. */
export function orderScratch(size: number): OrderScratch {
  const values = new Float64Array(size);
  return {
    values,
    words: new Uint32Array(values.buffer),
    highKeys: new Uint32Array(size),
    lowKeys: new Uint32Array(size),
    counts: new Int32Array(digitCount),
    orderA: new Int32Array(size),
    orderB: new Int32Array(size),
  };
}

/**
 * The offsets 0..count-1 in ascending order of values[from + offset]; equal values (0 and -0 are equal) stay in
 * order of offset. Only the first `count` places of the result are meaningful.
 *
 * @param values  [bars] without NaN in from..from+count-1, read only
 * @param range   first bar and number of bars, at most the size of the scratch
 * @param scratch owned by the caller; the result is one of its arrays and lives until the next call
 * @source        performance specification 3.3: radix on an order-preserving 32-bit key, equal keys repaired
 */
export function ascendingOrder(values: Float64Array, range: { from: number; count: number }, scratch: OrderScratch): Int32Array {
  const { from, count } = range;
  fillHighKeys(values, from, count, scratch);
  const { highKeys, lowKeys } = scratch;
  const order = radixSort(highKeys, count, scratch, identity(scratch.orderA, count));
  if (repairEqualKeys(scratch.values, order, count)) return order;
  fillLowKeys(count, scratch);
  return radixSort(highKeys, count, scratch, radixSort(lowKeys, count, scratch, identity(scratch.orderA, count)));
}

/** The array, filled with 0, 1, 2, ... */
function identity(order: Int32Array, count: number): Int32Array {
  for (let i = 0; i < count; i++) order[i] = i;
  return order;
}

/** Copies the values (with -0 as 0) and fills the keys made of sign, exponent and 20 bits of the mantissa. */
function fillHighKeys(values: Float64Array, from: number, count: number, scratch: OrderScratch): void {
  const { values: copy, words, highKeys } = scratch;
  for (let i = 0; i < count; i++) {
    copy[i] = values[from + i]! + 0;
    const word = words[2 * i + highWord]! | 0;
    highKeys[i] = word ^ ((word >> 31) | 0x80000000);
  }
}

/** Fills the keys made of the low 32 bits, complemented for negative values so that they ascend as well. */
function fillLowKeys(count: number, scratch: OrderScratch): void {
  const { words, lowKeys } = scratch;
  for (let i = 0; i < count; i++) {
    lowKeys[i] = words[2 * i + 1 - highWord]! ^ ((words[2 * i + highWord]! | 0) >> 31);
  }
}

/** A stable sort of `order` by key, three digits from the lowest; returns whichever scratch order holds it. */
function radixSort(keys: Uint32Array, count: number, scratch: OrderScratch, order: Int32Array): Int32Array {
  let source = order;
  let target = order === scratch.orderA ? scratch.orderB : scratch.orderA;
  for (let shift = 0; shift < 32; shift += digitBits) {
    if (!radixPass(keys, shift, count, source, target, scratch.counts)) continue;
    const swap = source;
    source = target;
    target = swap;
  }
  return source;
}

/** Whether anything had to move: sorts source into target by one digit, unless all keys share it. */
function radixPass(keys: Uint32Array, shift: number, count: number, source: Int32Array, target: Int32Array, counts: Int32Array): boolean {
  counts.fill(0);
  for (let i = 0; i < count; i++) counts[(keys[i]! >>> shift) & digitMask]!++;
  if (counts[(keys[0]! >>> shift) & digitMask] === count) return false;
  let place = 0;
  for (let digit = 0; digit < digitCount; digit++) {
    const here = counts[digit]!;
    counts[digit] = place;
    place += here;
  }
  for (let i = 0; i < count; i++) {
    const offset = source[i]!;
    target[counts[(keys[offset]! >>> shift) & digitMask]!++] = offset;
  }
  return true;
}

/** Whether the order is exact now: moves values of equal key into place, giving up when that takes too long. */
function repairEqualKeys(values: Float64Array, order: Int32Array, count: number): boolean {
  let budget = count * repairMoves;
  let largest = values[order[0]!]!;
  for (let i = 1; i < count; i++) {
    const offset = order[i]!;
    const value = values[offset]!;
    if (value >= largest) {
      largest = value;
      continue;
    }
    let j = i;
    while (j > 0 && values[order[j - 1]!]! > value) {
      order[j] = order[j - 1]!;
      j--;
    }
    order[j] = offset;
    budget -= i - j;
    if (budget < 0) return false;
  }
  return true;
}
