import { AppError } from '../../core/errors.ts';
import type { OverlayOutcome } from '../accounting.ts';

/**
 * Nothing when the counts of a line under overlays add up: every entry that its own rules offered was passed, blocked, delayed or expired,
 * and where none of its positions was touched, none differs.
 *
 * @param line `<strategy> <symbol>`, for the message
 * @throws E_INTERNAL otherwise: a defect of the engine, never of the data
 * @source governance specification 17.7
 */
export function requireIdentities({ intents, passed, statistics, changedBars }: OverlayOutcome, line: string): void {
  let [blocked, delayed, expired, touched] = [0, 0, 0, 0];
  for (const counts of statistics) {
    blocked += counts.blockedEntries;
    delayed += counts.delayedEntries;
    expired += counts.expiredEntries;
    touched += counts.resizedEntries + counts.flattenedPositions;
  }
  const parts = `${passed} passed, ${blocked} blocked, ${delayed} delayed, ${expired} expired`;
  if (intents !== passed + blocked + delayed + expired)
    throw new AppError('E_INTERNAL', { problem: `overlays on ${line}: ${intents} entries were offered, but ${parts}` });
  if (blocked + delayed + expired + touched === 0 && changedBars !== 0)
    throw new AppError('E_INTERNAL', { problem: `overlays on ${line}: nothing was touched, but ${changedBars} bars differ` });
}
