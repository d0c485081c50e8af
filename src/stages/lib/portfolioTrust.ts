import { specDigest } from '../../governance/documents/digest.ts';
import type { SubjectRef, SubjectTrust } from '../../governance/records.ts';
import type { GateInput } from '../../portfolio/gates/lib/defineGate.ts';
import type { GovernanceOptions } from './governanceState.ts';
import type { RunPortfolio } from './portfolioConfig.ts';

/** What stands behind each edge of a portfolio that is to be judged, at this moment; nothing is asked for one that is not. */
export async function edgeTrust(options: GovernanceOptions, portfolio: RunPortfolio | undefined): Promise<SubjectTrust> {
  if (portfolio?.isValidated !== true) return {};
  const subjects = edgeSubjects(portfolio);
  const { subjectTrust } = await import('./subjectTrust.ts');
  const levels = await subjectTrust(options, subjects);
  return Object.fromEntries(subjects.map((subject, i) => [keyOf(subject), levels[i]!]));
}

/** The evidence behind each edge, as the run found it when it began. */
export function edgeEvidence(portfolio: RunPortfolio, trust: SubjectTrust): GateInput['edges'] {
  return edgeSubjects(portfolio).map((subject) => {
    const level = trust[keyOf(subject)] ?? null;
    if (level === 'verified') return { edge: subject.id, status: 'verified', problem: null };
    if (level === 'recorded') return { edge: subject.id, status: 'unverified', problem: 'approved, but its evidence is not what it was or too old' };
    return { edge: subject.id, status: null, problem: level === 'candidate' ? 'not approved yet' : 'the ledger knows no approval of it' };
  });
}

function edgeSubjects({ edges }: RunPortfolio): SubjectRef[] {
  return edges.map(({ document }) => ({ kind: 'edge', id: document.edge_id, version: document.version, digest: specDigest(document) }));
}

function keyOf({ kind, id, version }: SubjectRef): string {
  return `${kind}:${id}@${version}`;
}
