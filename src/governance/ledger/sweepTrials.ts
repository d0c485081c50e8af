import { hashOf, sha256 } from '../../core/canonicalJson.ts';
import type { TrialsBody } from './entry.ts';

export interface SweepLooked extends Pick<TrialsBody, 'hypothesis' | 'subject' | 'run_id' | 'window'> {
  /** What was swept on what: the strategy, the grid, the data. */
  readonly what: Readonly<Record<string, unknown>>;
  /** [cells] each: every figure that a cell could have been chosen by. */
  readonly results: Readonly<Record<string, Float64Array>>;
  /** Which of the results is the figure of merit. */
  readonly metric: string;
}

/**
 * All cells of a sweep as one entry of the ledger: as many trials as cells, tied to their results by one hash over the columns, because a line
 * per cell would cost more than the sweep.
 *
 * @source statistics specification 5 (trials are counted by machine); performance specification T4
 */
export function sweepTrials({ what, results, metric, ...looked }: SweepLooked): TrialsBody {
  const columns = Object.entries(results).map(([name, values]) => [
    name,
    sha256(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  ]);
  return {
    t: 'TRIALS',
    kind: 'sweep',
    ...looked,
    digest: hashOf({ ...what, results: Object.fromEntries(columns) }),
    trials: results[metric]?.length ?? 0,
    result: { metric, value: null, verdict: null },
  };
}
