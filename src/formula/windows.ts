/** Windows over series with holes. */

/** Share of a window, and bars at least, that may be missing inside it before its value is missing. */
const slackShare = 0.1;
const slackBars = 8;

/** Bars that a window over present values may reach back beyond its own length. */
export function windowSlack(bars: number): number {
  return bars === 1 ? 0 : Math.max(slackBars, Math.floor(bars * slackShare));
}

/**
 * A kernel run over the values that are present, so that one missing bar does not blank a window for days: the value
 * at a bar is made of the last `bars` present values, and is missing where the bar's own value is, or where those
 * values reach back over more than the window and its slack.
 *
 * @param values [bars], NaN is missing
 * @param kernel fills out[i] from the `bars` values that end at i; NaN before the first full window
 * @source       research specification 11.1 S-36
 */
export function overPresent(
  values: Float64Array,
  bars: number,
  kernel: (values: Float64Array, bars: number, out: Float64Array) => void,
): Float64Array {
  const rows = values.length;
  const places = new Int32Array(rows);
  let count = 0;
  for (let i = 0; i < rows; i++) if (Number.isFinite(values[i])) places[count++] = i;
  const out = new Float64Array(rows);
  if (count === rows) {
    kernel(values, bars, out);
    return out;
  }
  const present = new Float64Array(count);
  for (let p = 0; p < count; p++) present[p] = values[places[p]!]!;
  const found = new Float64Array(count);
  kernel(present, bars, found);
  out.fill(Number.NaN);
  const reach = bars - 1 + windowSlack(bars);
  for (let p = bars - 1; p < count; p++) if (places[p]! - places[p - bars + 1]! <= reach) out[places[p]!] = found[p]!;
  return out;
}

/** A trailing computation run on each of `apart` interleaved series, for values that are that many bars apart. */
export function bySlot(values: Float64Array, apart: number, compute: (values: Float64Array) => Float64Array): Float64Array {
  if (apart === 1) return compute(values);
  const out = new Float64Array(values.length);
  for (let slot = 0; slot < Math.min(apart, values.length); slot++) {
    const count = Math.ceil((values.length - slot) / apart);
    const own = new Float64Array(count);
    for (let i = 0; i < count; i++) own[i] = values[slot + i * apart]!;
    const done = compute(own);
    for (let i = 0; i < count; i++) out[slot + i * apart] = done[i]!;
  }
  return out;
}
