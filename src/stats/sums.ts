/**
 * Sum of the values by Neumaier's compensated method; the sum every statistic uses.
 *
 * @param values numbers of any size, read only; empty gives 0
 * @source Neumaier 1974
 * @vector numerics.summation
 */
export function neumaierSum(values: ArrayLike<number>): number {
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}

/**
 * Sum of `term(i)` for i in 0..count-1 by Neumaier's method, without an array in between.
 *
 * @param count number of terms; 0 gives 0
 * @param term  value of one term
 * @source Neumaier 1974
 * @vector numerics.summation
 */
export function sumOver(count: number, term: (index: number) => number): number {
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < count; i++) {
    const value = term(i);
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}

/**
 * Plain left-to-right sum: the one to compare with, used by compatibility code only.
 *
 * @param values numbers, read only; empty gives 0
 * @source standard definition
 * @vector numerics.summation
 */
export function naiveSum(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}

/**
 * Sum by Kahan's original method, which fails when a term exceeds the running sum; kept to show why Neumaier is used.
 *
 * @param values numbers, read only; empty gives 0
 * @source Kahan 1965
 * @vector numerics.summation
 */
export function kahanSum(values: ArrayLike<number>): number {
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < values.length; i++) {
    const corrected = values[i]! - lost;
    const next = sum + corrected;
    lost = next - sum - corrected;
    sum = next;
  }
  return sum;
}

/**
 * The double nearest to the true sum (half to even), from non-overlapping partial sums; independent of order.
 *
 * @param values numbers whose partial sums do not overflow, read only; empty gives 0
 * @source Shewchuk 1997
 * @vector numerics.summation
 */
export function exactSum(values: ArrayLike<number>): number {
  const partials: number[] = [];
  for (let i = 0; i < values.length; i++) {
    let carry = values[i]!;
    let used = 0;
    for (const partial of partials) {
      const [large, small] = Math.abs(carry) < Math.abs(partial) ? [partial, carry] : [carry, partial];
      carry = large + small;
      const rest = small - (carry - large);
      if (rest !== 0) partials[used++] = rest;
    }
    partials.length = used;
    partials.push(carry);
  }
  return roundPartials(partials);
}

/** Adds partials from the largest down; a tie is decided by the sign of what remains below it. */
function roundPartials(partials: readonly number[]): number {
  let left = partials.length;
  if (left === 0) return 0;
  let sum = partials[--left]!;
  let rest = 0;
  while (left > 0 && rest === 0) {
    const before = sum;
    const next = partials[--left]!;
    sum = before + next;
    rest = next - (sum - before);
  }
  if (left > 0 && rest !== 0 && Math.sign(rest) === Math.sign(partials[left - 1]!)) {
    const doubled = rest * 2;
    const rounded = sum + doubled;
    if (rounded - sum === doubled) return rounded;
  }
  return sum;
}
