import { namedStream, nextNormal, nextUniform } from '../src/core/random.ts';
import { bootstrapDrawdowns } from '../src/stats/bootstrap/drawdowns.ts';
import { stationaryIndices } from '../src/stats/bootstrap/indices.ts';
import { bootstrapMeanAndSharpe } from '../src/stats/bootstrap/meanAndSharpe.ts';
import { resamplePath, resamplesOfRows, stationaryResamples } from '../src/stats/bootstrap/resamples.ts';
import { assertSameColumn, runBench } from './harness.ts';
import { drawdownAt, meanAndSharpe, naiveDrawdowns, naiveMeanAndSharpe } from './naive/bootstrap.ts';

/** Six years of daily returns, in blocks of ten days. */
const days = 2190;
const draws = 1000;
const meanBlock = 10;
const units = days * draws;

function dailyReturns(): Float64Array {
  const random = namedStream('seed=1/bench/bootstrap/0');
  let volatility = 1;
  return Float64Array.from({ length: days }, () => {
    volatility = Math.exp(0.95 * Math.log(volatility) + 0.2 * nextNormal(random));
    return 0.0005 + 0.02 * volatility * nextNormal(random);
  });
}

const values = dailyReturns();
const places = Float64Array.from(values.keys());
const resamples = stationaryResamples(days, { meanBlock, draws, stream: 'seed=1/bench/bootstrap/1' });
const stepwise = (count: number) => ({ meanBlock, draws: count, state: namedStream('seed=1/bench/bootstrap/2') });

/** Positions of every resample, day by day. */
function rowsOf(): Float64Array[] {
  const rows: Float64Array[] = [];
  for (const batch of resamples) for (let r = 0; r < batch.count; r++) rows.push(resamplePath(places, batch, r));
  return rows;
}

/** The two ways of drawing give other resamples of the same kind, so each is summed by both ways of adding up. */
function proveMeanAndSharpe(): void {
  const fast = bootstrapMeanAndSharpe(values, resamples);
  const walked = rowsOf().map((row) => meanAndSharpe(values, row));
  assertSameColumn(
    fast.means,
    Float64Array.from(walked, ([mean]) => mean),
    1e-10,
  );
  assertSameColumn(
    fast.sharpes,
    Float64Array.from(walked, ([, sharpe]) => sharpe),
    1e-10,
  );
  const { state } = stepwise(100);
  const rows = Array.from({ length: 100 }, () => stationaryIndices(days, 1 / meanBlock, () => nextUniform(state)).indices);
  const naive = naiveMeanAndSharpe(values, stepwise(100));
  const summed = bootstrapMeanAndSharpe(values, resamplesOfRows(rows, days));
  assertSameColumn(summed.means, naive.means, 1e-10);
  assertSameColumn(summed.sharpes, naive.sharpes, 1e-10);
}

function walkBlocks(): void {
  for (const { count, offsets, starts, ends } of resamples) {
    const indices = new Int32Array(days);
    for (let r = 0; r < count; r++) {
      let at = 0;
      for (let j = offsets[r]!; j < offsets[r + 1]!; j++) for (let i = starts[j]!; i < ends[j]!; i++) indices[at++] = i < days ? i : i - days;
      meanAndSharpe(values, indices);
    }
  }
}

function proveDrawdowns(): void {
  assertSameColumn(
    bootstrapDrawdowns(values, resamples),
    Float64Array.from(rowsOf(), (row) => drawdownAt(values, row)),
  );
  const { state } = stepwise(100);
  const rows = Array.from({ length: 100 }, () => stationaryIndices(days, 1 / meanBlock, () => nextUniform(state)).indices);
  assertSameColumn(bootstrapDrawdowns(values, resamplesOfRows(rows, days)), naiveDrawdowns(values, stepwise(100)));
}

const subject = { name: 'blocks', units, run: () => void bootstrapMeanAndSharpe(values, resamples) };

await runBench([
  {
    id: 'T1',
    what: 'stationary bootstrap, mean and Sharpe, 1,000 x 2,190',
    unit: 'step',
    budget: { atLeast: 5 },
    prepare: () => ({
      subject,
      baseline: { name: 'step by step', units, run: () => void naiveMeanAndSharpe(values, stepwise(draws)) },
      prove: proveMeanAndSharpe,
    }),
  },
  {
    id: 'T1 walked',
    what: 'the same draws, each block walked day by day',
    unit: 'step',
    budget: { atLeast: 2 },
    prepare: () => ({ subject, baseline: { name: 'walked', units, run: walkBlocks }, prove: proveMeanAndSharpe }),
  },
  {
    id: 'T2',
    what: 'the same, maximum drawdown of each path; at most 5 ns a step',
    unit: 'step',
    budget: { atLeast: 3 },
    prepare: () => ({
      subject: { name: 'blocks', units, run: () => void bootstrapDrawdowns(values, resamples) },
      baseline: { name: 'step by step', units, run: () => void naiveDrawdowns(values, stepwise(draws)) },
      prove: proveDrawdowns,
    }),
  },
]);
