import type { Frame } from '../../engine/frame.ts';
import type { Verdict } from '../study/result.ts';
import type { CompiledPolicy } from './compile.ts';

/** What a policy study is run on. */
export interface PolicyInput {
  readonly policy: CompiledPolicy;
  /** One per symbol, in any order; results do not depend on it. */
  readonly frames: readonly Frame[];
  /** Root of all random streams. */
  readonly seed: number;
  /** What the parent study found on these data; null when it was not run. */
  readonly parentVerdict: Verdict | null;
  /** Trials of the same hypothesis that the ledger knows of; 0 when left out. */
  readonly priorTrials?: number;
  /** Whether the sealed last slice is looked at; its caller has to have recorded the opening. */
  readonly isHoldoutOpen?: boolean;
}
