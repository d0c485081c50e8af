/** `atLeast`: baseline time / subject time must reach it. `atMost`: subject time / baseline time must stay within it. */
export type Budget = { readonly atLeast: number } | { readonly atMost: number };

/** Nanoseconds per unit of one candidate: medians over rounds, and the first call in its process. CPU is user + system. */
export interface Timing {
  readonly name: string;
  readonly cpuNs: number;
  readonly wallNs: number;
  readonly coldCpuNs: number;
}

/** One measured ratio of CPU medians. */
export interface BenchRecord {
  /** Budget id and, where one id has several lines, a word: `F3 std`. */
  readonly id: string;
  readonly what: string;
  /** What one unit is: `bar`. */
  readonly unit: string;
  readonly ratio: number;
  /** Half of what separates the quartiles of the rounds' own ratios, as a fraction of the ratio. */
  readonly noise: number;
  readonly budget: Budget;
  /** Whether the ratio meets the budget. */
  readonly isMet: boolean;
  readonly subject: Timing;
  readonly baseline: Timing;
}

/** A comparison that was not made here, and why. */
export interface SkippedBench {
  readonly id: string;
  readonly what: string;
  readonly skipped: string;
}

/** `>= 25x`. */
export function budgetText(budget: Budget): string {
  return 'atLeast' in budget ? `>= ${budget.atLeast}x` : `<= ${budget.atMost}x`;
}

/** Three significant digits, without an exponent: `0.0123`, `4.56`, `789`. */
export function digits(value: number): string {
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** `+3.2%`, `0.0%`. */
export function percent(fraction: number): string {
  const text = (100 * fraction).toFixed(1);
  return `${fraction > 0 && text !== '0.0' ? '+' : ''}${text === '-0.0' ? '0.0' : text}%`;
}

/** The middle of values that are sorted by the way; the mean of two middles. */
export function median(values: readonly number[]): number {
  return quantileOf(values, 0.5);
}

/** Half the distance of the quartiles, as a fraction of the median. */
export function relativeSpread(values: readonly number[]): number {
  return (quantileOf(values, 0.75) - quantileOf(values, 0.25)) / 2 / median(values);
}

function quantileOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return low + (high - low) * (at - Math.floor(at));
}
