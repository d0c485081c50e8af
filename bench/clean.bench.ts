import { barMs } from '../src/core/time.ts';
import { computeFeatures } from '../src/features/lib/computeFeatures.ts';
import { alignFunding } from '../src/market/alignFunding.ts';
import { barQuality } from '../src/market/barQuality.ts';
import { cleanBars } from '../src/market/cleanBars.ts';
import { benchBars, plannedFeatures } from './frame.ts';
import { assertSameColumn, runBench } from './harness.ts';

const eightHours = 32 * barMs;

await runBench([
  {
    id: 'F6',
    what: 'clean (grid, gaps, quality, funding alignment) against the whole feature frame',
    unit: 'bar',
    budget: { atMost: 1 },
    rounds: 9,
    prepare: () => {
      const { base, isGap } = benchBars();
      const raw = {
        openTime: base['timestamp']!,
        open: base['close']!,
        high: base['high']!,
        low: base['low']!,
        close: base['close']!,
        volume: new Float64Array(isGap.length).fill(1),
      };
      const [start, end] = [raw.openTime[0]!, raw.openTime.at(-1)! + barMs];
      const count = Math.ceil((end - start) / eightHours);
      const events = {
        time: Float64Array.from({ length: count }, (_, i) => start + i * eightHours),
        rate: Float64Array.from({ length: count }, (_, i) => 0.0001 + 1e-6 * (i % 7)),
        intervalHours: new Float64Array(count).fill(8),
      };
      let cleaned = cleanBars(raw, { start, end, tailPadding: 'none' });
      let rate = new Float64Array(0);
      return {
        subject: {
          name: 'clean',
          units: isGap.length,
          run: () => {
            cleaned = cleanBars(raw, { start, end, tailPadding: 'none' });
            rate = Float64Array.from(alignFunding(events, cleaned.openTime, 'interval').rate);
            barQuality(cleaned, rate);
          },
        },
        baseline: { name: 'features', units: isGap.length, run: () => void computeFeatures(plannedFeatures, base, isGap) },
        prove: () => {
          assertSameColumn(cleaned.close, raw.close);
          assertSameColumn(
            rate,
            raw.openTime.map((time) => events.rate[Math.floor((time - start) / eightHours)]!),
          );
        },
      };
    },
  },
]);
