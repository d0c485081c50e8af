import type { GateResult } from '../study/result.ts';
import type { SliceBook } from './book.ts';
import { type Cell, type CellOnSlice, cellOnSlice } from './cells.ts';
import { differenceInterval, type FamilyMember, judgeFamily } from './family.ts';
import { judgeDevelopment, judgeInert } from './judge.ts';
import { resamplePlan } from './plan.ts';
import type { BindingRow, CellRow, PolicyFamily, ThrottleRow } from './result.ts';
import { cellRow, throttleRows } from './rows.ts';
import type { PolicyInput } from './input.ts';
import { cellThrottles, isUnmoved } from './throttles.ts';

/** A cell on the development slice. */
export interface Explored {
  readonly cell: Cell;
  readonly found: CellOnSlice;
  readonly row: CellRow;
  readonly gates: readonly GateResult[];
  readonly bindings: readonly BindingRow[];
  readonly throttles: readonly ThrottleRow[];
}

/** Every cell on the development slice, those with positions of their own against random throttles and as one of a family. */
export function explore(input: PolicyInput, cells: readonly Cell[], book: SliceBook): { family: PolicyFamily; explored: Explored[] } {
  const { policy, parentVerdict } = input;
  const found = new Map(cells.map((cell) => [cell, cellOnSlice(cell, book)]));
  const distinct = cells.filter(({ sameAs }) => sameAs === null);
  const members = distinct.map((cell): FamilyMember => ({ measure: found.get(cell)!.measure, throttles: cellThrottles(input, book, cell) }));
  const plan = resamplePlan(input, book);
  const { family, standings } = judgeFamily(members, { prior: input.priorTrials ?? 0, cells: cells.length, plan });
  const explored = cells.map((cell): Explored => {
    const own = found.get(cell)!;
    const place = distinct.indexOf(cell);
    const throttles = members[place]?.throttles ?? null;
    const interval = differenceInterval(own.measure, plan, policy.document.inference.level);
    const row = cellRow(cell, book, { found: own, throttles, standing: standings[place] ?? {}, interval });
    const evidence = { policy, parentVerdict, family, development: row, isUnmoved: throttles !== null && isUnmoved(throttles, row.excess_sharpe!) };
    const gates = cell.sameAs === null ? judgeDevelopment(evidence) : cell.sameAs === 'baseline' ? judgeInert(evidence) : [twin(cell.sameAs)];
    return { cell, found: own, row, gates, bindings: own.bindings, throttles: throttles === null ? [] : throttleRows(cell, book, throttles) };
  });
  return { family, explored };
}

/** The gate of a cell that takes the positions of another one. */
function twin(other: string): GateResult {
  return {
    id: 'distinct',
    status: 'fail',
    observed: {},
    threshold: {},
    why: `it takes the same positions as ${other} and is judged there`,
    evidence: 'cells.csv',
  };
}
