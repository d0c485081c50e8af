import { draftFile } from '../policy/draftOverlay.ts';
import type { CellRow, PolicyResult } from '../policy/result.ts';
import { verdictOf } from '../policy/judge.ts';
import { type Candidate, type CandidateFile, type CandidateHead, gatesByStatus } from './candidate.ts';
import type { CandidatePlace } from './studyCandidates.ts';

const unit = 'basis points a day of one line';

/**
 * The candidates of a policy study: every cell with positions of its own. A cell that takes the positions of another one, or changes
 * nothing, is no candidate. The effect is what an owner of the book would have had more or less after costs; p asks whether the policy
 * knows more than a random throttle of equal exposure.
 *
 * @source governance specification 16.4 (X2, X4); research specification 10.9
 */
export function policyCandidates(result: PolicyResult, { runId, folder }: CandidatePlace): CandidateFile {
  const head = { run_id: runId, source: 'policy', subject: result.id, version: result.version, digest: result.digest } as const;
  const tried = result.cells.filter((row) => row.slice === 'development' && row.same_as === null && row.difference_bps !== null);
  return {
    ...head,
    verdict: result.verdict,
    missing: result.missing,
    source_path: folder,
    candidates: tried.map((row): Candidate => ({
      ...head,
      ...foundOf(result, row),
      overlay: overlayOf(result, row.cell, folder),
      source_path: folder,
    })),
  };
}

function overlayOf({ id, promoted }: PolicyResult, cell: string, folder: string): string | null {
  return promoted.includes(cell) ? `${folder}/${draftFile(id, cell)}` : null;
}

function foundOf({ cells, gates, design }: PolicyResult, row: CellRow): Omit<Candidate, keyof CandidateHead | 'overlay'> {
  const own = gates.filter(({ cell }) => cell === row.cell);
  const confirmed = cells.find(({ cell, slice }) => cell === row.cell && slice === 'confirmation');
  return {
    candidate: row.cell,
    class: `policy/${design.accounting}/${unit}`,
    status: verdictOf(own),
    effect: row.difference_bps!,
    ci_low: row.ci_low_bps,
    ci_high: row.ci_high_bps,
    level: design.level,
    unit,
    confirmed_effect: confirmed?.difference_bps ?? null,
    p: row.p,
    p_adjusted: row.p_adjusted,
    n_events: row.changed_trades,
    gates: gatesByStatus(own),
  };
}
