import { mean, sampleStd } from './moments.ts';

/** One column from a series; NaN where it is not defined. */
export type ExampleColumn = (values: ArrayLike<number>) => Float64Array;

/**
 * Two honest columns and three classic leaks: what a look-ahead check must pass, and what it must catch, before its word
 * about other columns counts.
 */
export const lookaheadExamples: Readonly<Record<'sma3' | 'lag_return' | 'centered_sma3' | 'lead_return' | 'full_sample_zscore', ExampleColumn>> = {
  sma3: (values) => eachRow(values, (row) => meanOfThree(values, row - 1)),
  lag_return: (values) => eachRow(values, (row) => returnInto(values, row)),
  centered_sma3: (values) => eachRow(values, (row) => meanOfThree(values, row)),
  lead_return: (values) => eachRow(values, (row) => returnInto(values, row + 1)),
  full_sample_zscore: (values) => {
    const [center, deviation] = [mean(values), sampleStd(values)];
    if (center === null || deviation === null || deviation === 0) return eachRow(values, () => Number.NaN);
    return eachRow(values, (row) => (values[row]! - center) / deviation);
  },
};

function eachRow(values: ArrayLike<number>, valueOf: (row: number) => number): Float64Array {
  return Float64Array.from({ length: values.length }, (_, row) => valueOf(row));
}

/** Mean of a value and its two neighbors; NaN where one of them lies beyond an end. */
function meanOfThree(values: ArrayLike<number>, middle: number): number {
  return (values[middle - 1]! + values[middle]! + values[middle + 1]!) / 3;
}

/** Change from the value before; NaN where one of the two lies beyond an end. */
function returnInto(values: ArrayLike<number>, row: number): number {
  return values[row]! / values[row - 1]! - 1;
}
