import { unitOf } from '../study/effectUnit.ts';
import type { StudyDocument } from '../study/document.ts';
import type { StudyResult } from '../study/result.ts';
import { type CandidateFile, gatesByStatus } from './candidate.ts';

/** Where a result lies. */
export interface CandidatePlace {
  readonly runId: string;
  /** Folder of the study's tables, relative to the data root. */
  readonly folder: string;
}

/**
 * The candidate of an event study: its primary estimand, which alone its gates judge. None where that could not be estimated.
 *
 * @source governance specification 16.4 (X2, X4)
 */
export function studyCandidates(document: StudyDocument, result: StudyResult, { runId, folder }: CandidatePlace): CandidateFile {
  const { primary } = document.hypothesis;
  const on = (slice: string) => result.effects.find((row) => row.estimand === primary && row.slice === slice);
  const found = on('development');
  const head = { run_id: runId, source: 'study', subject: result.id, version: result.version, digest: result.digest } as const;
  const file = { ...head, verdict: result.verdict, missing: result.missing, source_path: folder };
  if (found === undefined || found.effect === null) return { ...file, candidates: [] };
  return {
    ...file,
    candidates: [
      {
        ...head,
        candidate: primary,
        class: classOf(document, primary),
        status: result.verdict,
        effect: found.effect,
        ci_low: found.ci_low,
        ci_high: found.ci_high,
        level: document.inference.level,
        unit: unitOf(document, primary).words,
        confirmed_effect: on('confirmation')?.effect ?? null,
        p: found.p_raw,
        p_adjusted: found.p_raw,
        n_events: found.n_events,
        gates: gatesByStatus(result.gates),
        overlay: null,
        source_path: folder,
      },
    ],
  };
}

/** Statistic and unit; where the unit is that of a series of the study's own, the study as well. */
function classOf(document: StudyDocument, estimand: string): string {
  const { statistic, unit } = document.estimands[estimand]!;
  const { kind, words } = unitOf(document, estimand);
  const isOwn = kind === 'plain' && unit === '' && statistic !== 'restricted_mean_difference';
  return ['study', statistic, ...(isOwn ? [document.id] : []), words].join('/');
}
