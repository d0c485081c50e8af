import { clopperPearson } from '../../stats/calibration/binomial.ts';
import { type Certificate, type CertifiedSubject, type FalseApprovals, judgedCells, type PowerCurve, smallestDetectable } from './model.ts';

/** What a certificate says of one version of a study or policy. */
export type Certification =
  | { readonly state: 'certified'; readonly isWithin: boolean; readonly approved: number; readonly n: number; readonly bps: number | null }
  | { readonly state: 'uncertified'; readonly reason: string };

/**
 * What a certificate says of a study or policy as it was run: certified is the document with this digest, not one of the same name.
 *
 * @param certificate null: there is none
 */
export function certificationOf(
  certificate: Certificate | null,
  { kind, id, digest }: { readonly kind: 'study' | 'policy'; readonly id: string; readonly digest: string },
): Certification {
  if (certificate === null) return { state: 'uncertified', reason: 'there is no certificate' };
  const found = (kind === 'study' ? certificate.studies : certificate.policies).find((subject) => subject.id === id);
  const named = certificate.uncertified.find((subject) => subject.kind === kind && subject.id === id);
  if (found === undefined) return { state: 'uncertified', reason: named?.reason ?? `the certificate does not know this ${kind}` };
  if (found.digest !== digest)
    return {
      state: 'uncertified',
      reason: `the certificate is for another document of this name (${found.digest.slice(0, 12)}, this one is ${digest.slice(0, 12)})`,
    };
  const cells = judgedCells(certificate).filter((cell) => cell.kind === kind && cell.id === id);
  return {
    state: 'certified',
    isWithin: cells.every(({ isWithin }) => isWithin),
    ...totals(found),
    bps: found.power === null ? null : detectableBps(found.power),
  };
}

/** The certificate in the numbers of one line. */
export interface CertificateSummary {
  readonly approved: number;
  readonly n: number;
  /** Of the rate of approvals, 95%, as if every verdict were on a market of its own. */
  readonly interval: { readonly low: number; readonly high: number };
  readonly isHeld: boolean;
  /** The smallest edge in basis points per trade that any study or policy finds, and which; null where none was found. */
  readonly smallest: { readonly id: string; readonly bps: number } | null;
}

export function certificateSummary(certificate: Certificate): CertificateSummary {
  const subjects = [...certificate.studies, ...certificate.policies];
  const { approved, n } = totals({ falseApprovals: subjects.flatMap(({ falseApprovals }) => falseApprovals) });
  const found = subjects.flatMap(({ id, power }) => {
    const bps = power === null ? null : detectableBps(power);
    return bps === null ? [] : [{ id, bps }];
  });
  const smallest = found.reduce<CertificateSummary['smallest']>((best, one) => (best === null || one.bps < best.bps ? one : best), null);
  const { low, high } = clopperPearson(approved, n, 0.05);
  return { approved, n, interval: { low, high }, isHeld: n > 0 && judgedCells(certificate).every(({ isWithin }) => isWithin), smallest };
}

function totals({ falseApprovals }: Pick<CertifiedSubject, 'falseApprovals'>): { approved: number; n: number } {
  const sum = (of: (counts: FalseApprovals) => number) => falseApprovals.reduce((total, counts) => total + of(counts), 0);
  return { approved: sum(({ approved }) => approved), n: sum(({ n }) => n) };
}

function detectableBps(power: PowerCurve): number | null {
  return smallestDetectable(power)?.bps ?? null;
}
