/**
 * Running sums of a series laid twice end to end, so that the sum over any block is one difference, wrapping included.
 * Neumaier's correction runs along, so that the last sum is as exact as the first.
 *
 * @param values [n] finite numbers, read only
 * @returns      [2n + 1] sum of the first i of the doubled series
 * @source Neumaier 1974; performance specification section 3.5
 */
export function doubledPrefixSums(values: ArrayLike<number>): Float64Array {
  const n = values.length;
  const sums = new Float64Array(2 * n + 1);
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < 2 * n; i++) {
    const value = values[i < n ? i : i - n]!;
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
    sums[i + 1] = sum + lost;
  }
  return sums;
}
