import { sumOver } from '../../stats/sums.ts';

const week = 7;

/** Days with the worst week in a row lived through twice: inserted again right after itself. Fewer than seven days stay as they are. */
export function worstWeekAgain(daily: Float64Array): Float64Array {
  if (daily.length < week) return Float64Array.from(daily);
  let [worst, at] = [Infinity, 0];
  for (let from = 0; from + week <= daily.length; from++) {
    const sum = sumOver(week, (i) => daily[from + i]!);
    if (sum < worst) [worst, at] = [sum, from];
  }
  const end = at + week;
  return Float64Array.from([...daily.subarray(0, end), ...daily.subarray(at, end), ...daily.subarray(end)]);
}

/**
 * What the days would have been, had the edges had their best and worst days together: each edge keeps its own days, reordered so that all ranks
 * coincide, in the order of the book's own days. The sum over days is the same; losses add up instead of offsetting each other.
 *
 * @param edges [edges][days] what each edge earned with its exposures
 */
export function worstDaysTogether(edges: readonly Float64Array[]): Float64Array {
  const days = edges[0]?.length ?? 0;
  const whole = Float64Array.from({ length: days }, (_, day) => edges.reduce((sum, edge) => sum + edge[day]!, 0));
  const order = Array.from({ length: days }, (_, day) => day).sort((a, b) => whole[a]! - whole[b]! || a - b);
  const sorted = edges.map((edge) => Float64Array.from(edge).sort());
  const together = new Float64Array(days);
  for (const [rank, day] of order.entries()) together[day] = sorted.reduce((sum, edge) => sum + edge[rank]!, 0);
  return together;
}
