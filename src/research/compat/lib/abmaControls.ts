import { abmaDefinition, type AbmaEvent, minuteMs } from './abmaEvents.ts';
import { placeAfter, type Session, type SymbolTape } from './abmaTape.ts';

export interface AbmaControl {
  readonly control_id: string;
  readonly event_id: string;
  readonly symbol: string;
  readonly session_date: string;
  /** Epoch ms. */
  readonly tc: number;
  readonly baseline_rv: number;
  readonly baseline_volume: number;
  readonly rv_q: number;
  readonly vol_q: number;
  readonly event_rv_q: number;
  readonly event_vol_q: number;
  readonly match_tier: 'exact' | 'rv_only';
}

export type NoControlsReason =
  | 'event_anchor_outside_session_grid'
  | 'baseline_crosses_session_start_or_insufficient_midpoints'
  | 'no_controls_after_rv_fallback';

export interface WithoutControls {
  readonly event_id: string;
  readonly symbol: string;
  readonly session_date: string;
  readonly reason: NoControlsReason;
}

/** Minutes around each event of a symbol and session in which no control may lie, bounds included; null for none (v1). */
export type Exclusion = { readonly preMinutes: number; readonly postMinutes: number } | null;

/** What happens in each second of a session. All [seconds]. */
interface SessionSeconds {
  /** Squared change of the log midpoint; 0 where it is unknown. */
  readonly squares: Float64Array;
  /** Traded size. */
  readonly sizes: Float64Array;
  /** 1 where there is a midpoint. */
  readonly midpoints: Float64Array;
}

/** What lies behind a second: sums over the 900 seconds before it. */
interface Baseline {
  readonly rv: number;
  readonly volume: number;
}

interface Candidate extends Baseline {
  readonly tc: number;
  readonly rvQuartile: number;
  readonly volumeQuartile: number;
}

const secondMs = abmaDefinition.baseline_grid_seconds * 1000;
const baselineSeconds = abmaDefinition.baseline_window_minutes * 60;

/**
 * Controls of events from their own session: the first ones in time order with the event's quartiles, which are neighbours near the session's start
 * (S-10). An event at the open never has any, for a baseline must lie inside the session (S-18). Sessions without a candidate are passed over in
 * silence (E-10).
 *
 * @source research specification 4.9 and 4.10
 */
export function abmaControls(events: readonly AbmaEvent[], exclusion: Exclusion): { controls: AbmaControl[]; without: WithoutControls[] } {
  const controls: AbmaControl[] = [];
  const without: WithoutControls[] = [];
  for (const group of bySession(events)) {
    const { tape, session } = group[0]!;
    if (tape.quotes.ts.length === 0) continue;
    const seconds = secondsOf(tape, session);
    const candidates = candidatesOf(seconds, session, { taken: group.map(({ t0 }) => t0), exclusion });
    if (candidates.length === 0) continue;
    for (const event of group) {
      const drawn = controlsOf(event, seconds, candidates);
      if (typeof drawn !== 'string') controls.push(...drawn);
      else without.push({ event_id: event.event_id, symbol: tape.symbol, session_date: session.date, reason: drawn });
    }
  }
  return { controls, without };
}

function bySession(events: readonly AbmaEvent[]): AbmaEvent[][] {
  const groups = new Map<string, AbmaEvent[]>();
  for (const event of events) {
    const key = `${event.tape.symbol}/${event.session.date}/${event.session.open}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [event]);
    else group.push(event);
  }
  return [...groups.values()];
}

function secondsOf({ quotes, trades }: SymbolTape, { open, close }: Session): SessionSeconds {
  const length = Math.floor((close - 1000 - open) / secondMs) + 1;
  const [squares, sizes, midpoints] = [new Float64Array(length), new Float64Array(length), new Float64Array(length)];
  let before = Number.NaN;
  for (let second = 0; second < length; second++) {
    const last = placeAfter(quotes.ts, open + second * secondMs) - 1;
    const isUsable = last >= 0 && quotes.bid[last]! > 0 && quotes.ask[last]! > 0;
    const mid = isUsable ? Math.log((quotes.bid[last]! + quotes.ask[last]!) / 2) : Number.NaN;
    squares[second] = (mid - before) ** 2 || 0;
    midpoints[second] = isUsable ? 1 : 0;
    before = mid;
  }
  trades.ts.forEach((ts, place) => {
    const second = Math.floor((Math.floor(ts / 1000) * 1000 - open) / secondMs);
    if (second >= 0 && second < length) sizes[second]! += trades.size[place]!;
  });
  return { squares, sizes, midpoints };
}

/** Null where the baseline would begin before the session or has too few midpoints. */
function baselineAt({ squares, sizes, midpoints }: SessionSeconds, second: number): Baseline | null {
  if (second < baselineSeconds) return null;
  const sum = (values: Float64Array) => values.subarray(second - baselineSeconds, second).reduce((total, value) => total + value, 0);
  return sum(midpoints) < abmaDefinition.min_valid_midpoints ? null : { rv: sum(squares), volume: sum(sizes) };
}

/** Every minute of the session that has a whole baseline and is not excluded, with its quartiles among them. */
function candidatesOf(
  seconds: SessionSeconds,
  { open }: Session,
  { taken, exclusion }: { taken: readonly number[]; exclusion: Exclusion },
): Candidate[] {
  const found: (Baseline & { tc: number })[] = [];
  for (let second = baselineSeconds; second < seconds.sizes.length; second += abmaDefinition.baseline_anchor_step_seconds) {
    const tc = open + second * secondMs;
    const isExcluded =
      exclusion !== null && taken.some((t0) => tc >= t0 - exclusion.preMinutes * minuteMs && tc <= t0 + exclusion.postMinutes * minuteMs);
    const baseline = isExcluded ? null : baselineAt(seconds, second);
    if (baseline !== null) found.push({ tc, ...baseline });
  }
  const rvQuartiles = rankQuartiles(found.map(({ rv }) => rv));
  const volumeQuartiles = rankQuartiles(found.map(({ volume }) => volume));
  return found.map((candidate, place) => ({ ...candidate, rvQuartile: rvQuartiles[place]!, volumeQuartile: volumeQuartiles[place]! }));
}

/** Quartile 1 to 4 of each value by its rank, ties at their mean rank. */
function rankQuartiles(values: readonly number[]): number[] {
  if (values.length === 1) return [1];
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const ties = values.filter((other) => other === value).length;
    return clipped(Math.floor((4 * (below + (ties - 1) / 2)) / (values.length - 1)) + 1);
  });
}

function clipped(quartile: number): number {
  return Math.min(4, Math.max(1, quartile));
}

function controlsOf(
  { event_id, tape, session, t0 }: AbmaEvent,
  seconds: SessionSeconds,
  candidates: readonly Candidate[],
): AbmaControl[] | NoControlsReason {
  const second = (t0 - session.open) / secondMs;
  if (!Number.isInteger(second) || second < 0 || second >= seconds.sizes.length) return 'event_anchor_outside_session_grid';
  const own = baselineAt(seconds, second);
  if (own === null) return 'baseline_crosses_session_start_or_insufficient_midpoints';
  const quartileOf = (name: 'rv' | 'volume') =>
    clipped(Math.ceil((4 * candidates.filter((candidate) => candidate[name] <= own[name]).length) / candidates.length));
  const [rvQuartile, volumeQuartile] = [quartileOf('rv'), quartileOf('volume')];
  const alike = candidates.filter((candidate) => candidate.tc !== t0 && candidate.rvQuartile === rvQuartile);
  const exact = alike.filter((candidate) => candidate.volumeQuartile === volumeQuartile);
  const isExact = exact.length >= abmaDefinition.control_set_size;
  const pool = isExact ? exact : alike;
  if (pool.length === 0) return 'no_controls_after_rv_fallback';
  return pool.slice(0, abmaDefinition.control_set_size).map((candidate, place) => ({
    control_id: `${event_id}_c${String(place + 1).padStart(2, '0')}`,
    event_id,
    symbol: tape.symbol,
    session_date: session.date,
    tc: candidate.tc,
    baseline_rv: candidate.rv,
    baseline_volume: candidate.volume,
    rv_q: candidate.rvQuartile,
    vol_q: candidate.volumeQuartile,
    event_rv_q: rvQuartile,
    event_vol_q: volumeQuartile,
    match_tier: isExact ? 'exact' : 'rv_only',
  }));
}
