import { runUnit } from '../../core/errors.ts';
import type { Strategy } from '../../core/intent.ts';
import type { ParamValues } from '../../core/params.ts';
import type { Rehearsal, RehearsalRun } from '../accounting.ts';
import { compileBracket } from '../compileBracket.ts';
import type { Frame } from '../frame.ts';
import { OverlayStack } from '../overlay/overlayStack.ts';
import { copyPath, PathBuilder, pathOfPositions, type PositionPath } from '../overlay/path.ts';
import { FoundEntries, RememberedEntries } from './bracketEntries.ts';
import { DailyMoney } from './dailyMoney.ts';
import { followWishes, positionWishes, type PositionWishes, resolveTargets } from './resolveTargets.ts';
import { walkTrades } from './walkTrades.ts';

type Follower = (stack: OverlayStack, within: RehearsalRun['within']) => PositionPath;

/**
 * A line under the screen, prepared for many runs under different overlays, by the standard profile (funding paid, gaps carried).
 * A bracket's entries and the end of each trade, or the positions that a target intent wants, are worked out once; a hand-written
 * decision depends on the position that it is told and runs anew.
 */
export function rehearse(
  frame: Frame,
  strategy: Strategy,
  { params, costFraction }: { readonly params: ParamValues; readonly costFraction: number },
): Rehearsal {
  const unit = `strategy ${strategy.id}`;
  const money = new DailyMoney(frame, costFraction);
  const pathUnder = runUnit(unit, () => follower(frame, strategy, params));
  return {
    strategy: strategy.id,
    symbol: frame.symbol,
    run: (overlays, into, { keepsActs = false, within } = {}) => {
      const stack = new OverlayStack(overlays, { keepsActs, within });
      const path = runUnit(unit, () => pathUnder(stack, within));
      money.add(path, into);
      return { path, record: stack.record };
    },
  };
}

function follower(frame: Frame, strategy: Strategy, params: ParamValues): Follower {
  const { kind } = strategy.intent;
  if (kind === 'bracket') return bracketFollower(frame, strategy, params);
  if (kind === 'decide') return (stack) => pathOfPositions(resolveTargets(strategy, params, frame, stack).wanted);
  return targetFollower(positionWishes(strategy, params, frame), frame.rows);
}

function targetFollower(wishes: PositionWishes, rows: number): Follower {
  const remembered = rememberedWishes(wishes, rows);
  const alone = followWishes(remembered, new Float64Array(rows));
  const inForce = new Float64Array(rows);
  return (stack, within = { from: 0, to: rows }) => {
    // One row earlier, so that the path says what was held before the first row.
    const span = { from: Math.max(0, within.from - 1), to: within.to };
    followWishes(remembered, inForce, { stack, within: span, held: alone[span.from - 1] ?? 0 });
    return pathOfPositions(inForce, span);
  };
}

function bracketFollower(frame: Frame, strategy: Strategy, params: ParamValues): Follower {
  const bracket = compileBracket(strategy, params, frame);
  const entries = new RememberedEntries(new FoundEntries(bracket, frame), frame.rows);
  const path = new PathBuilder();
  const take = ({ entry, exit, side, size }: { entry: number; exit: number; side: number; size: number }): void => path.add(entry, exit, side * size);
  walkTrades(bracket, frame, { entries, take });
  const alone = copyPath(path);
  return (stack, within) => {
    path.clear();
    // Before the rows on which overlays act, the line is what it is without them: it begins with the last trade before those.
    const open = within === undefined ? -1 : lastBefore(alone, within.from);
    const start = open < 0 ? undefined : { from: alone.from[open]!, lastEntry: alone.from[open - 1] ?? null };
    walkTrades(bracket, frame, { entries, stack, start, until: within?.to, take });
    return path;
  };
}

/** Place of the last stretch that begins before a row; -1 for none. */
function lastBefore({ count, from }: PositionPath, row: number): number {
  let place = -1;
  while (place + 1 < count && from[place + 1]! < row) place++;
  return place;
}

/** Wishes that do not depend on the position held, worked out once. */
function rememberedWishes(wishes: PositionWishes, rows: number): PositionWishes {
  const wanted = new Float64Array(rows);
  for (let row = 0; row < rows; row++) wanted[row] = wishes.at(row, 0);
  return { at: (row) => wanted[row]!, note: () => {} };
}
