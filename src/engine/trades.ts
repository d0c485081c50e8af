import type { Profile } from '../core/profile.ts';
import { columnOf, type Frame } from './frame.ts';
import type { DecidedTrades, Positions } from './positions.ts';
import type { Money } from './screen/money.ts';

/** One round trip of one strategy on one symbol. Money is a fraction of the line's unit notional. */
export interface Trade {
  readonly strategy: string;
  readonly symbol: string;
  readonly direction: 'long' | 'short';
  readonly entryRow: number;
  /** Row of the exit; the last row for a trade that is open at the end. */
  readonly exitRow: number;
  /** Open times (epoch ms) of the bars at whose close the trade began and ended. */
  readonly entryTime: number;
  readonly exitTime: number;
  readonly entryPrice: number;
  readonly exitPrice: number;
  readonly pnl: number;
  readonly gross: number;
  readonly cost: number;
  readonly funding: number;
  readonly barsHeld: number;
  readonly isOpen: boolean;
  readonly exitReason: string;
  /** Protective and take-profit price; NaN when there is none. */
  readonly stop: number;
  readonly target: number;
  /** Pnl over the risk to the stop; NaN when the trade has no stop. */
  readonly rMultiple: number;
  /** The reference's R: risk to the one-day range edge, imposed on every strategy; 0 where undefined. */
  readonly rangeEdgeR: number;
  /** The distance that R divides by, as a fraction of the entry price; 0 where there is none. */
  readonly rangeEdgeRisk: number;
  /** Bars from entry to exit whose quality flags are not empty. */
  readonly flaggedBars: number;
  /** Worst and best move against the entry price while held. */
  readonly mae: number;
  readonly mfe: number;
}

export interface TradeOptions {
  readonly strategy: string;
  readonly profile: Pick<Profile, 'exitReason' | 'riskModel' | 'flipBar' | 'openTradeReason' | 'gapReturn'>;
}

/** The reference labels every exit after this many bars `time`, whatever the strategy's own limit. */
const inferredTimeBars = 48;

/**
 * The round trips behind a series of positions, in time order. The sum of their pnl equals the sum of the pnl
 * series (except under the reference's counting of flip bars).
 *
 * @source core-pipeline specification 16.5
 */
export function extractTrades(frame: Frame, positions: Positions, money: Money, options: TradeOptions): Trade[] {
  const build = tradeBuilder(frame, positions.decided, money, options);
  const trades: Trade[] = [];
  const { position } = money;
  const { spans } = positions;
  let entry = -1;
  let done = 0;
  for (let span = 0; span < spans.length; span += 2) {
    const to = spans[span + 1]!;
    for (let row = Math.max(done, spans[span]!); row < to; row++) {
      const now = position[row]!;
      if (entry >= 0 && Math.sign(now) !== Math.sign(position[entry]!)) {
        trades.push(build(entry, row, false));
        entry = now === 0 ? -1 : row;
      } else if (entry < 0 && now !== 0) {
        entry = row;
      }
    }
    done = Math.max(done, to);
  }
  if (entry >= 0) trades.push(build(entry, frame.rows - 1, true));
  return trades;
}

function tradeBuilder(frame: Frame, decided: DecidedTrades, money: Money, options: TradeOptions) {
  const decidedAt = new Map<number, number>();
  for (let trade = 0; trade < decided.count; trade++) decidedAt.set(decided.entry[trade]!, trade);
  const [close, high, low] = ['close', 'high', 'low'].map((name) => columnOf(frame, name)) as [Float64Array, Float64Array, Float64Array];
  const upper = frame.columns['high_96'];
  const lower = frame.columns['low_96'];
  const { profile } = options;
  return (entry: number, exit: number, isOpen: boolean): Trade => {
    const side = money.position[entry]! > 0 ? 1 : -1;
    const sums = sumTrade(money, entry, exit, profile.flipBar === 'split');
    const entryPrice = close[entry]!;
    const edge = rangeEdge(side, entryPrice, (side === 1 ? lower : upper)?.[entry] ?? Number.NaN);
    const rangeEdgeR = edge.risk > 0 ? sums.pnl / edge.risk : 0;
    const decision = decidedAt.get(entry);
    const declaredStop = decision === undefined ? Number.NaN : decided.stop[decision]!;
    const isDeclared = profile.riskModel === 'declared';
    // Of the position taken, which is smaller than the unit under an overlay.
    const declaredRisk = (Math.abs(money.position[entry]!) * side * (entryPrice - declaredStop)) / entryPrice;
    const stop = isDeclared ? declaredStop : edge.stop;
    const target = isDeclared ? (decision === undefined ? Number.NaN : decided.target[decision]!) : edge.target;
    const reason = (): string => {
      if (isOpen) return profile.openTradeReason;
      if (profile.exitReason === 'inferred')
        return inferReason(
          side,
          { stop: edge.stop, target: edge.target },
          { high: high[exit]!, low: low[exit]!, position: money.position[exit]!, held: exit - entry },
        );
      if (decision !== undefined && decided.exit[decision] === exit) return decided.reasons[decided.reason[decision]!]!;
      return money.position[exit] !== 0 ? 'position_flip' : 'position_exit';
    };
    const path = excursions(side, entryPrice, high.subarray(entry + 1, exit + 1), low.subarray(entry + 1, exit + 1));
    return {
      strategy: options.strategy,
      symbol: frame.symbol,
      direction: side === 1 ? 'long' : 'short',
      entryRow: entry,
      exitRow: exit,
      entryTime: frame.openTime[entry]!,
      exitTime: frame.openTime[exit]!,
      entryPrice,
      exitPrice: isOpen ? lastKnown(close, exit) : close[exit]!,
      ...sums,
      barsHeld: exit - entry,
      isOpen,
      exitReason: reason(),
      stop,
      target,
      rMultiple: isDeclared ? (declaredRisk > 0 ? sums.pnl / declaredRisk : Number.NaN) : rangeEdgeR,
      rangeEdgeR,
      rangeEdgeRisk: edge.risk,
      flaggedBars: countFlagged(frame.quality, entry, exit),
      ...path,
    };
  };
}

/** Sums bar by bar from the entry row to the exit row, both included; a flip bar's share of the other trade is left out when split. */
function sumTrade(money: Money, entry: number, exit: number, splitsFlips: boolean): { pnl: number; gross: number; cost: number; funding: number } {
  let [pnl, gross, cost, funding] = [0, 0, 0, 0];
  for (let row = entry; row <= exit; row++) {
    pnl += money.pnl[row]!;
    gross += money.gross[row]!;
    cost += money.cost[row]!;
    funding += money.funding[row]!;
  }
  const before = entry > 0 ? money.position[entry - 1]! : 0;
  const after = money.position[exit]!;
  if (splitsFlips && before !== 0) {
    const share = money.cost[entry]! * (Math.abs(before) / Math.abs(money.position[entry]! - before));
    gross -= money.gross[entry]!;
    funding -= money.funding[entry]!;
    cost -= share;
    pnl -= money.gross[entry]! + money.funding[entry]! - share;
  }
  if (splitsFlips && exit > entry && after !== 0 && Math.sign(after) !== Math.sign(money.position[entry]!)) {
    const share = money.cost[exit]! * (Math.abs(after) / Math.abs(after - money.position[exit - 1]!));
    cost -= share;
    pnl += share;
  }
  return { pnl, gross, cost, funding };
}

/** Stop at the edge of the one-day range, target at twice the distance, risk as a fraction of the entry price. */
function rangeEdge(side: number, entry: number, stop: number): { stop: number; target: number; risk: number } {
  const distance = side * (entry - stop);
  const isUsable = entry > 0 && distance > 0;
  return { stop: entry > 0 ? stop : Number.NaN, target: isUsable ? entry + 2 * side * distance : Number.NaN, risk: isUsable ? distance / entry : 0 };
}

/** The reference's guess at why a trade ended, from prices alone. */
function inferReason(
  side: number,
  level: { stop: number; target: number },
  exit: { high: number; low: number; position: number; held: number },
): string {
  if (level.stop === level.stop && level.target === level.target) {
    if (side === 1 ? exit.low <= level.stop : exit.high >= level.stop) return 'stop';
    if (side === 1 ? exit.high >= level.target : exit.low <= level.target) return 'target';
  }
  if (exit.position !== 0) return 'position_flip';
  return exit.held >= inferredTimeBars ? 'time' : 'position_exit';
}

function excursions(side: number, entry: number, high: Float64Array, low: Float64Array): { mae: number; mfe: number } {
  let [mae, mfe] = [0, 0];
  for (let row = 0; row < high.length; row++) {
    const adverse = side * ((side === 1 ? low[row]! : high[row]!) / entry - 1);
    const favorable = side * ((side === 1 ? high[row]! : low[row]!) / entry - 1);
    if (adverse < mae) mae = adverse;
    if (favorable > mfe) mfe = favorable;
  }
  return { mae, mfe };
}

function countFlagged(quality: Float64Array | undefined, entry: number, exit: number): number {
  let count = 0;
  if (quality !== undefined) for (let row = entry; row <= exit; row++) if (quality[row] !== 0) count++;
  return count;
}

function lastKnown(close: Float64Array, row: number): number {
  let at = row;
  while (at > 0 && close[at] !== close[at]) at--;
  return close[at]!;
}
