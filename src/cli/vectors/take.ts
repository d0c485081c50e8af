/** One function of the vector contract: takes a vector's input, gives what is compared with its `expected`. */
export type VectorFunction = (input: unknown) => unknown;

/** Types the input of one function: the vectors are the contract, and a wrong shape shows as a failed vector. */
export function take<Input>(run: (input: Input) => unknown): VectorFunction {
  return run as VectorFunction;
}
