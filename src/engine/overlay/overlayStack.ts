import { type BoundOverlay, overlayPrecedence, ruleOf } from './overlay.ts';
import { OverlayRecord, type RecordOptions } from './record.ts';
import { type OverlayRule, silentRule } from './rule.ts';

/**
 * Overlays at work on one line, asked in their order of precedence (flatten, block, hold_until, delay, size; equal kinds in the order
 * given). One run, one stack: it holds the record of that run.
 */
export class OverlayStack {
  readonly overlays: readonly BoundOverlay[];
  readonly record: OverlayRecord;
  readonly #rules: readonly OverlayRule[];
  /** Places of the rules that have a word on each question: most have one on one alone, and every entry asks all. */
  readonly #speaking: Readonly<Record<keyof OverlayRule, readonly number[]>>;

  constructor(overlays: readonly BoundOverlay[], options: RecordOptions = { keepsActs: true }) {
    const place = ({ effect }: BoundOverlay): number => overlayPrecedence.indexOf(effect.kind);
    this.overlays = overlays.length < 2 ? overlays : overlays.toSorted((a, b) => place(a) - place(b));
    this.record = new OverlayRecord(this.overlays, options);
    const rules = this.overlays.map(ruleOf);
    const speaking = (question: keyof OverlayRule): number[] => rules.flatMap((rule, i) => (rule[question] === silentRule[question] ? [] : [i]));
    this.#rules = rules;
    this.#speaking = { refuses: speaking('refuses'), leaves: speaking('leaves'), waits: speaking('waits'), scales: speaking('scales') };
  }

  /** Place of the first overlay that refuses an entry at this row; -1 for none. */
  refusedBy(row: number): number {
    for (const i of this.#speaking.refuses) if (this.#rules[i]!.refuses(row)) return i;
    return -1;
  }

  /** Place of the overlay that makes an entry at this row wait longest; -1 for none. */
  delayedBy(row: number): number {
    let [by, longest] = [-1, 0];
    for (const i of this.#speaking.waits) {
      const bars = this.#rules[i]!.waits(row);
      if (bars > longest) [by, longest] = [i, bars];
    }
    return by;
  }

  /** Bars that an entry waits by the word of one overlay. */
  wait(by: number, row: number): number {
    return this.#rules[by]!.waits(row);
  }

  /** Whether an entry put off by this overlay is taken although its signal is gone. */
  entersWithoutSignal(by: number): boolean {
    const { effect } = this.overlays[by]!;
    return effect.kind === 'delay' && effect.onSignalLost === 'enter';
  }

  /** Product of the factors on a position opened at this row, each noted. */
  scale(row: number, side: 1 | -1): number {
    let factor = 1;
    for (const i of this.#speaking.scales) {
      const own = this.#rules[i]!.scales(row);
      if (own === 1) continue;
      factor *= own;
      this.record.resized(i, row, side);
    }
    return factor;
  }

  /** First row of from..to-1 at whose close some overlay leaves a position held before it; `to` for none. */
  leaveRow(from: number, to: number): number {
    let first = to;
    for (const i of this.#speaking.leaves) first = this.#rules[i]!.leaves(from, first);
    return first;
  }

  /** Place of the first overlay that leaves a position at this row; -1 for none. */
  leftBy(row: number): number {
    for (const i of this.#speaking.leaves) if (this.#rules[i]!.leaves(row, row + 1) === row) return i;
    return -1;
  }

  /** Exit reasons of positions that overlays left, by place. */
  get reasons(): readonly string[] {
    return this.overlays.map(({ id }) => `overlay ${id}`);
  }
}
