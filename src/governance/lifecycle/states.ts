import type { SubjectState } from '../records.ts';

/** What moves a subject from one state to another: a decision over guards and gates, or somebody's reason. */
export type Authority = 'decision' | 'reason';

const transitions: Readonly<Record<SubjectState, Readonly<Partial<Record<SubjectState, Authority>>>>> = {
  DRAFT: { CANDIDATE: 'decision', REJECTED: 'reason' },
  CANDIDATE: { VALIDATED: 'decision', REJECTED: 'reason' },
  VALIDATED: { APPROVED: 'decision', REJECTED: 'reason' },
  APPROVED: { SUSPENDED: 'reason', REJECTED: 'reason', ARCHIVED: 'reason' },
  SUSPENDED: { APPROVED: 'decision', REJECTED: 'reason', ARCHIVED: 'reason' },
  REJECTED: { ARCHIVED: 'reason' },
  ARCHIVED: {},
};

/**
 * What a transition takes, or null when there is no such transition.
 *
 * @source governance specification 17.4
 */
export function authorityOf(from: SubjectState, to: SubjectState): Authority | null {
  return transitions[from][to] ?? null;
}

/** The state that a promotion would ask for next; null where nothing lies ahead. */
export function nextState(from: SubjectState): SubjectState | null {
  return (Object.entries(transitions[from]).find(([, authority]) => authority === 'decision')?.[0] as SubjectState | undefined) ?? null;
}

/** States that a decision can lead to, in order: each asks for everything that the one before asked for. */
export const promotedStates = ['CANDIDATE', 'VALIDATED', 'APPROVED'] as const;
export type PromotedState = (typeof promotedStates)[number];

export function isPromotedState(state: SubjectState): state is PromotedState {
  return (promotedStates as readonly SubjectState[]).includes(state);
}

/** States as the overlay files of the reference system know them. */
export function legacyState(state: SubjectState): { readonly status: 'DRAFT' | 'APPROVED' | 'REJECTED' | 'ARCHIVED'; readonly suspended: boolean } {
  if (state === 'APPROVED' || state === 'REJECTED' || state === 'ARCHIVED') return { status: state, suspended: false };
  return { status: 'DRAFT', suspended: state === 'SUSPENDED' };
}
