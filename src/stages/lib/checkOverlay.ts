import { type Feature, outputsOf } from '../../core/define.ts';
import type { Frame } from '../../engine/frame.ts';
import { baseColumns, planFeatures } from '../../features/lib/computeFeatures.ts';
import type { OverlayDocument } from '../../governance/documents/overlay.ts';
import type { StudyDocument } from '../../research/study/document.ts';
import { chooseCuts } from '../../stats/lookahead.ts';
import { type Bars, makeFrame } from './barFrame.ts';
import { checkMarket, type CheckOptions, lookAheadCheck, type StrategyCheck, warmupCheck } from './checkStrategy.ts';
import { bindOverlays, plannedOverlays } from './overlayPlan.ts';

/**
 * The bars on which an overlay acts, and every feature that it reads, tried as `checkStrategy` tries a strategy: whether they change when the future is
 * cut off or replaced by noise, and whether declared warm-ups suffice. Columns of other data sets are played by returns of the same market: what is
 * tried is the overlay, not the data.
 *
 * @throws E_SPEC, E_STUDY, E_FORMULA as a run would
 */
export function checkOverlay(
  document: OverlayDocument,
  { features, parents }: { readonly features: ReadonlyMap<string, Feature>; readonly parents: readonly StudyDocument[] },
  { bars = checkMarket(), cuts = { count: 20, tail: 50 } }: CheckOptions = {},
): StrategyCheck[] {
  const planned = plannedOverlays({ config: { overlays: [document], overlayParents: parents }, features });
  const read = planned.flatMap(({ columns }) => columns);
  const provided = new Set([...baseColumns, ...[...features.values()].flatMap((feature) => outputsOf(feature).map(({ name }) => name))]);
  const known = read.filter((name) => provided.has(name));
  const played = read.filter((name) => !provided.has(name));
  // Thresholds are numbers by symbol: the market takes the name of one that has some.
  const [symbol = bars.symbol] = Object.keys(document.rule?.parent?.thresholds ?? {});
  const frameOf = (some: Bars): Frame => {
    const frame = makeFrame({ ...some, symbol }, { strategies: [], features, columns: known });
    return { ...frame, columns: { ...frame.columns, ...Object.fromEntries(played.map((name) => [name, returnsOf(frame)])) } };
  };
  const compute = (some: Bars) => {
    const frame = frameOf(some);
    const acts = bindOverlays(planned, frame).map(({ id, holds }) => [`overlay ${id}`, Float64Array.from(holds)]);
    return Object.fromEntries([...acts, ...known.map((name) => [name, frame.columns[name]!])]) as Record<string, Float64Array>;
  };
  const frame = frameOf(bars);
  const plan = planFeatures(
    known.map((column) => ({ column, by: `overlay ${document.name}` })),
    features,
  );
  return [lookAheadCheck(bars, frame, { compute, cuts: chooseCuts(frame.rows, 1, cuts) }), warmupCheck(bars, frame, plan, frameOf)];
}

function returnsOf({ columns }: Frame): Float64Array {
  const close = columns['close']!;
  return close.map((price, row) => (row === 0 ? Number.NaN : price / close[row - 1]! - 1));
}
