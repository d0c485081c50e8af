/** Fills out with statistic(first, last) of every window that is full and holds no NaN, and NaN elsewhere. */
export function eachWindow(
  values: Float64Array,
  window: number,
  out: Float64Array,
  statistic: (values: Float64Array, first: number, last: number) => number,
): void {
  let numbersInARow = 0;
  for (let i = 0; i < values.length; i++) {
    numbersInARow = Number.isNaN(values[i]) ? 0 : numbersInARow + 1;
    out[i] = numbersInARow < window ? NaN : statistic(values, i - window + 1, i);
  }
}
