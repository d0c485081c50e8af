import type { PromotionEvaluation } from './evaluatePromotion.ts';
import type { LedgerHead } from '../ledger/entry.ts';
import type { PromotionResult, SubjectState, TrustLevel } from '../records.ts';

/** One reason against a subject. */
export interface CheckReason {
  readonly code: string;
  /** `spec`, or the run. */
  readonly scope: string;
  readonly reason: string;
  readonly summary_path?: string;
}

/** The verdict on a subject as other programs read it: the reference's keys first. */
export interface VerdictFile {
  /** Name of the overlay, or of whatever else was judged. */
  readonly overlay: string;
  readonly verdict: PromotionEvaluation['verdict'];
  readonly reasons: readonly CheckReason[];
  readonly checked_evidence_runs: number;
  readonly from: SubjectState;
  readonly to: SubjectState;
  readonly results: readonly PromotionResult[];
  readonly policy_digest: string;
  readonly ledger_head: LedgerHead;
  readonly trust: TrustLevel;
}

/**
 * The verdict as people read it.
 *
 * @source governance specification 5.4, 17.8
 */
export function verdictMarkdown({ overlay, verdict, reasons, checked_evidence_runs: runs, from, to, results, trust }: VerdictFile): string {
  const lines = [
    `# Promotion of ${overlay}`,
    '',
    `- Verdict: **${verdict}** (${from} to ${to}, trust ${trust})`,
    `- Evidence runs checked: ${runs}`,
    '',
  ];
  if (reasons.length === 0) lines.push('All checks passed.');
  else lines.push('## Reasons', '', ...reasons.map(({ scope, code, reason }) => `- [${scope}] ${code}: ${escaped(reason)}`));
  lines.push('', '## Guards and gates', '', '| code | pass | observed | threshold | unit | what |', '|---|---|---|---|---|---|');
  for (const { code, pass, observed, threshold, unit, message } of results)
    lines.push(
      `| ${code} | ${pass === null ? 'does not apply' : pass ? 'yes' : 'no'} | ${observed ?? ''} | ${threshold ?? ''} | ${unit} | ${escaped(message)} |`,
    );
  return `${lines.join('\n')}\n`;
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');
}
