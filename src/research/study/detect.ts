import type { CompiledStudy } from './compile.ts';
import type { StudySeries } from './frame.ts';

/** One event. Rows are grid positions; nothing in it is known before `anchor`, and `exit` only at the exit. */
export interface StudyEvent {
  readonly trigger: number;
  /** The bar at whose close the event is known: outcomes begin after it. */
  readonly anchor: number;
  readonly exit: number;
  /** The event had not ended at `exit`: data or max_bars ended first. */
  readonly isOpen: boolean;
  /** 1 or -1; 1 where the study gives no direction. */
  readonly direction: number;
}

export interface Detection {
  readonly events: readonly StudyEvent[];
  /** Triggers that a confirmation turned down, and triggers whose anchor never came. */
  readonly rejected: number;
  readonly unanchored: number;
}

/**
 * The events of one symbol in time order: triggers outside the reach of earlier events, confirmed as the study says.
 * One forward scan; a decision at a bar reads that bar and earlier ones, so a truncated frame gives the same events up
 * to its end.
 *
 * @source research specification 10.2 (detectors and spacing as one scanner)
 */
export function detectEvents(series: StudySeries): Detection {
  const { study, frame } = series;
  const { detector, document } = study;
  const when = series.of(detector.when);
  const until = detector.until === null ? null : series.of(detector.until);
  const direction = detector.direction === null ? null : series.of(detector.direction);
  const events: StudyEvent[] = [];
  let [rejected, unanchored, free] = [0, 0, 0];
  for (let row = 0; row < frame.rows; row++) {
    if (when[row] !== 1 || row < free) continue;
    const way = direction === null ? 1 : direction[row]!;
    if (way !== 1 && way !== -1) continue;
    const { exit, isOpen } = endOf(until, row, document.detector.max_bars, frame.rows);
    if (document.detector.anchor === 'exit' && isOpen) {
      unanchored++;
      free = exit + 1;
      continue;
    }
    const start = document.detector.anchor === 'exit' ? exit : row;
    const anchor = confirmed(series, { trigger: row, start, direction: way });
    if (anchor === null) {
      rejected++;
      if (document.spacing.rejected_block) free = row + document.spacing.cooldown + 1;
      continue;
    }
    events.push({ trigger: row, anchor, exit: Math.max(exit, anchor), isOpen, direction: way });
    free = blockedUntil(study, { anchor, exit: Math.max(exit, anchor) }) + 1;
  }
  return { events, rejected, unanchored };
}

/** First bar after the trigger at which the event is over; without a rule, the trigger itself. */
function endOf(until: Float64Array | null, trigger: number, maxBars: number, rows: number): { exit: number; isOpen: boolean } {
  if (until === null) return { exit: trigger, isOpen: false };
  const last = Math.min(rows - 1, trigger + maxBars);
  for (let row = trigger + 1; row <= last; row++) if (until[row] === 1) return { exit: row, isOpen: false };
  return { exit: last, isOpen: true };
}

/** The anchor after all confirmations, or null where one fails or cannot be told. */
function confirmed(series: StudySeries, event: { trigger: number; start: number; direction: number }): number | null {
  let anchor = event.start;
  for (const rule of series.study.detector.confirm) {
    const of = series.signed(rule.of, event.direction);
    const level = series.signed(rule.level, event.direction)[event.trigger]!;
    const end = anchor + rule.within;
    if (Number.isNaN(level)) return null;
    let happened = -1;
    for (let row = anchor + 1; row <= end && happened < 0; row++) {
      // What has happened is known at its bar, whatever comes after; what has not happened needs every bar.
      const value = row < series.frame.rows && series.frame.isGap[row] === 0 ? of[row]! : Number.NaN;
      if (Number.isNaN(value)) return null;
      if (rule.side === 'at_least' ? value >= level : value <= level) happened = row;
    }
    if ((rule.must === 'happen') !== happened >= 0) return null;
    anchor = rule.must === 'happen' ? happened : end;
  }
  return anchor;
}

/** Last bar on which an event keeps others from beginning. */
function blockedUntil(study: CompiledStudy, event: { anchor: number; exit: number }): number {
  const { from, cooldown } = study.document.spacing;
  const base = from === 'anchor' ? event.anchor : from === 'exit' ? event.exit : event.anchor + study.horizon;
  return base + cooldown;
}
