import { trustLevels } from '../../governance/records.ts';
import { plural } from '../format.ts';
import { noFiles, type Rule } from './rule.ts';

/** Overlays that nobody has approved. */
export const overlayTrust: Rule = ({ overlays }) => {
  const weak = (overlays?.documents ?? []).filter(({ trust }) => trustLevels.indexOf(trust) < trustLevels.indexOf('recorded'));
  if (weak.length === 0) return null;
  const names = weak.map(({ name, version, trust }) => `${name} version ${version} (${trust})`).join(', ');
  return {
    code: 'OVERLAY_NOT_APPROVED',
    severity: 'warning',
    topic: 'result',
    text: `${plural(weak.length, 'overlay')} used without approval: ${names}.`,
    evidence: weak.map(({ name, trust }) => ({ label: name, value: trust })),
    advice: 'Read it as an exploration: register the overlay and promote it before anything rests on this result.',
    files: noFiles,
  };
};
