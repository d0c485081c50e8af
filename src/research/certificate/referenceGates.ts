import { featureTable, featureTableColumns, referenceAnalyzers, type ReferenceFile, type ReferenceFrame } from '../compat/index.ts';

/** Where an analyzer of the reference system says that it approves. */
const approvals: Readonly<Record<string, { readonly file: string; readonly isApproved: (said: Readonly<Record<string, unknown>>) => boolean }>> = {
  vol_shock_relaxation: { file: 'vol_shock_relaxation_summary.json', isApproved: (said) => said['phase1_structure_pass'] === true },
  conditional_expectancy: { file: 'conditional_expectancy.json', isApproved: (said) => said['expectancy_exists'] === true },
  validate_expectancy_traps: {
    file: 'conditional_expectancy_robustness.json',
    isApproved: ({ survivors }) => Array.isArray(survivors) && survivors.length > 0,
  },
  phase2: { file: 'promoted_candidates.json', isApproved: ({ decision }) => decision === 'promote' },
};

/** Columns that the reference's gates need beside bars and funding. */
export const referenceColumns: readonly string[] = featureTableColumns;

/** The reference's analyzer that decides what a study or policy decides; null where it has none with a gate. */
export function referenceGate(subject: { readonly kind: 'study' | 'policy'; readonly id: string; readonly parent?: string }): string | null {
  // Its second phase is defined on volatility shocks alone.
  if (subject.kind === 'policy') return subject.parent === 'vol_shock_relaxation' ? 'phase2' : null;
  return Object.hasOwn(approvals, subject.id) && subject.id !== 'phase2' ? subject.id : null;
}

/**
 * Whether the reference's own gates approve a market: phase 1 lets the event on, an expectancy exists, phase 2 promotes.
 *
 * @param gate   an answer of `referenceGate`
 * @param frames one per symbol, with `referenceColumns`
 * @throws RangeError when a frame lacks a column
 */
export function referenceApproves(gate: string, frames: readonly ReferenceFrame[]): boolean {
  const { file, isApproved } = approvals[gate]!;
  const files = referenceAnalyzers.get(gate)!.files(frames.map(featureTable), { runId: 'certificate' });
  const said = files.find((made: ReferenceFile) => made.name === file);
  if (said === undefined || !('text' in said)) throw new RangeError(`the reference’s ${gate} wrote no ${file}`);
  return isApproved(JSON.parse(said.text) as Record<string, unknown>);
}
