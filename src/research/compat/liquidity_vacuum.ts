import type { ReferenceAnalyzer, ReferenceOptions } from './lib/analyzer.ts';
import type { ReferenceFrame } from './lib/frame.ts';
import { vacuumColumns, type VacuumEvent, vacuumEvents, type VacuumSeries, vacuumSeries, vacuumThreshold } from './lib/liquidityVacuum.ts';
import { medianOf } from './lib/sample.ts';
import { jsonFile, type ReferenceFile, tableOf } from './lib/table.ts';

export interface VacuumOptions {
  /** Candidate quantiles of the size of a bar's return. */
  readonly shockQuantiles: readonly number[];
  readonly minEvents: number;
}

const id = 'liquidity_vacuum';
const defaults: VacuumOptions = { shockQuantiles: [0.95, 0.97, 0.98, 0.99, 0.995], minEvents: 10 };

/**
 * The reference's search for liquidity vacuums; it finds none in six years of bars (S-13). Takes clean bars, because the feature table has no volume.
 * The table of events is there when it is empty (E-01); the reference leaves it out then.
 *
 * @source research specification 4.5
 */
export const liquidityVacuum: ReferenceAnalyzer<VacuumOptions> = { id, files };

function files(frames: readonly ReferenceFrame[], options: ReferenceOptions & Partial<VacuumOptions>): ReferenceFile[] {
  const settings = { ...defaults, ...options };
  const parts = frames.map((frame) => ({ symbol: frame.symbol, ...calibrated(vacuumSeries(frame), settings) }));
  const found = parts.filter(({ events }) => events.length > 0);
  const summary = {
    run_id: settings.runId,
    symbols: frames.map(({ symbol }) => symbol),
    summaries: found.map(({ symbol, threshold, events }) => ({
      symbol,
      selected_t_shock: threshold,
      event_count: events.length,
      max_duration_bars: Math.max(...events.map((event) => event.duration_bars)),
      median_duration_bars: medianOf(events.map((event) => event.duration_bars)),
    })),
  };
  return [
    tableOf(
      `${id}_events.csv`,
      vacuumColumns,
      found.flatMap(({ events }) => events),
    ),
    jsonFile(`${id}_summary.json`, summary),
  ];
}

/**
 * The lowest quantile with enough events, else the highest: the opposite preference of the volatility shocks'.
 *
 * @throws RangeError without a quantile strictly between 0 and 1
 */
export function calibrated(
  series: VacuumSeries,
  { shockQuantiles, minEvents }: VacuumOptions,
): { threshold: number; events: readonly VacuumEvent[] } {
  const levels = [...new Set(shockQuantiles)].filter((level) => level > 0 && level < 1).sort((a, b) => a - b);
  if (levels.length === 0) throw new RangeError('name at least one shock quantile between 0 and 1');
  const rows = levels.map((level) => {
    const threshold = vacuumThreshold(series, level);
    return { threshold, events: vacuumEvents(series, threshold) };
  });
  return rows.find(({ events }) => events.length >= minEvents) ?? rows.at(-1)!;
}
