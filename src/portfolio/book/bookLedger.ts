import type { UnitStream } from '../streams.ts';
import { applyCaps } from './caps.ts';
import type { Market } from './market.ts';
import type { BookDays, BookRun, BookState, Execution } from './book.ts';
import { type Changes, mergeSteps, StepWriter } from './steps.ts';

/** Where a book stands, and what it has earned so far. Every array is allocated once; nothing is allocated per bar. */
export interface BookLedger {
  readonly market: Market;
  readonly execution: Execution;
  readonly edges: number;
  readonly symbols: number;
  readonly costFraction: Float64Array;
  readonly changes: Changes;
  /** Next change of a unit exposure that has not happened yet. */
  nextChange: number;
  /** [edges * symbols], edge by edge: unit exposures; contributions of edges to the exposures, wanted and in force. */
  readonly unit: Float64Array;
  readonly wanted: Float64Array;
  readonly own: Float64Array;
  /** [edges * symbols] edge and symbol of a place. */
  readonly edgeOf: Int32Array;
  readonly symbolOf: Int32Array;
  /** [symbols] what a unit of exposure earns on the bar; [edges] pnl of the day so far. */
  readonly move: Float64Array;
  readonly edgeToday: Float64Array;
  /** Contributions that are not zero: their places in `own`. */
  readonly held: Int32Array;
  heldCount: number;
  /** [symbols] exposures in force; wanted before caps; what caps leave of them and by which factors, now and when last traded. */
  readonly exposure: Float64Array;
  readonly desired: Float64Array;
  readonly target: Float64Array;
  readonly factor: Float64Array;
  readonly tradedFactor: Float64Array;
  /** [symbols] 1 where there is no bar now; 1 where the target is another one than when last traded, or not reached. */
  readonly isFixed: Uint8Array;
  readonly isOpen: Uint8Array;
  /** [edges] in force today, and acting on targets (later under a delay). */
  readonly weights: Float64Array;
  readonly acting: Float64Array;
  throttle: number;
  equity: number;
  peak: number;
  /** False while a target waits for a bar or for the rest of its fill. */
  isSettled: boolean;
  readonly pnl: Float64Array;
  readonly gross: Float64Array;
  readonly cost: Float64Array;
  readonly funding: Float64Array;
  readonly daily: BookDays;
  readonly heldBars: Float64Array;
  readonly positiveBars: Float64Array;
  readonly writers: readonly StepWriter[];
  readonly targets: Float64Array[];
  readonly inForce: Float64Array[];
}

/** Targets closer than this are reached: what is left of a partial fill is not worth a trade. */
const closeEnough = 1e-9;
/** A book that followed its drawdown in every digit would trade on every bar. */
const throttleSteps = 20;

/** An empty book before its first bar. */
export function openLedger(streams: readonly UnitStream[], market: Market, execution: Execution): BookLedger {
  const [edges, symbols, { rows }] = [streams.length, market.symbols.length, market];
  const pairs = () => new Float64Array(edges * symbols);
  const ofEdges = () => new Float64Array(edges);
  const ofSymbols = () => new Float64Array(symbols);
  const ofRows = () => new Float64Array(rows);
  return {
    market,
    execution,
    edges,
    symbols,
    costFraction: Float64Array.from(streams, ({ costFraction }) => costFraction * (execution.costMultiple ?? 1)),
    changes: mergeSteps(streams.flatMap(({ exposures }) => exposures)),
    nextChange: 0,
    unit: pairs(),
    wanted: pairs(),
    own: pairs(),
    held: new Int32Array(edges * symbols),
    heldCount: 0,
    exposure: ofSymbols(),
    desired: ofSymbols(),
    target: ofSymbols(),
    factor: ofSymbols(),
    tradedFactor: ofSymbols().fill(1),
    isFixed: new Uint8Array(symbols),
    isOpen: new Uint8Array(symbols),
    move: ofSymbols(),
    edgeToday: ofEdges(),
    edgeOf: Int32Array.from({ length: edges * symbols }, (_, at) => Math.floor(at / symbols)),
    symbolOf: Int32Array.from({ length: edges * symbols }, (_, at) => at % symbols),
    weights: ofEdges(),
    acting: ofEdges(),
    throttle: 1,
    equity: 1,
    peak: 1,
    isSettled: true,
    pnl: ofRows(),
    gross: ofRows(),
    cost: ofRows(),
    funding: ofRows(),
    daily: emptyDays(edges, symbols, market.days),
    heldBars: ofSymbols(),
    positiveBars: ofSymbols(),
    writers: market.symbols.map(() => new StepWriter()),
    targets: [ofEdges()],
    inForce: [ofEdges()],
  };
}

/** What the book was, once its last bar is over. */
export function bookOf(ledger: BookLedger, next: Float64Array | null): BookRun {
  const { pnl, gross, cost, funding, writers, targets, inForce, daily, heldBars, positiveBars } = ledger;
  const exposures = writers.map((writer) => writer.done());
  return { pnl, gross, cost, funding, exposures, targets, weights: inForce, next, daily, heldBars, positiveBars };
}

function emptyDays(edges: number, symbols: number, days: number): BookDays {
  const daily = () => new Float64Array(days);
  const many = (count: number) => Array.from({ length: count }, daily);
  return {
    pnl: daily(),
    cost: daily(),
    throttle: daily().fill(1),
    traded: daily(),
    increases: daily(),
    largestGross: daily(),
    largestNet: daily(),
    largestSymbol: daily(),
    tradedBySymbol: many(symbols),
    symbolPnl: many(symbols),
    edgePnl: many(edges),
    edgeCost: many(edges),
    netting: daily(),
  };
}

/** Sets the throttle from the drawdown so far; true when it changed. */
export function throttled(ledger: BookLedger, day: number): boolean {
  const { throttle } = ledger.execution;
  if (throttle === null) return false;
  const drawdown = 1 - ledger.equity / ledger.peak;
  const left = Math.min(1, Math.max(0, (throttle.hard - drawdown) / (throttle.hard - throttle.soft)));
  const next = Math.floor(left * throttleSteps + 1e-9) / throttleSteps;
  const hasChanged = next !== ledger.throttle;
  ledger.throttle = next;
  ledger.daily.throttle[day] = Math.min(ledger.daily.throttle[day]!, next);
  return hasChanged;
}

/** Return and funding of a bar on the exposures carried into it. */
export function accrue(ledger: BookLedger, row: number, day: number): void {
  if (ledger.heldCount === 0) return;
  const { market, exposure, daily, own, held, symbols, move, edgeToday, edgeOf, symbolOf } = ledger;
  const fundingMultiple = ledger.execution.fundingMultiple ?? 1;
  let [gross, funding] = [0, 0];
  for (let s = 0; s < symbols; s++) {
    const rate = market.fundingRate[s]![row]! * fundingMultiple;
    move[s] = market.returns[s]![row]! - rate;
    const carried = exposure[s]!;
    if (carried === 0) continue;
    const moved = carried * market.returns[s]![row]!;
    const received = -carried * rate;
    gross += moved;
    funding += received;
    daily.symbolPnl[s]![day]! += moved + received;
    ledger.heldBars[s]!++;
    if (moved + received > 0) ledger.positiveBars[s]!++;
  }
  for (let i = 0; i < ledger.heldCount; i++) {
    const at = held[i]!;
    edgeToday[edgeOf[at]!]! += own[at]! * move[symbolOf[at]!]!;
  }
  ledger.gross[row] = gross;
  ledger.funding[row] = funding;
}

/** Takes over all changes of unit exposures up to a row. */
export function advanceUnits(ledger: BookLedger, row: number): void {
  const { changes, unit, symbolOf, isOpen } = ledger;
  const { isLeftOut } = ledger.execution;
  while (ledger.nextChange < changes.row.length && changes.row[ledger.nextChange]! <= row) {
    const at = changes.column[ledger.nextChange]!;
    ledger.nextChange++;
    const s = symbolOf[at]!;
    if (isLeftOut?.[s] === 1) continue;
    unit[at] = changes.value[ledger.nextChange - 1]!;
    isOpen[s] = 1;
    ledger.isSettled = false;
  }
}

/** Makes every symbol's target a new one: weights or throttle have changed. */
export function openAll(ledger: BookLedger): void {
  ledger.isOpen.fill(1);
  ledger.isSettled = false;
}

/** Lets today's weights act on targets. */
export function setActing(ledger: BookLedger): void {
  const { acting, weights } = ledger;
  if (acting.every((weight, edge) => weight === weights[edge])) return;
  acting.set(weights);
  openAll(ledger);
}

/**
 * Trades from the exposures in force towards the targets of this close, as far as bars and fills allow. Only symbols whose target is another one
 * than when last traded are looked at: their own changed, or the caps leave another part of it.
 */
export function trade(ledger: BookLedger, row: number, day: number): void {
  const { market, symbols, own, exposure, desired, target, factor, tradedFactor, isFixed, isOpen } = ledger;
  for (let s = 0; s < symbols; s++) {
    if (isOpen[s] === 1) addUpTarget(ledger, s);
    isFixed[s] = market.isTradable[s]![row] === 1 ? 0 : 1;
    target[s] = isFixed[s] === 1 ? exposure[s]! : desired[s]!;
  }
  applyCaps(target, factor, { caps: ledger.execution.caps, isFixed });
  let isSettled = true;
  for (let s = 0; s < symbols; s++) {
    if (isFixed[s] === 0 && (isOpen[s] === 1 || factor[s] !== tradedFactor[s])) {
      tradedFactor[s] = factor[s]!;
      isOpen[s] = fillSymbol(ledger, s, { row, day }) ? 0 : 1;
    }
    if (isOpen[s] === 1) isSettled = false;
  }
  ledger.isSettled = isSettled;
  ledger.heldCount = 0;
  for (let at = 0; at < own.length; at++) if (own[at] !== 0) ledger.held[ledger.heldCount++] = at;
  noteLargest(ledger, day);
}

/** What the edges want of a symbol, and their sum. */
function addUpTarget({ edges, symbols, wanted, unit, acting, throttle, desired }: BookLedger, s: number): void {
  let sum = 0;
  for (let edge = 0; edge < edges; edge++) {
    const at = edge * symbols + s;
    wanted[at] = throttle * acting[edge]! * unit[at]!;
    sum += wanted[at];
  }
  desired[s] = sum;
}

/** Trades one symbol and charges it; false when a part of the trade is left. */
function fillSymbol(ledger: BookLedger, s: number, { row, day }: { row: number; day: number }): boolean {
  const { edges, symbols, wanted, own, costFraction, daily, edgeToday } = ledger;
  const fill = ledger.execution.fillRatio ?? 1;
  const factor = ledger.factor[s]!;
  let [sum, moved, alone, isDone] = [0, 0, 0, true];
  for (let edge = 0; edge < edges; edge++) {
    const at = edge * symbols + s;
    const goal = wanted[at]! * factor;
    const open = goal - own[at]!;
    const isPartial = fill < 1 && Math.abs(open) > closeEnough;
    const next = isPartial ? own[at]! + fill * open : goal;
    if (isPartial) isDone = false;
    const change = Math.abs(next - own[at]!);
    const cost = change * costFraction[edge]!;
    own[at] = next;
    sum += next;
    if (change === 0) continue;
    moved += change;
    alone += cost;
    daily.edgeCost[edge]![day]! += cost;
    edgeToday[edge]! -= cost;
  }
  const traded = Math.abs(sum - ledger.exposure[s]!);
  if (moved === 0) return isDone;
  // What is traded pays the mean cost of those who wanted to trade, so netting never costs more than trading apart.
  const cost = Math.min(alone, (traded * alone) / moved);
  ledger.exposure[s] = sum;
  ledger.cost[row]! += cost;
  daily.symbolPnl[s]![day]! -= cost;
  daily.netting[day]! += alone - cost;
  daily.traded[day]! += traded;
  daily.tradedBySymbol[s]![day]! += traded;
  ledger.writers[s]!.set(row, sum);
  return isDone;
}

/** Adds a bar up. */
export function settle(ledger: BookLedger, row: number, day: number): void {
  const earned = ledger.gross[row]! - ledger.cost[row]! + ledger.funding[row]!;
  ledger.pnl[row] = earned;
  ledger.daily.pnl[day]! += earned;
  ledger.daily.cost[day]! += ledger.cost[row]!;
  ledger.equity += earned;
  ledger.peak = Math.max(ledger.peak, ledger.equity);
}

/** Largest exposures of the day, the ones in force now among them. */
function noteLargest({ exposure, daily }: BookLedger, day: number): void {
  let [gross, net, largest] = [0, 0, 0];
  for (const value of exposure) {
    gross += Math.abs(value);
    net += value;
    largest = Math.max(largest, Math.abs(value));
  }
  daily.largestGross[day] = Math.max(daily.largestGross[day]!, gross);
  daily.largestNet[day] = Math.max(daily.largestNet[day]!, Math.abs(net));
  daily.largestSymbol[day] = Math.max(daily.largestSymbol[day]!, largest);
}

/** What may be known when a day has ended. */
export function endOfDay(ledger: BookLedger, day: number): BookState {
  const { weights, unit, daily } = ledger;
  const state = {
    day,
    weights,
    unitExposures: unit,
    drawdown: 1 - ledger.equity / ledger.peak,
    largestGross: daily.largestGross[day]!,
    largestNet: daily.largestNet[day]!,
    largestSymbol: daily.largestSymbol[day]!,
  };
  for (let edge = 0; edge < ledger.edges; edge++) daily.edgePnl[edge]![day] = ledger.edgeToday[edge]!;
  ledger.edgeToday.fill(0);
  // What is held overnight is held on the next day too.
  if (day + 1 < ledger.market.days) noteLargest(ledger, day + 1);
  return state;
}

/** Puts weights in force for a day: reductions as decided, increases as far as the turnover budget goes. */
export function takeWeights(ledger: BookLedger, decided: Float64Array | null, day: number): void {
  const { weights, daily, execution } = ledger;
  const target = decided === null ? ledger.targets.at(-1)! : Float64Array.from(decided);
  if (decided !== null) {
    let increase = 0;
    for (let edge = 0; edge < weights.length; edge++) increase += Math.max(0, target[edge]! - weights[edge]!);
    const budget = execution.turnoverDailyMax;
    const share = budget !== null && increase > budget ? budget / increase : 1;
    for (let edge = 0; edge < weights.length; edge++) {
      const change = target[edge]! - weights[edge]!;
      weights[edge] = share < 1 && change > 0 ? weights[edge]! + share * change : target[edge]!;
    }
    daily.increases[day] = share * increase;
  }
  ledger.targets.push(target);
  ledger.inForce.push(Float64Array.from(weights));
}
