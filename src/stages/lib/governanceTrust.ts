import { findSubject, type GovernanceState } from '../../governance/lifecycle/state.ts';
import type { SubjectRef, TrustLevel } from '../../governance/records.ts';

/**
 * What the ledger alone says of exactly this content: `declared` when it does not know it, `candidate` on the way to approval and while
 * suspended (its runs may become evidence), `recorded` when approved.
 *
 * @source governance specification 17.5
 */
export function trustInLedger(state: GovernanceState, subject: SubjectRef): TrustLevel {
  switch (findSubject(state, subject)?.state) {
    case 'CANDIDATE':
    case 'VALIDATED':
    case 'SUSPENDED':
      return 'candidate';
    case 'APPROVED':
      return 'recorded';
    default:
      return 'declared';
  }
}
