import { standardProfile } from '../../core/profile.ts';
import type { Frame } from '../../engine/frame.ts';
import type { CompiledPolicy } from '../policy/compile.ts';
import type { StudyEvent } from '../study/detect.ts';
import type { StudyFrame } from '../study/frame.ts';
import { repriced } from './plant.ts';

/** Sizes that a certificate plants against a policy's baseline: basis points of log return per bar. */
export const againstSizes: readonly number[] = [1, 2, 4, 8];

/**
 * A market in which trades lose after events: in every bar of the parent study's longest window after an event, prices drift against the
 * net position of the policy's baseline. Standing aside then is worth something.
 *
 * @param frames with everything that the baseline reads; features of the answer's columns are those of the market before
 * @param drift  basis points of log return per bar
 * @returns      the frames, and what one trade of a line that is open then loses on average, basis points; null when none is
 * @source       research specification 10.11 (2), for policies
 */
export function plantedAgainst(
  policy: CompiledPolicy,
  frames: readonly Frame[],
  { events, drift }: { readonly events: ReadonlyMap<string, readonly StudyEvent[]>; readonly drift: number },
): { readonly frames: StudyFrame[]; readonly bpsPerTrade: number | null } {
  let [lost, trades] = [0, 0];
  const changed = frames.map((frame) => {
    const lines = policy.baseline.map(
      ({ strategy, params }) => policy.accounting.simulate(frame, strategy, params, { costFraction: 0, profile: standardProfile }).money.position,
    );
    const added = driftAgainst(lines, { frame, events: events.get(frame.symbol) ?? [], bars: policy.parent.horizon, drift });
    for (const position of lines) {
      const cost = lossesOf(position, added);
      lost += cost.lost;
      trades += cost.trades;
    }
    return repriced(frame, { added, factor: new Float64Array(frame.rows).fill(1) });
  });
  return { frames: changed, bpsPerTrade: trades === 0 ? null : (10_000 * lost) / trades };
}

function driftAgainst(
  lines: readonly Float64Array[],
  { frame, events, bars, drift }: { frame: Frame; events: readonly StudyEvent[]; bars: number; drift: number },
): Float64Array {
  const added = new Float64Array(frame.rows);
  for (const { anchor } of events)
    for (let row = anchor + 1; row <= Math.min(anchor + bars, frame.rows - 1); row++) {
      let net = 0;
      for (const position of lines) net += position[row - 1]!;
      added[row] = (-drift / 10_000) * Math.sign(net);
    }
  return added;
}

/** What a line loses to added returns, and in how many stretches of an unchanged position. */
function lossesOf(position: Float64Array, added: Float64Array): { lost: number; trades: number } {
  let [lost, trades, last] = [0, 0, -1];
  for (let row = 1, stretch = 0; row < position.length; row++) {
    if (row > 1 && position[row - 1] !== position[row - 2]) stretch++;
    if (position[row - 1] === 0 || added[row] === 0) continue;
    lost -= position[row - 1]! * added[row]!;
    if (stretch !== last) trades++;
    last = stretch;
  }
  return { lost, trades };
}
