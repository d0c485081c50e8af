import type { BoundOverlay, OverlayEffect } from './overlay.ts';

/** Why an entry that was put off never came. */
export type Lapse = 'signal_lost' | 'would_have_left' | 'no_entry_possible' | 'refused' | 'data_end';

/** One thing that an overlay did. Rows are those of the frame. */
export interface OverlayAct {
  readonly overlay: string;
  readonly act: 'blocked' | 'delayed' | 'expired' | 'resized' | 'flattened';
  readonly side: 1 | -1;
  /** Row of the offered entry; of a run of refusals on neighboring rows, the first; of a flattened position, the row at which it was left. */
  readonly row: number;
  /** Last row of a run of refusals; row at which a delayed entry came or lapsed; otherwise `row`. */
  readonly until: number;
  readonly why: Lapse | null;
}

/** What an overlay did to one strategy on one symbol, counted. */
export interface OverlayStatistics {
  readonly overlay: string;
  readonly effect: OverlayEffect['kind'];
  readonly barsEvaluated: number;
  readonly conditionTrueBars: number;
  readonly missingInputBars: number;
  /** Offers refused. A signal that stays on is offered again on the next row and counted again. */
  readonly blockedEntries: number;
  /** The same with refusals on neighboring rows counted once. */
  readonly blockedRuns: number;
  /** Entries that came late, and the bars they were late. */
  readonly delayedEntries: number;
  readonly delayBarsTotal: number;
  /** Entries that were put off and never came. */
  readonly expiredEntries: number;
  readonly resizedEntries: number;
  readonly flattenedPositions: number;
}

type Counts = {
  -readonly [K in keyof Omit<OverlayStatistics, 'overlay' | 'effect' | 'barsEvaluated' | 'conditionTrueBars' | 'missingInputBars'>]: number;
};

export interface RecordOptions {
  /** Whether single acts are listed besides being counted. */
  readonly keepsActs: boolean;
  /** Rows whose offers count, where overlays act on a part of the rows only; all when left out. */
  readonly within?: { readonly from: number; readonly to: number } | undefined;
}

/**
 * What overlays did to one line, counted as it happens.
 *
 * Every entry that the strategy's own rules offer ends in one of four ways: intents = passed + blocked + delayed + expired.
 */
export class OverlayRecord {
  readonly #overlays: readonly BoundOverlay[];
  readonly #counts: Counts[];
  readonly #acts: OverlayAct[] | null;
  readonly #within: { readonly from: number; readonly to: number };
  #intents = 0;
  #passed = 0;
  /** Overlay and row of the last refusal: the next one continues its run when it is one row later. */
  readonly #last = { by: -1, side: 0, row: -2, first: -2 };

  constructor(overlays: readonly BoundOverlay[], { keepsActs, within = { from: 0, to: Infinity } }: RecordOptions) {
    this.#overlays = overlays;
    this.#within = within;
    this.#acts = keepsActs ? [] : null;
    this.#counts = overlays.map(() => ({
      blockedEntries: 0,
      blockedRuns: 0,
      delayedEntries: 0,
      delayBarsTotal: 0,
      expiredEntries: 0,
      resizedEntries: 0,
      flattenedPositions: 0,
    }));
  }

  /** Entries that the strategy's own rules (signal, stop, day, cool-down) offered. */
  get intents(): number {
    return this.#intents;
  }

  /** Of these, taken on the row on which they were offered. */
  get passed(): number {
    return this.#passed;
  }

  offered(row: number): void {
    if (row >= this.#within.from && row < this.#within.to) this.#intents++;
  }

  passes(row: number): void {
    if (row >= this.#within.from && row < this.#within.to) this.#passed++;
  }

  blocked(by: number, row: number, side: 1 | -1): void {
    const counts = this.#counts[by]!;
    const last = this.#last;
    const continues = last.by === by && last.side === side && last.row === row - 1;
    counts.blockedEntries++;
    if (!continues) {
      counts.blockedRuns++;
      last.by = by;
      last.side = side;
      last.first = row;
    }
    last.row = row;
    if (this.#acts === null) return;
    if (continues) this.#acts.pop();
    this.#list(by, { act: 'blocked', side, row: last.first, until: row, why: null });
  }

  delayed(by: number, offered: number, entry: number, side: 1 | -1): void {
    const counts = this.#counts[by]!;
    counts.delayedEntries++;
    counts.delayBarsTotal += entry - offered;
    this.#list(by, { act: 'delayed', side, row: offered, until: entry, why: null });
  }

  expired(by: number, offered: number, lapsed: number, { side, why }: { side: 1 | -1; why: Lapse }): void {
    this.#counts[by]!.expiredEntries++;
    this.#list(by, { act: 'expired', side, row: offered, until: lapsed, why });
  }

  resized(by: number, entry: number, side: 1 | -1): void {
    this.#counts[by]!.resizedEntries++;
    this.#list(by, { act: 'resized', side, row: entry, until: entry, why: null });
  }

  flattened(by: number, row: number, side: 1 | -1): void {
    this.#counts[by]!.flattenedPositions++;
    this.#list(by, { act: 'flattened', side, row, until: row, why: null });
  }

  /** Single acts in time order of their last row; empty when they are not listed. */
  get acts(): readonly OverlayAct[] {
    return this.#acts ?? [];
  }

  /** Entries put off, refused, resized or cut short, over all overlays. */
  get bound(): number {
    return this.#counts.reduce(
      (sum, counts) =>
        sum + counts.blockedEntries + counts.delayedEntries + counts.expiredEntries + counts.resizedEntries + counts.flattenedPositions,
      0,
    );
  }

  statistics(): OverlayStatistics[] {
    return this.#overlays.map(({ id, effect, holds, conditionBars, missingBars }, i) => ({
      overlay: id,
      effect: effect.kind,
      barsEvaluated: holds.length,
      conditionTrueBars: conditionBars,
      missingInputBars: missingBars,
      ...this.#counts[i]!,
    }));
  }

  #list(by: number, act: Omit<OverlayAct, 'overlay'>): void {
    this.#acts?.push({ overlay: this.#overlays[by]!.id, ...act });
  }
}
