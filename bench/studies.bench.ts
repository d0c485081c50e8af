import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { computeFeatures } from '../src/features/lib/computeFeatures.ts';
import { codeRoot } from '../src/registry/discover.ts';
import { type ColumnCatalog, compileStudy } from '../src/research/study/compile.ts';
import { studyDocument } from '../src/research/study/document.ts';
import { prepareStudy, rangesOf } from '../src/research/study/prepare.ts';
import { runStudy } from '../src/research/study/runStudy.ts';
import { framesOf } from '../src/research/surrogate/calibrate.ts';
import { garch } from '../src/research/surrogate/generators.ts';
import { surrogateMarket } from '../src/research/surrogate/market.ts';
import { rollingRank } from '../src/stats/rolling/rollingRank.ts';
import { plannedFeatures } from './frame.ts';
import { type Comparison, runBench } from './harness.ts';
import { sixYears } from './market.ts';
import { naiveShiftedEffect } from './naive/shiftedEffect.ts';

/** Moves of the event times that are also measured the slow way: each takes seconds. */
const checkedDraws = [0, 501, 998];
const catalog: ColumnCatalog = new Map([
  ...['open', 'high', 'low', 'close', 'funding_rate_scaled'].map((name) => [name, { reads: 0 }] as const),
  ...plannedFeatures.map(({ id, warmup }) => [id, { reads: warmup }] as const),
]);

const study = (name: string, which: string): Comparison => ({
  id: `F5 ${which}`,
  what: `the study ${name} on two symbols, everything after reading, against one rolling rank of both`,
  unit: 'bar',
  budget: { atMost: 15 },
  rounds: 5,
  prepare: () => {
    const file = join(codeRoot().folder, '..', 'specs', 'studies', `${name}.yaml`);
    const compiled = compileStudy(studyDocument.parse(parse(readFileSync(file, 'utf8'))), catalog);
    const shape = { symbols: ['AAAUSDT', 'BBBUSDT'], start: Date.UTC(2020, 0, 1), rows: sixYears, volatility: 0.004 };
    const bars = surrogateMarket(garch, shape, { seed: 1, replicate: 0 });
    const frames = framesOf(bars, (base, isGap) => computeFeatures(plannedFeatures, base, isGap));
    const rank = new Float64Array(sixYears);
    const units = frames.length * sixYears;
    let draws: readonly number[] = [];
    return {
      subject: {
        name: 'study',
        units,
        run: () => {
          draws = runStudy({ study: compiled, frames, seed: 1 }).placeboDraws;
        },
      },
      baseline: { name: 'one rank', units, run: () => frames.forEach(({ columns }) => rollingRank(columns['rv_96']!, 2880, rank)) },
      prove: () => {
        const { symbols, slices } = prepareStudy(compiled, frames, false);
        const input = {
          study: compiled,
          symbols,
          ranges: rangesOf(symbols, slices[0]!),
          stream: `seed=1/study/${compiled.digest}/shift/development`,
        };
        for (const draw of checkedDraws) {
          const expected = naiveShiftedEffect(input, draw);
          if (draws[draw] !== expected) throw new Error(`draw ${draw}: ${draws[draw]} instead of ${expected}`);
        }
      },
    };
  },
});

await runBench([study('range_compression_breakout', 'slowest'), study('conditional_expectancy', 'median')]);
