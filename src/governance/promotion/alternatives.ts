import type { TrialsBody } from '../ledger/entry.ts';
import { familyOf, familyTrials } from '../lifecycle/families.ts';
import type { GovernanceState, SubjectRecord } from '../lifecycle/state.ts';
import type { Evidence } from '../records.ts';
import { daysOfWindow } from './selection.ts';

/** A trial that could have been chosen in place of a piece of evidence. */
export interface Alternative {
  readonly body: TrialsBody;
  readonly isOwn: boolean;
  /** Overlay whose difference is judged; null for an edge. */
  readonly overlay: string | null;
}

/**
 * The trials of a family that looked at the days of a piece of evidence, at half of them or more: backtests and sweeps, each once. What looked elsewhere
 * was no alternative on these days; it counts among the trials of the deflated Sharpe ratio. Studies have no returns to choose by. For an overlay
 * these are the trials with an overlay of the family: without one there is no difference.
 */
export function alternativesTo(state: GovernanceState, { hypothesis, strategies }: SubjectRecord, evidence: Evidence): Alternative[] {
  if (hypothesis === null) return [];
  const own = new Set(evidence.facts.trials);
  const { kind, id } = evidence.subject;
  const overlays = kind === 'overlay' ? familyOverlays(state, hypothesis) : null;
  const found = new Map<string, Alternative>();
  for (const { body } of familyTrials(state, hypothesis)) {
    if (!['backtest', 'sweep'].includes(body.kind) || !meets(body.window, evidence.facts.window)) continue;
    const used = body.overlays ?? [];
    const overlay = overlays === null ? null : (used.find((name) => name === id) ?? used.find((name) => overlays.has(name)));
    if (overlay === undefined) continue;
    const isOfSubject = kind === 'overlay' ? overlay === id : strategies.includes(body.subject);
    found.set(body.digest, { body, isOwn: own.has(body.digest) && isOfSubject, overlay });
  }
  return [...found.values()];
}

/** Names of the overlays that hypotheses of the family are tested by. */
function familyOverlays(state: GovernanceState, hypothesis: string): Set<string> {
  const family = familyOf(state, hypothesis);
  const isOfFamily = (tested: string | null) => tested !== null && family.has(tested);
  return new Set(
    [...state.subjects.values()].flatMap(({ ref, hypothesis: tested }) => (ref.kind === 'overlay' && isOfFamily(tested) ? [ref.id] : [])),
  );
}

type Window = Parameters<typeof daysOfWindow>[0];

/** Whether a window has at least half of the days of another. */
function meets(window: Window, of: Window): boolean {
  const [a, b] = [daysOfWindow(window), daysOfWindow(of)];
  if (a === null || b === null) return true;
  return 2 * (Math.min(a.to, b.to) - Math.max(a.from, b.from)) >= b.to - b.from;
}
