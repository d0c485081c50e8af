import { AppError } from '../../core/errors.ts';
import { nodeOf } from '../../core/expression.ts';
import type { Strategy } from '../../core/intent.ts';
import type { ParamValues } from '../../core/params.ts';
import { formatTime } from '../../core/time.ts';
import { columnOf, type Frame } from '../frame.ts';
import { Generator, makeFunction } from '../generate.ts';
import { columnReads } from '../intentColumns.ts';
import { noDecidedTrades, type Positions } from '../positions.ts';

/**
 * Positions of an intent that names one per bar (`target`) or decides bar by bar (`decide`). On blocked rows
 * the position stays as it was.
 *
 * @throws E_POSITION_INVALID when a wanted position is not a finite number in [-1, 1]
 */
export function resolveTargets(strategy: Strategy, params: ParamValues, frame: Frame): Positions {
  const wanted = new Float64Array(frame.rows);
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
  const decide = strategy.intent.kind === 'decide' ? decider(strategy, params, frame) : null;

  let position = 0;
  for (let row = 0; row < frame.rows; row++) {
    if (!functions.isBlocked(row)) {
      const next = decide === null ? functions.value(row) : decide(row, position);
      if (!(next >= -1 && next <= 1)) {
        throw new AppError('E_POSITION_INVALID', {
          strategy: strategy.id,
          value: String(next),
          symbol: frame.symbol,
          time: formatTime(frame.openTime[row]!),
        });
      }
      position = next === 0 ? 0 : next;
    }
    wanted[row] = position;
  }
  return { wanted, spans: Int32Array.of(0, frame.rows), decided: noDecidedTrades };
}

function decider(strategy: Strategy, params: ParamValues, frame: Frame): (row: number, position: number) => number {
  if (strategy.intent.kind !== 'decide') throw new TypeError('not a decide intent');
  const { reads, decide } = strategy.intent;
  const nodes = reads.map((read) => read.node as { name: string; lag: number });
  const columns = nodes.map((node) => columnOf(frame, node.name));
  const close = columnOf(frame, 'close');
  const values = new Float64Array(nodes.length);
  const state = { position: 0, barsHeld: 0, entryClose: Number.NaN };
  // The engine's own copy: what a strategy writes into its view of the state is gone on the next bar.
  let changedAt = 0;
  let entryClose = Number.NaN;
  return (row, position) => {
    for (let k = 0; k < nodes.length; k++) values[k] = columns[k]![row - nodes[k]!.lag]!;
    state.position = position;
    state.barsHeld = row - changedAt;
    state.entryClose = entryClose;
    const next = decide(values, state, params);
    if (next !== position) {
      changedAt = row;
      if (position === 0 || position * next <= 0) entryClose = next === 0 ? Number.NaN : close[row]!;
    }
    return next;
  };
}
