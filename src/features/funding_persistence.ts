import { defineFeature } from '../core/define.ts';
import { rollingRank } from '../stats/rolling/rollingRank.ts';

const lookbackBars = 96;
const percentile = 85;
const minBars = 8;
const normDueBars = 96;

/**
 * Frozen definition v1 of the reference system: "the size of funding has been extreme for a while". It may
 * filter or segment, never name a side. The first seven rows of an event are flagged although the eighth row
 * decides, so most columns are retrospective.
 */
export default defineFeature({
  id: 'funding_persistence',
  summary: 'Stretches in which absolute funding has stayed near its one-day extreme (definition v1).',
  formula: 'runs of at least 8 bars with rank(|funding|, 96) >= 85',
  inputs: ['timestamp', 'funding_rate_scaled'],
  warmup: 0,
  segmented: false,
  outputs: [
    { name: 'fp_active', help: '1 inside an event, else 0.', retrospective: true },
    { name: 'fp_age_bars', help: '1 on the first row of an event, then counting; 0 outside.', retrospective: true },
    { name: 'fp_event', help: 'Number of the event from the start of the range; missing outside.', retrospective: true },
    { name: 'fp_enter_ts', help: 'Time of the first row of the event, on its every row.', retrospective: true },
    { name: 'fp_exit_ts', help: 'Time of the last row of the event, on that row only.', retrospective: true },
    { name: 'fp_severity', help: 'max(0, (rank - 85) / 100), also outside events.' },
    { name: 'fp_norm_due', help: '1 when an event has lasted at least 96 bars.' },
  ],
  compute: ([time, rate], [active, age, event, enter, exit, severity, normDue]) => {
    const rows = rate!.length;
    const size = new Float64Array(rows);
    for (let i = 0; i < rows; i++) size[i] = rate![i] === rate![i] ? Math.abs(rate![i]!) : 0;
    const rank = new Float64Array(rows);
    rollingRank(size, lookbackBars, rank);
    let events = 0;
    for (let i = 0; i < rows; i++) {
      const value = rank[i] === rank[i] ? rank[i]! : 0;
      severity![i] = Math.max(0, (value - percentile) / 100);
      active![i] = 0;
      age![i] = 0;
      normDue![i] = 0;
    }
    for (let from = 0; from < rows; from++) {
      if (!(rank[from]! >= percentile)) continue;
      let to = from;
      while (to < rows && rank[to]! >= percentile) to++;
      if (to - from >= minBars) {
        events++;
        for (let i = from; i < to; i++) {
          active![i] = 1;
          age![i] = i - from + 1;
          event![i] = events;
          enter![i] = time![from]!;
          if (i - from + 1 >= normDueBars) normDue![i] = 1;
        }
        exit![to - 1] = time![to - 1]!;
      }
      from = to;
    }
  },
});
