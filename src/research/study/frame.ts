import { type FormulaFrame, FormulaValues } from '../../formula/evaluate.ts';
import type { Formula } from '../../formula/ast.ts';
import type { CompiledStudy, SignedFormula } from './compile.ts';

/**
 * One symbol's bars for a study. All arrays [rows], read only; NaN is missing. Rows are as long as the study's clock says and lie on its grid,
 * without a hole for bars, in stretches parted by a gap row for seconds.
 */
export interface StudyFrame extends FormulaFrame {
  readonly symbol: string;
  /** 1 on rows without a usable bar. */
  readonly isGap: Uint8Array;
}

/** A half-open range of rows. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** A frame with a study's formulas over it: every series once, thresholds in force. */
export class StudySeries {
  readonly frame: StudyFrame;
  readonly study: CompiledStudy;
  readonly values: FormulaValues;
  readonly thresholds: Readonly<Record<string, number>>;
  /** [rows] first row at or after this one that is a gap; rows where none comes. */
  readonly nextGap: Int32Array;

  /** @param shared values of the same frame without thresholds, so that series are computed once for all threshold levels */
  constructor(
    frame: StudyFrame,
    study: CompiledStudy,
    { thresholds, shared }: { thresholds: Readonly<Record<string, number>>; shared: FormulaValues },
  ) {
    this.frame = frame;
    this.study = study;
    this.thresholds = thresholds;
    this.values = new FormulaValues(frame, thresholds, shared);
    this.nextGap = new Int32Array(frame.rows + 1);
    this.nextGap[frame.rows] = frame.rows;
    for (let row = frame.rows - 1; row >= 0; row--) this.nextGap[row] = frame.isGap[row] === 1 ? row : this.nextGap[row + 1]!;
  }

  of(formula: Formula): Float64Array {
    return this.values.of(formula);
  }

  signed(formula: SignedFormula, direction: number): Float64Array {
    return this.values.of(direction < 0 ? formula.down : formula.up);
  }

  column(name: string): Float64Array {
    const column = this.frame.columns[name];
    if (column === undefined) throw new RangeError(`the frame of ${this.frame.symbol} has no column ${name}`);
    return column;
  }
}
