import { AppError } from '../../core/errors.ts';
import { requireWhole } from '../requireWhole.ts';

/** More choices than this are refused: no plan of splits needs them, and listing them would only exhaust memory. */
const mostChoices = 3_000_000;

/**
 * Every choice of `size` of the numbers 0..count-1, each ascending, all in lexicographic order.
 *
 * @param count numbers to choose from
 * @param size  numbers in a choice, 0..count
 * @throws E_INTERNAL when there are more than three million choices
 * @source standard definition
 * @vector overfitting.cpcv
 */
export function combinations(count: number, size: number): number[][] {
  const expected = choose(count, size);
  if (expected > mostChoices) {
    throw new AppError('E_INTERNAL', { problem: `${size} of ${count} can be chosen in ${expected} ways, more than ${mostChoices}` });
  }
  const choices: number[][] = [];
  const choice = Array.from({ length: size }, (_, place) => place);
  while (choices.length < expected) {
    choices.push([...choice]);
    advance(choice, count);
  }
  return choices;
}

/**
 * Number of ways to choose `size` of `count`; 0 when there are not that many.
 *
 * @param count whole number from 0
 * @param size  whole number from 0
 * @source standard definition
 * @vector overfitting.cpcv
 */
export function choose(count: number, size: number): number {
  requireWhole(count, 'numbers to choose from', 0);
  requireWhole(size, 'numbers in a choice', 0);
  if (size > count) return 0;
  let ways = 1;
  // Each step leaves a whole number: after k steps it is the number of ways to choose k.
  for (let k = 1; k <= Math.min(size, count - size); k++) ways = (ways * (count - k + 1)) / k;
  return ways;
}

/** The next choice in place: raises the last number that can rise and packs the ones after it. */
function advance(choice: number[], count: number): void {
  const size = choice.length;
  let place = size - 1;
  while (place >= 0 && choice[place] === count - size + place) place--;
  if (place < 0) return;
  choice[place]!++;
  for (let after = place + 1; after < size; after++) choice[after] = choice[after - 1]! + 1;
}
