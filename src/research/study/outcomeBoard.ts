import type { OutcomeColumn } from './outcomes.ts';

/**
 * Several outcomes of one symbol side by side, a row per anchor: an event and its controls are measured for every outcome
 * from one stretch of memory each. Timed outcomes are their sightings; NaN is undefined.
 */
export class OutcomeBoard {
  /** Outcomes in a row. */
  readonly stride: number;
  readonly #columns: readonly OutcomeColumn[];
  readonly #tables: { up: Float64Array | null; down: Float64Array | null } = { up: null, down: null };

  constructor(columns: readonly OutcomeColumn[]) {
    this.#columns = columns;
    this.stride = columns.length;
  }

  /** Place of an outcome in each row. */
  offsetOf(outcome: string): number {
    return this.#columns.findIndex((column) => column.outcome.id === outcome);
  }

  /** [rows * stride] for events that point up, and for those that point down. */
  get up(): Float64Array {
    return (this.#tables.up ??= this.#table(1));
  }

  get down(): Float64Array {
    return (this.#tables.down ??= this.#columns.some(({ isSigned }) => isSigned) ? this.#table(-1) : this.up);
  }

  #table(direction: number): Float64Array {
    const { stride } = this;
    const columns = this.#columns.map((column) => (column.isTimed ? column.sightings(direction) : column.values(direction)));
    if (stride === 1) return columns[0]!;
    const table = new Float64Array(columns[0]!.length * stride);
    columns.forEach((values, offset) => {
      for (let row = 0; row < values.length; row++) table[row * stride + offset] = values[row]!;
    });
    return table;
  }
}
