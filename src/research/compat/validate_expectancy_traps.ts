import type { ReferenceAnalyzer, ReferenceOptions } from './lib/analyzer.ts';
import { compressionEvents, compressionRows, trapBars, type TrapSettings } from './lib/compressionEvents.ts';
import { expectancyDefaults, horizonsOf } from './lib/expectancyBars.ts';
import * as traps from './lib/expectancyTraps.ts';
import type { ReferenceFrame } from './lib/frame.ts';
import { sortedJson } from './lib/marketState.ts';
import { summaryText } from './lib/summaryText.ts';
import { type ReferenceFile, tableOf } from './lib/table.ts';

const name = 'conditional_expectancy_robustness';
const defaults: TrapSettings = { ...expectancyDefaults, maxEventDuration: 96, expansionLookahead: 192, mfeHorizon: 96 };

/**
 * The reference's second look at its expectancy study, event by event. Only the first trap decides; regimes, tails and symmetry are printed (S-19),
 * and the leakage that there is, in quartiles of the whole sample, is not looked for.
 *
 * @source research specification 5.2
 */
export const validateExpectancyTraps: ReferenceAnalyzer<TrapSettings> = { id: 'validate_expectancy_traps', files };

function files(frames: readonly ReferenceFrame[], options: ReferenceOptions & Partial<TrapSettings>): ReferenceFile[] {
  const { runId, picks: _, ...given } = options;
  const settings = { ...defaults, ...given, horizons: horizonsOf({ ...defaults, ...given }) };
  const parts = frames.map((frame) => trapBars(frame, settings));
  const events = parts.map((bars) => compressionEvents(bars, settings));
  const rows = parts.flatMap((bars, place) => compressionRows(bars, events[place]!, settings));
  const cells = traps.trapCells(rows, settings.horizons);
  const overlap = traps.overlapTrap(parts, cells);
  const survivors = overlap.filter((row) => row.event_samples >= settings.minSamples && row.event_mean > 0 && row.event_t >= settings.tstatThreshold);
  const summary = parts.map(({ frame }, place) => {
    const ends = events[place]!.filter((event) => event.end_reason === 'breakout').length;
    const count = events[place]!.length;
    return { symbol: frame.symbol, event_count: count, breakout_end_count: ends, breakout_end_rate: count === 0 ? Number.NaN : ends / count };
  });
  const report = {
    run_id: runId,
    symbols: frames.map(({ symbol }) => symbol),
    horizons: settings.horizons,
    config: settings,
    event_summary: summary,
    trap_1_overlap_bar_vs_event: overlap,
    trap_2_leakage: traps.leakageTrap(parts, settings),
    trap_3_regimes: traps.regimeTrap(cells),
    trap_4_tails: traps.tailTrap(cells),
    trap_5_symmetry: traps.symmetryTrap(cells),
    event_expansion_metrics: traps.expansionMetrics(rows),
    survivors,
  };
  const overlapColumns = 'condition horizon bar_samples bar_mean bar_t event_samples event_mean event_t';
  const text = summaryText(
    'Conditional expectancy, event by event',
    [`run: ${runId}`, `conditions that survive: ${survivors.length}`],
    [
      ['Events', tableOf('events', 'symbol event_count breakout_end_count breakout_end_rate', summary)],
      ['Bars against events', tableOf('overlap', overlapColumns, overlap)],
      ['Tails', tableOf('tails', 'condition horizon median p25 p75 top_1pct_share top_5pct_share', report.trap_4_tails)],
      ['Symmetry', tableOf('symmetry', 'condition horizon version samples mean t', report.trap_5_symmetry)],
      ['Survivors', tableOf('survivors', overlapColumns, survivors)],
    ],
  );
  return [sortedJson(`${name}.json`, report), { name: `${name}.md`, text }];
}
