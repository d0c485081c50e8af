import { hourMs } from '../../core/time.ts';
import type { ReferenceAnalyzer, ReferenceOptions } from './lib/analyzer.ts';
import { drawControls, type Picks } from './lib/draw.ts';
import { hourOf, type ReferenceFrame, yearOf } from './lib/frame.ts';
import { groupBy, meanOf, percentRanks } from './lib/sample.ts';
import { type ReferenceFile, stampText, tableOf } from './lib/table.ts';
import { tailTables, toTailMove } from './lib/tailTables.ts';
import { outcomeColumns, tailOutcomes, type TailOutcomes, type TailSeries, tailSeries, windowFrom } from './lib/tailWindows.ts';
import { windowFiles } from './lib/windowFiles.ts';

export interface AbsenceOptions {
  readonly windowEnd: number;
  /** Anchors of an hour whose activity ranks at most here are events. */
  readonly absenceQuantile: number;
}

/** A bar at 00:00, 08:00 or 16:00 UTC. */
interface Anchor {
  readonly bar: number;
  readonly hour: number;
  readonly activity: number;
  /** Rank among the anchors of the same hour. */
  readonly activityRank: number;
  /** Rank of the volatility among all anchors. */
  readonly rvRank: number;
}

const id = 'liquidity_absence_window';
const defaults: AbsenceOptions = { windowEnd: 96, absenceQuantile: 0.2 };
const anchorEveryMs = 8 * hourMs;

/**
 * The reference's study of quiet session starts. Without volume, "activity" is volatility (S-11); quiet events are then matched with the calmest of the
 * others, again and again the same bar (S-10).
 *
 * @source research specification 4.3
 */
export const liquidityAbsenceWindow: ReferenceAnalyzer<AbsenceOptions> = { id, files };

function files(frames: readonly ReferenceFrame[], options: ReferenceOptions & Partial<AbsenceOptions>): ReferenceFile[] {
  const settings = { ...defaults, ...options };
  const parts = frames.map((frame) => symbolPart(tailSeries(frame), settings));
  const events = parts.flatMap((part) => part.events);
  const matched = parts.flatMap((part) => part.controls);
  const controls = matched.filter((control) => control !== null);
  const place = 'start_idx end_idx';
  const outputs = {
    events: tableOf(
      `${id}_events.csv`,
      `event_type event_id symbol anchor_ts anchor_hour ${place} year activity_metric activity_rank rv_rank tail_threshold ${outcomeColumns}`,
      events,
    ),
    controls: tableOf(`${id}_controls.csv`, `event_id symbol anchor_hour ${place} activity_metric activity_rank rv_rank ${outcomeColumns}`, controls),
    ...tailTables({ id, events, controls: matched, ages: settings.windowEnd, timeOf: toTailMove, by: 'anchor_hour' }),
    interpretation_note: { name: `${id}_interpretation.md`, text: `# Interpretation\n\n${interpretation(events, controls)}\n` },
  };
  return windowFiles({
    id,
    title: 'Window after a quiet session start (phase 1)',
    runId: settings.runId,
    window: { x: 0, y: settings.windowEnd },
    events: events.length,
    controls: controls.length,
    outputs,
    settings: { absence_quantile: settings.absenceQuantile },
  });
}

function symbolPart(series: TailSeries, { windowEnd, absenceQuantile, picks }: AbsenceOptions & ReferenceOptions) {
  const anchors = anchorsOf(series);
  const isQuiet = ({ activityRank }: Anchor) => activityRank <= absenceQuantile;
  const row = (anchor: Anchor) => rowOf(series, anchor, windowEnd);
  const quiet: Anchor[] = [];
  let lastEnd = -1;
  for (const anchor of anchors) {
    if (!isQuiet(anchor) || anchor.bar <= lastEnd) continue;
    lastEnd = windowFrom(series, anchor.bar, windowEnd).to;
    quiet.push(anchor);
  }
  const events = quiet.map((anchor) => ({
    event_type: id,
    event_id: eventId(series, anchor),
    anchor_ts: stampText(series.frame.openTime[anchor.bar]!),
    year: yearOf(series.frame.openTime[anchor.bar]!),
    tail_threshold: series.tailThreshold,
    ...row(anchor),
  }));
  const others = anchors.filter((anchor) => !isQuiet(anchor));
  const byHour = groupBy(others, ({ hour }) => hour);
  const controls = quiet.map((anchor) => {
    const control = controlFor(anchor, byHour.get(anchor.hour) ?? others, { key: eventId(series, anchor), picks });
    return control === undefined ? null : { event_id: eventId(series, anchor), ...row(control) };
  });
  return { events, controls };
}

function eventId({ frame }: TailSeries, { bar }: Anchor): string {
  return `law_${frame.symbol}_${String(bar).padStart(6, '0')}`;
}

/** Session starts with their ranks over the whole sample (S-01). */
function anchorsOf({ frame, rv }: TailSeries): Anchor[] {
  const activity = frame.columns['volume'] ?? rv;
  const bars = Array.from(frame.openTime.keys()).filter((bar) => frame.openTime[bar]! % anchorEveryMs === 0);
  const rvRanks = percentRanks(bars.map((bar) => rv[bar]!));
  const anchors = bars.map((bar, place) => ({ bar, hour: hourOf(frame.openTime[bar]!), activity: activity[bar]!, rvRank: rvRanks[place]! }));
  const ranked = [...groupBy(anchors, ({ hour }) => hour).values()].flatMap((own) => {
    const ranks = percentRanks(own.map((anchor) => anchor.activity));
    return own.map((anchor, place) => ({ ...anchor, activityRank: ranks[place]! }));
  });
  return ranked.sort((a, b) => a.bar - b.bar);
}

/** The anchor nearest in volatility rank, the earlier of two; one at random for an event without a rank. */
function controlFor(
  event: Anchor,
  pool: readonly Anchor[],
  { key, picks }: { readonly key: string; readonly picks: Picks | undefined },
): Anchor | undefined {
  if (Number.isNaN(event.rvRank)) {
    const bars = pool.map(({ bar }) => bar);
    const [drawn] = drawControls(key, bars, { wanted: 1, seed: 0, picks });
    return pool.find(({ bar }) => bar === drawn);
  }
  const distance = ({ rvRank }: Anchor) => Math.abs(rvRank - event.rvRank);
  const ranked = pool.filter(({ rvRank }) => !Number.isNaN(rvRank));
  return ranked.reduce<Anchor | undefined>((best, anchor) => (best === undefined || distance(anchor) < distance(best) ? anchor : best), undefined);
}

function rowOf(series: TailSeries, { bar, hour, activity, activityRank, rvRank }: Anchor, windowEnd: number) {
  const span = windowFrom(series, bar, windowEnd);
  return {
    symbol: series.frame.symbol,
    anchor_hour: hour,
    start_idx: span.from,
    end_idx: span.to,
    activity_metric: activity,
    activity_rank: activityRank,
    rv_rank: rvRank,
    ...tailOutcomes(series, span, 0),
  };
}

/** The note's sentence: whether events had fewer large moves than controls, however few controls there are (S-10). */
function interpretation(events: readonly TailOutcomes[], controls: readonly TailOutcomes[]): string {
  const share = (rows: readonly TailOutcomes[]) => meanOf(rows.map(({ tail_move_within }) => tail_move_within));
  const counts = `${share(events).toFixed(3)} of the events against ${share(controls).toFixed(3)} of the controls`;
  return share(events) < share(controls)
    ? `Large moves are rarer after quiet session starts: ${counts}.`
    : 'Large moves are not rarer after quiet session starts.';
}
