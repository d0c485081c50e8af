import type { OverlayStack } from './overlayStack.ts';

/**
 * Overlays on an intent that names positions rather than trades. An *entry* is a row on which the wanted position grows: from flat, to
 * the other side, or further on the same side; reductions and exits always pass. While entries are refused or wait, the position stays as
 * it was, and a wanted change of sides goes flat. Such an intent repeats what it wants on every row, so a refused entry is taken as soon
 * as nothing refuses it.
 *
 * The position in force is the accepted one times the factor that was fixed when it was opened; a hand-written strategy is told the
 * accepted one, so that it recognizes what it asked for.
 */
export class OverlaidPosition {
  readonly #stack: OverlayStack;
  #accepted = 0;
  #factor = 1;
  /** An entry that waits: overlay (-1 for none), row of the offer, row at which it is judged again, side. */
  readonly #waiting = { by: -1, offered: 0, due: 0, side: 1 as 1 | -1 };

  /** @param held position that is held before the first row */
  constructor(stack: OverlayStack, held = 0) {
    this.#stack = stack;
    this.#accepted = held;
  }

  /** The position that the strategy is told it has. */
  get accepted(): number {
    return this.#accepted;
  }

  /** The position in force. */
  get inForce(): number {
    return this.#accepted * this.#factor + 0;
  }

  /**
   * Takes one row.
   *
   * @param want position that the strategy wants at this row's close; NaN where it decides nothing
   */
  step(row: number, want: number): void {
    const held = this.#accepted;
    const leftBy = held === 0 ? -1 : this.#stack.leftBy(row);
    // Most rows: what is held is what is wanted, and nothing interferes.
    if (want === held && leftBy < 0 && this.#waiting.by < 0) return;
    if (leftBy >= 0) this.#stack.record.flattened(leftBy, row, held > 0 ? 1 : -1);
    const stays = leftBy >= 0 ? 0 : held;
    if (want !== want) {
      this.#accepted = stays;
      return;
    }
    const grows = want !== 0 && (want * stays <= 0 || Math.abs(want) > Math.abs(stays));
    const side = want > 0 ? 1 : -1;
    if (this.#waiting.by >= 0 && (!grows || side !== this.#waiting.side)) this.#lapse(row, 'signal_lost');
    const isTaken = !grows || this.#admits(row, side);
    if (grows && isTaken && want * stays <= 0) this.#factor = this.#stack.scale(row, side);
    this.#accepted = isTaken ? want + 0 : want * stays > 0 ? stays : 0;
  }

  /** Ends the record: an entry that still waits never came. */
  finish(rows: number): void {
    if (this.#waiting.by >= 0) this.#lapse(rows - 1, 'data_end');
  }

  #admits(row: number, side: 1 | -1): boolean {
    const { record } = this.#stack;
    const waiting = this.#waiting;
    const isWaiting = waiting.by >= 0;
    if (isWaiting && row < waiting.due) return false;
    if (!isWaiting) record.offered(row);
    const refused = this.#stack.refusedBy(row);
    if (refused >= 0) {
      if (isWaiting) this.#lapse(row, 'refused');
      else record.blocked(refused, row, side);
      return false;
    }
    if (isWaiting) {
      record.delayed(waiting.by, waiting.offered, row, side);
      waiting.by = -1;
      return true;
    }
    const by = this.#stack.delayedBy(row);
    if (by < 0) record.passes(row);
    else Object.assign(waiting, { by, offered: row, due: row + this.#stack.wait(by, row), side });
    return by < 0;
  }

  #lapse(row: number, why: 'signal_lost' | 'refused' | 'data_end'): void {
    const { by, offered, side } = this.#waiting;
    this.#stack.record.expired(by, offered, row, { side, why });
    this.#waiting.by = -1;
  }
}
