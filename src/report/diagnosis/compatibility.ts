import { noFiles, type Rule } from './rule.ts';

/** Known weaknesses of the reference system, reproduced on purpose. */
export const compatibility: Rule = ({ setup }) => {
  if (setup.compat === null) return null;
  return {
    code: 'COMPAT_REFERENCE',
    severity: 'warning',
    topic: 'result',
    text: 'Reference compatibility is on: known weaknesses of the reference system are reproduced on purpose.',
    evidence: [],
    advice: 'Compare with the reference only; for a decision run again without --compat.',
    files: noFiles,
  };
};
