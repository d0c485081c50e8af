import { noFiles, type Rule } from './rule.ts';

/** An accounting whose results never support an approval. */
export const notEvidence: Rule = ({ setup: { accounting } }) => {
  if (accounting.isEvidence) return null;
  return {
    code: 'NOT_EVIDENCE',
    severity: 'warning',
    topic: 'result',
    text: `Accounting \u201c${accounting.id}\u201d is never evidence: ${accounting.summary}.`,
    evidence: [],
    advice: 'Take it as a first look, and look at the latency figures before anything else.',
    files: noFiles,
  };
};
