import type { ReferenceFrame } from './frame.ts';
import type { Picks } from './draw.ts';
import type { ReferenceFile } from './table.ts';

/** What every reference analyzer is told. */
export interface ReferenceOptions {
  readonly runId: string;
  /** Controls drawn elsewhere, by event key; default: our own draws. */
  readonly picks?: Picks | undefined;
}

/** One analyzer of the reference system, literal. Pure: frames in, files out. */
export interface ReferenceAnalyzer<Options = unknown> {
  readonly id: string;
  /**
   * @param frames  one per symbol, in the order of the symbols; columns as in the reference's feature table (`featureTable`)
   * @param options those of its command line, all with the reference's defaults
   */
  readonly files: (frames: readonly ReferenceFrame[], options: ReferenceOptions & Partial<Options>) => ReferenceFile[];
}
