import { AppError } from '../../core/errors.ts';
import { specDigest } from '../../governance/documents/digest.ts';
import type { OverlayDocument } from '../../governance/documents/overlay.ts';
import { type SubjectRef, type SubjectTrust, type TrustLevel, trustLevels } from '../../governance/records.ts';
import type { GovernanceOptions } from './governanceState.ts';

/**
 * What stands behind each overlay of a run at this moment.
 *
 * @param asked the least level that every one must have
 * @throws E_TRUST naming the first overlay with less
 */
export async function overlayTrust(options: GovernanceOptions, overlays: readonly OverlayDocument[], asked: TrustLevel): Promise<SubjectTrust> {
  if (overlays.length === 0) return {};
  const subjects = overlays.map((document): SubjectRef => {
    const { name: id, version } = document;
    return { kind: 'overlay', id, version, digest: specDigest(document) };
  });
  // Loaded only here: most runs use nothing that is governed.
  const { subjectTrust } = await import('./subjectTrust.ts');
  const levels = await subjectTrust(options, subjects);
  const named = subjects.map(({ kind, id, version }, i) => ({ subject: `${kind}:${id}@${version}`, level: levels[i]! }));
  const short = named.find(({ level }) => trustLevels.indexOf(level) < trustLevels.indexOf(asked));
  if (short !== undefined) throw new AppError('E_TRUST', { ...short, asked });
  return Object.fromEntries(named.map(({ subject, level }) => [subject, level]));
}
