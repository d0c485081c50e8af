import { canonicalJson, hashOf } from '../src/core/canonicalJson.ts';
import { namedStream, nextNormal } from '../src/core/random.ts';
import { sweepTrials } from '../src/governance/ledger/sweepTrials.ts';
import { runBench } from './harness.ts';
import { sixYears } from './market.ts';

const cells = 10_000;
const metrics = ['sharpe', 'pnl', 'trades', 'wins', 'exposure', 'max_drawdown'];
const columns = 10;

await runBench([
  {
    id: 'T4',
    what: `ledger entry of a sweep of ${cells} cells, against summing every column of a symbol (a sweep may take twelve of these)`,
    unit: 'cell',
    budget: { atMost: 6 },
    prepare: () => {
      const random = namedStream('seed=1/bench/ledger/0');
      const results = Object.fromEntries(metrics.map((name) => [name, new Float64Array(cells).map(() => nextNormal(random))]));
      const bars = Array.from({ length: columns }, () => new Float64Array(sixYears).fill(1));
      const looked = { hypothesis: 'h', subject: 's', run_id: 'r', window: { start: '2020-01-01', end: '2025-12-31' }, what: { grid: 'g' } };
      let [line, total] = ['', 0];
      return {
        subject: {
          name: 'entry',
          units: cells,
          run: () => {
            const body = sweepTrials({ ...looked, results, metric: 'sharpe' });
            line = canonicalJson({ seq: 1, body, hash: hashOf(body) });
          },
        },
        baseline: {
          name: 'one pass',
          units: cells,
          run: () => {
            total = 0;
            for (let c = 0; c < columns; c++) total += sumOf(bars[c]!);
          },
        },
        prove: () => {
          const { digest, trials } = (JSON.parse(line) as { body: { digest: string; trials: number } }).body;
          const other = { ...results, wins: results['wins']!.with(cells - 1, 0) };
          const isTied = digest !== sweepTrials({ ...looked, results: other, metric: 'sharpe' }).digest;
          if (!isTied || trials !== cells || total !== columns * sixYears) throw new Error('the entry does not hold every cell');
        },
      };
    },
  },
]);

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}
