import { findSubject } from '../../governance/lifecycle/state.ts';
import type { SubjectRef, TrustLevel } from '../../governance/records.ts';
import { auditSubject } from './governanceAudit.ts';
import { type GovernanceOptions, withGovernance } from './governanceState.ts';

/**
 * How much stands behind each subject that a run is about to use, in the order given. Approved ones are looked at whole: the decision is
 * judged again and every file behind its evidence is hashed.
 *
 * @returns one level per subject; `declared` for what the ledger does not know with exactly this content
 * @source governance specification 17.5
 */
export function subjectTrust(options: GovernanceOptions, subjects: readonly SubjectRef[]): Promise<TrustLevel[]> {
  return withGovernance(options, async (tools) => {
    const levels: TrustLevel[] = [];
    for (const subject of subjects) {
      const record = findSubject(tools.state, subject);
      levels.push(record === null ? 'declared' : (await auditSubject(tools, record)).trust);
    }
    return levels;
  });
}
