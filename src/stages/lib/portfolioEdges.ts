import { barMs, barsPerDay, dayMs, daysPerYear, parseDay } from '../../core/time.ts';
import type { Finding } from '../../core/findings.ts';
import { accountingOf } from '../../engine/accountings.ts';
import type { Frame } from '../../engine/frame.ts';
import type { BoundOverlay } from '../../engine/overlay/overlay.ts';
import type { EdgeDocument } from '../../governance/documents/edge.ts';
import { type Steps, stepsOf } from '../../portfolio/book/steps.ts';
import type { EdgePaths, Sizing } from '../../portfolio/streams.ts';
import type { DayRange } from '../../portfolio/universe/membership.ts';
import { type PlannedOverlay, plannedOverlays, requireFitting } from './overlayPlan.ts';
import type { RunPortfolio } from './portfolioConfig.ts';
import { runProfile } from './runConfig.ts';
import type { StageContext } from './stage.ts';

/** What the portfolio needs of one symbol, on the grid of its days. */
export interface SymbolPart {
  readonly symbol: string;
  /** [rows] return from close to close, NaN where there is none. */
  readonly returns: Float64Array;
  readonly isTradable: Uint8Array;
  readonly fundingRate: Float64Array;
  /** [days] */
  readonly dollarVolume: Float64Array;
  readonly bars: Float64Array;
  /** [edges] positions as the engine resolved them. */
  readonly positions: readonly Steps[];
}

/** Overlays of the run's edges, checked against what there is to read. @throws E_SPEC for one that cannot run */
export function edgeOverlays(
  { overlays, overlayParents }: RunPortfolio,
  { config, features }: Pick<StageContext, 'config' | 'features'>,
): PlannedOverlay[] {
  return plannedOverlays({ config: { ...config, overlays, overlayParents }, features });
}

/** Overlays whose condition cannot be told on any bar of a symbol, which is another thing than one that never holds. */
export function blindFindings(bound: readonly BoundOverlay[], { symbol, isGap }: Frame): Finding[] {
  const usable = isGap.reduce((sum, flag) => sum + (flag === 1 ? 0 : 1), 0);
  return bound
    .filter(({ missingBars }) => usable > 0 && missingBars >= usable)
    .map(({ id }) => ({
      code: 'OVERLAY_NOT_TOLD',
      severity: 'warning',
      subject: `overlay ${id} ${symbol}`,
      message: 'what it reads is missing on every bar, so it never acts there',
      observed: 0,
      allowed: usable,
    }));
}

/** What edges run on: the portfolio's days, and their overlays as planned and on the frame, in one order. */
interface EdgeInputs {
  readonly range: DayRange;
  readonly overlays: readonly PlannedOverlay[];
  readonly bound: readonly BoundOverlay[];
}

/** Runs every edge on one symbol and puts what the portfolio needs on its grid. */
export function simulateEdges(context: StageContext, frame: Frame, { range, overlays, bound }: EdgeInputs): SymbolPart {
  const { config, baselines } = context;
  const portfolio = config.portfolio!;
  const accounting = accountingOf(config.accounting);
  const offset = frame.rows === 0 ? 0 : Math.round((frame.openTime[0]! - range.firstDay) / barMs);
  const rows = range.days * barsPerDay;
  let returns: Float64Array = new Float64Array(0);
  const positions = portfolio.edges.map(({ document, params }) => {
    const strategy = baselines.get(document.strategy.id)!;
    const isOwn = (id: string) => document.overlays.some(({ name }) => name === id);
    const acting = bound.filter(({ id }) => isOwn(id));
    accounting.check(strategy);
    requireFitting(
      overlays.map(({ overlay }) => overlay).filter(({ id }) => isOwn(id)),
      [strategy],
    );
    const line = accounting.simulate(frame, strategy, params, {
      costFraction: edgeCost(document, config.costBps),
      profile: runProfile(config),
      ...(acting.length === 0 ? {} : { overlays: acting }),
    });
    ({ returns } = line);
    return within(stepsOf(line.money.position, line.money.spans, offset), rows);
  });
  const place = <T extends Float64Array | Uint8Array>(empty: T, value: (row: number) => number): T => {
    for (let row = 0; row < frame.rows && row + offset < rows; row++) empty[row + offset] = value(row);
    return empty;
  };
  const isTradable = place(new Uint8Array(rows), (row) => (frame.isGap[row] === 1 ? 0 : 1));
  return {
    symbol: frame.symbol,
    returns: place(new Float64Array(rows).fill(Number.NaN), (row) => returns[row]!),
    isTradable,
    fundingRate: place(new Float64Array(rows), (row) => (runProfile(config).fundingPnl ? frame.fundingRate[row]! : 0)),
    positions,
    ...dailyVolume(frame, range),
  };
}

/** Dollar volume and usable bars by day. */
export function dailyVolume(
  { openTime, isGap, columns, rows }: Pick<Frame, 'openTime' | 'isGap' | 'columns' | 'rows'>,
  { firstDay, days }: DayRange,
): Pick<SymbolPart, 'dollarVolume' | 'bars'> {
  const [dollarVolume, bars] = [new Float64Array(days), new Float64Array(days)];
  const { close, volume } = columns as { close: Float64Array; volume: Float64Array };
  for (let row = 0; row < rows; row++) {
    const day = Math.floor((openTime[row]! - firstDay) / dayMs);
    const traded = close[row]! * volume[row]!;
    if (isGap[row] === 1 || day < 0 || day >= days || traded !== traded) continue;
    dollarVolume[day]! += traded;
    bars[day]!++;
  }
  return { dollarVolume, bars };
}

/** The edges as paths over all symbols, in the symbols' order. */
export function edgePaths(
  portfolio: RunPortfolio,
  parts: readonly SymbolPart[],
  given: DayRange & { readonly costBps: number; readonly sides: Sides },
): EdgePaths[] {
  return portfolio.edges.map(({ document }, e) => ({
    edge: document.edge_id,
    positions: parts.map(({ positions }) => positions[e]!),
    costFraction: edgeCost(document, given.costBps),
    ...given.sides(document.strategy.id),
    isValid: validDays(document, given),
    sizing: sizingOf(document),
  }));
}

/** Sides that a strategy may take. */
export type Sides = (strategy: string) => { readonly isLong: boolean; readonly isShort: boolean };

/** Sides from the entries that an intent declares; what names positions may take both. */
export function sidesOf({ baselines }: Pick<StageContext, 'baselines'>): Sides {
  return (id) => {
    const { intent } = baselines.get(id)!;
    if (intent.kind !== 'bracket') return { isLong: true, isShort: true };
    return { isLong: intent.entry.long !== undefined, isShort: intent.entry.short !== undefined };
  };
}

/** Cost of an edge: the run's, but at least what its document says. */
export function edgeCost({ cost_floor: floor }: EdgeDocument, costBps: number): number {
  return Math.max(costBps, floor.fee_bps_per_side + floor.slippage_bps_per_fill) / 10_000;
}

function sizingOf({ sizing }: EdgeDocument): Sizing {
  return sizing.unit === 'gross1' ? { unit: 'gross1' } : { unit: 'vol_target', target: sizing.target / Math.sqrt(daysPerYear) };
}

function validDays({ validity }: EdgeDocument, { firstDay, days }: DayRange): Uint8Array {
  const from = parseDay(validity.from)!;
  const to = validity.to === null ? Infinity : parseDay(validity.to)!;
  return Uint8Array.from({ length: days }, (_, day) => (firstDay + day * dayMs >= from && firstDay + day * dayMs <= to ? 1 : 0));
}

/** Changes before a row. */
function within({ at, to }: Steps, rows: number): Steps {
  let count = at.length;
  while (count > 0 && at[count - 1]! >= rows) count--;
  return { at: at.slice(0, count), to: to.slice(0, count) };
}
