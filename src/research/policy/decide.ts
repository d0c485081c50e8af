import { holm } from '../../stats/multiple/adjust.ts';
import type { GateResult } from '../study/result.ts';
import type { SliceBook } from './book.ts';
import { type Cell, cellOnSlice } from './cells.ts';
import type { Explored } from './explore.ts';
import { differenceInterval, throttleP } from './family.ts';
import { type CellEvidence, judgeConfirmation, judgeHoldout, verdictOf } from './judge.ts';
import { resamplePlan } from './plan.ts';
import type { BindingRow, CellRow, PolicyFamily, PolicyStabilityRow, ThrottleRow } from './result.ts';
import { cellRow, throttleRows } from './rows.ts';
import type { PolicyInput } from './input.ts';
import { stabilityRows } from './stability.ts';
import { cellThrottles } from './throttles.ts';

/** A cell that was let through, on the slices after development. */
export interface Decided {
  readonly cell: Cell;
  readonly rows: readonly CellRow[];
  readonly gates: readonly GateResult[];
  readonly bindings: readonly BindingRow[];
  readonly throttles: readonly ThrottleRow[];
  readonly stability: readonly PolicyStabilityRow[];
}

interface Books {
  readonly development: SliceBook;
  readonly confirmation: SliceBook;
  /** Null while it is sealed. */
  readonly holdout: SliceBook | null;
}

/**
 * The cells that development let through, on the confirmation slice: nothing else is ever looked at there. P-values are adjusted for
 * their number. The holdout is read for those alone that passed everything else.
 */
export function decide(
  input: PolicyInput,
  { family, through, books }: { readonly family: PolicyFamily; readonly through: readonly Explored[]; readonly books: Books },
): Decided[] {
  const { policy, parentVerdict } = input;
  const { development, confirmation, holdout } = books;
  const measured = through.map(({ cell }) => {
    const found = cellOnSlice(cell, confirmation);
    const throttles = cellThrottles(input, confirmation, cell);
    return { found, throttles, p: throttleP({ measure: found.measure, throttles }) };
  });
  const isTold = measured.every(({ p }) => p !== null);
  const adjusted = isTold ? holm(measured.map(({ p }) => p!)) : null;
  const plan = resamplePlan(input, confirmation);
  return through.map(({ cell, found: explored, row: developmentRow }, i) => {
    const { found, throttles, p } = measured[i]!;
    const interval = differenceInterval(found.measure, plan, policy.document.inference.level);
    const row = cellRow(cell, confirmation, { found, throttles, interval, standing: { p, pAdjusted: adjusted?.[i] ?? null } });
    const stability = stabilityRows(cell, [
      { book: development, found: explored },
      { book: confirmation, found },
    ]);
    const evidence: CellEvidence = { policy, parentVerdict, family, development: developmentRow, confirmation: row, stability };
    const gates = judgeConfirmation(evidence);
    const isReady = verdictOf(gates) === 'pass';
    const sealed = isReady && holdout !== null ? cellOnSlice(cell, holdout) : null;
    const sealedRow = sealed === null ? null : cellRow(cell, holdout!, { found: sealed, throttles: null, interval: null, standing: {} });
    const last = isReady ? judgeHoldout({ ...evidence, holdout: sealedRow }) : null;
    return {
      cell,
      rows: sealedRow === null ? [row] : [row, sealedRow],
      gates: last === null ? gates : [...gates, last],
      bindings: [...found.bindings, ...(sealed?.bindings ?? [])],
      throttles: throttleRows(cell, confirmation, throttles),
      stability,
    };
  });
}
