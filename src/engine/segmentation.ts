/** Pnl of bars grouped by a label of each bar. */
export interface Segment {
  readonly segment: string;
  readonly bars: number;
  readonly totalPnl: number;
  readonly meanPnl: number;
}

export interface SegmentedLine {
  readonly pnl: Float64Array;
  readonly active: Float64Array;
  readonly age: Float64Array;
}

const ageBuckets: readonly { readonly label: string; readonly upTo: number }[] = [
  { label: '0-8', upTo: 8 },
  { label: '9-30', upTo: 30 },
  { label: '31-96', upTo: 96 },
  { label: '>96', upTo: Infinity },
];

/**
 * Bars and pnl by whether funding persistence is active, and by its age in bars.
 *
 * @source core-pipeline specification 17.2
 */
export function segmentByFunding(lines: readonly SegmentedLine[]): { byActive: Segment[]; byAge: Segment[] } {
  const active = new Tally(['inactive', 'active']);
  const age = new Tally(['inactive', ...ageBuckets.map(({ label }) => label)]);
  for (const line of lines) {
    for (let row = 0; row < line.pnl.length; row++) {
      const isActive = line.active[row] === 1;
      active.add(isActive ? 1 : 0, line.pnl[row]!);
      age.add(isActive ? 1 + ageBuckets.findIndex(({ upTo }) => line.age[row]! <= upTo) : 0, line.pnl[row]!);
    }
  }
  return { byActive: active.segments(), byAge: age.segments() };
}

class Tally {
  readonly #labels: readonly string[];
  readonly #bars: Float64Array;
  readonly #pnl: Float64Array;

  constructor(labels: readonly string[]) {
    this.#labels = labels;
    this.#bars = new Float64Array(labels.length);
    this.#pnl = new Float64Array(labels.length);
  }

  add(index: number, pnl: number): void {
    this.#bars[index]! += 1;
    this.#pnl[index]! += pnl;
  }

  segments(): Segment[] {
    return this.#labels.map((segment, index) => {
      const [bars, totalPnl] = [this.#bars[index]!, this.#pnl[index]!];
      return { segment, bars, totalPnl, meanPnl: bars === 0 ? 0 : totalPnl / bars };
    });
  }
}
