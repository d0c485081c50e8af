import { dayMs } from '../../core/time.ts';
import { legacyMoments } from './moments.ts';
import { type LegacyCaps, type LegacyMode, type LegacyMoments, legacyWeights } from './weights.ts';

/** The reference's limits under its own names' meaning; fractions. */
export interface LegacyLimits {
  readonly maxDrawdown: number;
  readonly cvarDaily99: number;
  readonly grossMax: number;
  readonly netMax: number;
  readonly symbolMax: number;
  /** Ceiling of a weight in the weight step, and of a risk contribution afterwards. */
  readonly edgeMax: number;
  readonly turnoverDaily: number;
}

export interface LegacySettings {
  readonly limits: LegacyLimits;
  readonly lookbackBars: number;
  readonly returnTilt: number;
}

export const legacyDefaults: LegacySettings = {
  limits: { maxDrawdown: 0.2, cvarDaily99: 0.025, grossMax: 1.5, netMax: 0.6, symbolMax: 0.2, edgeMax: 0.25, turnoverDaily: 0.3 },
  lookbackBars: 384,
  returnTilt: 0.35,
};

/** An edge as the reference's portfolio sees it. */
export interface LegacyEdge {
  readonly id: string;
  /** Per symbol [bars] positions -1, 0 or 1 decided at the close of the bar. */
  readonly positions: readonly ArrayLike<number>[];
  /** [bars] sum over symbols of position before x return - cost of the change. */
  readonly returns: Float64Array;
}

export interface LegacyMarket {
  readonly symbols: readonly string[];
  /** [bars] epoch ms. */
  readonly openTime: Float64Array;
  /** Symbols that make an edge live in a month (`2024-01`); all of them where a month is absent. */
  readonly monthSymbols?: ReadonlyMap<string, readonly string[]>;
}

export interface LegacyRun {
  readonly mode: LegacyMode;
  /** [bars] */
  readonly pnl: Float64Array;
  /** Per edge [bars]. */
  readonly weights: readonly Float64Array[];
  /** Per symbol [bars]. */
  readonly exposures: readonly Float64Array[];
  /** [days with bars] turnover charged. */
  readonly dailyTurnover: Float64Array;
}

/**
 * The reference's portfolio, bar by bar, with its faults: the mask of a bar looks at positions decided at that bar's close, reductions use
 * up the turnover budget, and cap scaling stays. For comparison only.
 *
 * @throws E_CONFIG for an unknown mode
 * @source governance specification 9.5
 */
export function runLegacy(
  mode: LegacyMode,
  edges: readonly LegacyEdge[],
  market: LegacyMarket,
  settings: LegacySettings = legacyDefaults,
): LegacyRun {
  const { limits, lookbackBars } = settings;
  const bars = market.openTime.length;
  const weightSettings = { weightMax: limits.edgeMax, grossMax: limits.grossMax, returnTilt: settings.returnTilt };
  const momentsAt = legacyMoments(
    edges.map(({ returns }) => returns),
    lookbackBars,
  );
  const isLive = liveMask(edges, market);
  const pnl = new Float64Array(bars);
  const weights = edges.map(() => new Float64Array(bars));
  const exposures = market.symbols.map(() => new Float64Array(bars));
  const dailyTurnover: number[] = [];
  let held: Float64Array = new Float64Array(edges.length);
  let [day, used] = [Number.NaN, 0];
  for (let bar = 0; bar < bars; bar++) {
    const today = Math.floor(market.openTime[bar]! / dayMs);
    if (today !== day) {
      [day, used] = [today, 0];
      dailyTurnover.push(0);
    }
    const live = edges.map((_, e) => isLive(e, bar));
    const wanted = wantedWeights({ mode, live, held, moments: () => momentsAt(bar), settings: weightSettings });
    const { weights: turned, charged } = turnoverStep(held, wanted, Math.max(0, limits.turnoverDaily - used));
    used += charged;
    dailyTurnover[dailyTurnover.length - 1]! += charged;
    const position = (s: number, e: number) => edges[e]!.positions[s]![bar]!;
    const scaled = exposureStep(turned, market.symbols.length, position, limits);
    held = scaled.weights;
    for (const [s, value] of scaled.exposures.entries()) exposures[s]![bar] = value;
    for (const [e, { returns }] of edges.entries()) {
      weights[e]![bar] = held[e]!;
      pnl[bar]! += held[e]! * returns[bar]!;
    }
  }
  return { mode, pnl, weights, exposures, dailyTurnover: Float64Array.from(dailyTurnover) };
}

interface Wanted {
  readonly mode: LegacyMode;
  readonly live: readonly boolean[];
  readonly held: Float64Array;
  readonly moments: () => LegacyMoments | null;
  readonly settings: LegacyCaps & { readonly returnTilt: number };
}

/** The mode's weights with zeros for edges that are not live; without history the held ones. Nothing is estimated when nothing is live. */
function wantedWeights({ mode, live, held, moments, settings }: Wanted): Float64Array {
  if (!live.includes(true)) return new Float64Array(held.length);
  const known = moments();
  const weights = known === null ? held : legacyWeights(mode, known, settings);
  return weights.map((weight, e) => (live[e] ? weight : 0));
}

/** Whether an edge holds something, at the close of a bar, in a symbol of the bar's month. A month without symbols masks nothing. */
function liveMask(edges: readonly LegacyEdge[], { symbols, openTime, monthSymbols }: LegacyMarket): (edge: number, bar: number) => boolean {
  const all = [...symbols.keys()];
  const months = new Map<string, readonly number[] | null>();
  const allowedIn = (month: string) => {
    const listed = monthSymbols?.get(month);
    if (listed?.length === 0) return null;
    return listed === undefined ? all : listed.map((symbol) => symbols.indexOf(symbol)).filter((s) => s >= 0);
  };
  let [from, until, allowed] = [Infinity, -Infinity, null as readonly number[] | null];
  return (edge, bar) => {
    const time = openTime[bar]!;
    if (!(time >= from && time < until)) {
      const date = new Date(time);
      [from, until] = [Date.UTC(date.getUTCFullYear(), date.getUTCMonth()), Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1)];
      const month = date.toISOString().slice(0, 7);
      if (!months.has(month)) months.set(month, allowedIn(month));
      allowed = months.get(month)!;
    }
    return allowed === null || allowed.some((s) => edges[edge]!.positions[s]![bar] !== 0);
  };
}

/** Weights as far as the rest of the day's budget lets them go, and what that used up; reductions count like increases. */
export function turnoverStep(held: Float64Array, wanted: Float64Array, left: number): { weights: Float64Array; charged: number } {
  let distance = 0;
  for (let e = 0; e < held.length; e++) distance += Math.abs(wanted[e]! - held[e]!);
  if (distance <= left || distance === 0) return { weights: wanted, charged: distance };
  return { weights: held.map((weight, e) => weight + (left / distance) * (wanted[e]! - weight)), charged: left };
}

/** Scales the whole vector until the positions of the bar keep the symbol, gross and net caps. */
export function exposureStep(
  weights: Float64Array,
  symbols: number,
  position: (symbol: number, edge: number) => number,
  limits: Pick<LegacyLimits, 'symbolMax' | 'grossMax' | 'netMax'>,
): { weights: Float64Array; exposures: Float64Array } {
  const exposures = Float64Array.from({ length: symbols }, (_, s) => weights.reduce((sum, weight, e) => sum + weight * position(s, e), 0));
  let [largest, gross, net] = [0, 0, 0];
  for (let s = 0; s < symbols; s++) {
    const size = Math.abs(exposures[s]!);
    largest = Math.max(largest, size);
    gross += size;
    net += exposures[s]!;
  }
  let factor = 1;
  if (largest > limits.symbolMax) factor = Math.min(factor, limits.symbolMax / largest);
  if (gross > limits.grossMax) factor = Math.min(factor, limits.grossMax / gross);
  if (Math.abs(net) > limits.netMax) factor = Math.min(factor, limits.netMax / Math.abs(net));
  if (factor === 1) return { weights, exposures };
  return { weights: weights.map((weight) => weight * factor), exposures: exposures.map((value) => value * factor) };
}
