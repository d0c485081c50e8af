import type { OverlayStack } from '../overlay/overlayStack.ts';
import type { Lapse } from '../overlay/record.ts';
import type { BracketEntries } from './bracketEntries.ts';

export interface Offer {
  readonly row: number;
  readonly side: 1 | -1;
  /** Rows of the frame. */
  readonly rows: number;
}

/**
 * Where an offered entry is taken under overlays, noted in their record.
 *
 * Refused (flatten, block, hold_until): not now; the search goes on at the next row. Put off (delay, the longest counts): judged again when
 * the wait is over. It lapses when the undelayed trade would have been over by then, when the signal is gone (or, under `enter`,
 * no position could be opened), when an overlay refuses it, and at the end of data. While it waits, the line is flat and no other signal counts.
 * A wait is never followed by another.
 *
 * @returns the row of the entry, or -1 - the row at which the search for another entry goes on
 */
export function admitEntry(entries: BracketEntries, stack: OverlayStack, { row, side, rows }: Offer): number {
  const { record } = stack;
  record.offered(row);
  const refused = stack.refusedBy(row);
  if (refused >= 0) {
    record.blocked(refused, row, side);
    return searchAt(row + 1);
  }
  const by = stack.delayedBy(row);
  if (by < 0) {
    record.passes(row);
    return row;
  }
  const due = row + stack.wait(by, row);
  const lapse = (at: number, why: Lapse, resume: number): number => {
    record.expired(by, row, at, { side, why });
    return searchAt(resume);
  };
  const own = entries.exit(row, side);
  if (own < rows && own <= due) return lapse(own, 'would_have_left', own + 1);
  if (due >= rows) return lapse(rows - 1, 'data_end', rows);
  if (stack.entersWithoutSignal(by) ? !entries.allows(due, side) : entries.next(due) !== side * (due + 1))
    return stack.entersWithoutSignal(by) ? lapse(due, 'no_entry_possible', due + 1) : lapse(due, 'signal_lost', due);
  if (stack.refusedBy(due) >= 0) return lapse(due, 'refused', due + 1);
  record.delayed(by, row, due, side);
  return due;
}

function searchAt(row: number): number {
  return -1 - row;
}
