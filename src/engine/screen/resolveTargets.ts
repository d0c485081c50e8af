import { AppError } from '../../core/errors.ts';
import { nodeOf } from '../../core/expression.ts';
import type { Strategy } from '../../core/intent.ts';
import type { ParamValues } from '../../core/params.ts';
import { formatTime } from '../../core/time.ts';
import { columnOf, type Frame } from '../frame.ts';
import { Generator, makeFunction } from '../generate.ts';
import { columnReads } from '../intentColumns.ts';
import { OverlaidPosition } from '../overlay/overlaidPosition.ts';
import type { OverlayStack } from '../overlay/overlayStack.ts';
import { noDecidedTrades, type Positions } from '../positions.ts';

/**
 * Positions of an intent that names one per bar (`target`) or decides bar by bar (`decide`). On blocked rows
 * the position stays as it was.
 *
 * @param stack overlays that act on the positions; none when left out
 * @throws E_POSITION_INVALID when a wanted position is not a finite number in [-1, 1]; E_INTENT_UNSUPPORTED for an overlay that
 *         such an intent cannot follow
 */
export function resolveTargets(strategy: Strategy, params: ParamValues, frame: Frame, stack?: OverlayStack): Positions {
  if (stack !== undefined) requireSignals(strategy, stack);
  const wanted = followWishes(positionWishes(strategy, params, frame), new Float64Array(frame.rows), { stack });
  return { wanted, spans: Int32Array.of(0, frame.rows), decided: noDecidedTrades };
}

/** What an intent wants, row by row. */
export interface PositionWishes {
  /** Position wanted at this row's close when `position` is held; NaN where the row decides nothing. */
  at(row: number, position: number): number;
  /** Told after each row which position is held now. */
  note(row: number, position: number): void;
}

/** What wishes are followed with. */
export interface WishFollowing {
  readonly stack?: OverlayStack | undefined;
  /** Rows to follow them on; all when left out. Only wishes that do not depend on the position held may be followed from the middle. */
  readonly within?: { readonly from: number; readonly to: number } | undefined;
  /** Position held before the first of those rows. */
  readonly held?: number;
}

/** Fills the positions in force [rows] when wishes are followed, through overlays where there are any. */
export function followWishes(wishes: PositionWishes, inForce: Float64Array, { stack, within, held = 0 }: WishFollowing = {}): Float64Array {
  const overlaid = stack === undefined ? null : new OverlaidPosition(stack, held);
  const end = within?.to ?? inForce.length;
  let position = held;
  for (let row = within?.from ?? 0; row < end; row++) {
    const want = wishes.at(row, position);
    if (overlaid === null) {
      if (want === want) position = want;
      inForce[row] = position;
    } else {
      overlaid.step(row, want);
      position = overlaid.accepted;
      inForce[row] = overlaid.inForce;
    }
    wishes.note(row, position);
  }
  overlaid?.finish(end);
  return inForce;
}

/**
 * The wishes of a strategy on a frame. Those of a `target` intent do not depend on the position held.
 *
 * @throws E_POSITION_INVALID, when asked, for a wish that is not a finite number in [-1, 1]
 */
export function positionWishes(strategy: Strategy, params: ParamValues, frame: Frame): PositionWishes {
  const reads = columnReads(strategy);
  const firstRow = Math.max(0, ...reads.map((read) => read.lag));
  const generator = new Generator(params);
  const missing = generator.missing(reads);
  const value = strategy.intent.kind === 'target' ? generator.number(nodeOf(strategy.intent.position)) : '0';
  const names = generator.columns;
  const functions = makeFunction(
    ['isGap', ...names.map((_, index) => `c${index}`)],
    `return { isBlocked: (i) => i < ${firstRow} || isGap[i] === 1 || ${missing}, value: (i) => ${value} };`,
  )(frame.isGap, ...names.map((name) => columnOf(frame, name))) as { isBlocked(row: number): boolean; value(row: number): number };
  const decider = strategy.intent.kind === 'decide' ? new Decider(strategy, params, frame) : null;
  return {
    at: (row, position) => {
      if (functions.isBlocked(row)) return Number.NaN;
      const want = decider === null ? functions.value(row) : decider.decide(row, position);
      if (want >= -1 && want <= 1) return want === 0 ? 0 : want;
      throw new AppError('E_POSITION_INVALID', {
        strategy: strategy.id,
        value: String(want),
        symbol: frame.symbol,
        time: formatTime(frame.openTime[row]!),
      });
    },
    note: decider === null ? () => {} : (row, position) => decider.note(row, position),
  };
}

/** A hand-written decision with the state that it may see. */
class Decider {
  readonly #call: (row: number) => number;
  readonly #close: Float64Array;
  readonly #state = { position: 0, barsHeld: 0, entryClose: Number.NaN };
  // The engine's own copy: what a strategy writes into its view of the state is gone on the next bar.
  #position = 0;
  #changedAt = 0;
  #entryClose = Number.NaN;

  constructor(strategy: Strategy, params: ParamValues, frame: Frame) {
    if (strategy.intent.kind !== 'decide') throw new TypeError('not a decide intent');
    const { reads, decide } = strategy.intent;
    const nodes = reads.map((read) => read.node as { name: string; lag: number });
    const columns = nodes.map((node) => columnOf(frame, node.name));
    const values = new Float64Array(nodes.length);
    this.#close = columnOf(frame, 'close');
    this.#call = (row) => {
      for (let k = 0; k < nodes.length; k++) values[k] = columns[k]![row - nodes[k]!.lag]!;
      return decide(values, this.#state, params);
    };
  }

  decide(row: number, position: number): number {
    this.#state.position = position;
    this.#state.barsHeld = row - this.#changedAt;
    this.#state.entryClose = this.#entryClose;
    return this.#call(row);
  }

  note(row: number, position: number): void {
    const before = this.#position;
    if (position === before) return;
    this.#position = position;
    this.#changedAt = row;
    if (before === 0 || before * position <= 0) this.#entryClose = position === 0 ? Number.NaN : this.#close[row]!;
  }
}

function requireSignals(strategy: Strategy, stack: OverlayStack): void {
  const careless = stack.overlays.find(({ effect }) => effect.kind === 'delay' && effect.onSignalLost === 'enter');
  if (careless === undefined) return;
  throw new AppError('E_INTENT_UNSUPPORTED', {
    accounting: 'any',
    strategy: strategy.id,
    part: `overlay ${careless.id} (an entry without its signal)`,
    remedy: 'An intent that names positions says on every row what it wants: let the delay drop an entry whose signal is lost.',
  });
}
