import { replay } from '../src/portfolio/book/decisions.ts';
import { runBook } from '../src/portfolio/book/runBook.ts';
import { columnOfSteps, stepsOf } from '../src/portfolio/book/steps.ts';
import { unitStream } from '../src/portfolio/streams.ts';
import { always, free, randomMarket } from '../src/portfolio/testing/randomBook.ts';
import { namedStream, nextUniform } from '../src/core/random.ts';
import { runBench } from './harness.ts';
import { naiveBook } from './naive/book.ts';

const [edges, symbols, days] = [10, 10, 730];
const cost = 6 / 10_000;

await runBench([
  {
    id: 'P1',
    what: 'a book of 10 edges on 10 symbols over two years with attribution by edge and symbol, against a loop over dense positions without',
    unit: 'bar',
    budget: { atMost: 1.25 },
    prepare: () => {
      const open = randomMarket(1, { symbols, days });
      const market = { ...open, isTradable: open.isTradable.map((column) => new Uint8Array(column.length).fill(1)) };
      const streams = Array.from({ length: edges }, (_, e) => {
        const random = namedStream(`seed=1/portfolio-bench/edge/${e}`);
        const positions = market.symbols.map(() => stepsOf(tradesOf(() => nextUniform(random), market.rows)));
        const paths = { edge: `edge_${e}`, positions, costFraction: cost, isLong: true, isShort: true, sizing: { unit: 'gross1' as const } };
        return unitStream(paths, market, { members: always(market), slots: symbols });
      });
      const dense = streams.map(({ exposures }) => exposures.map((steps) => columnOfSteps(steps, market.rows)));
      const weights = Array.from({ length: days }, (_, day) =>
        Float64Array.from({ length: edges }, (__, e) => (day === 0 ? 0 : 0.1 + 0.01 * ((day + e) % 7))),
      );
      let book = runBook(streams, market, { decide: replay(weights), execution: free });
      let naive = naiveBook(dense, weights, market, cost);
      return {
        subject: {
          name: 'book',
          units: market.rows,
          run: () => void (book = runBook(streams, market, { decide: replay(weights), execution: free })),
        },
        baseline: { name: 'naive', units: market.rows, run: () => void (naive = naiveBook(dense, weights, market, cost)) },
        prove: () => {
          const off = book.pnl.findIndex((value, row) => Math.abs(value - naive[row]!) > 1e-14);
          if (off >= 0) throw new Error(`pnl differs on row ${off}: ${book.pnl[off]} and ${naive[off]}`);
        },
      };
    },
  },
]);

/** Positions of an edge that trades about twice a week and holds for a day. */
function tradesOf(uniform: () => number, rows: number): Float64Array {
  const column = new Float64Array(rows);
  for (let row = Math.floor(400 * uniform()); row < rows; row += 96 + Math.floor(480 * uniform()))
    column.fill(uniform() < 0.5 ? -1 : 1, row, row + 96);
  return column;
}
