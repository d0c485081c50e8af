import { resolveParams } from '../src/core/params.ts';
import { referenceProfile } from '../src/core/profile.ts';
import { additiveEquity } from '../src/engine/book.ts';
import { compileBracket } from '../src/engine/compileBracket.ts';
import { closeReturns } from '../src/engine/screen/closeReturns.ts';
import { accountMoney, type Money } from '../src/engine/screen/money.ts';
import type { Positions } from '../src/engine/positions.ts';
import { resolveBracket } from '../src/engine/screen/resolveBracket.ts';
import strategy from '../src/strategies/vol_compression_v1.ts';
import { benchFrame } from './frame.ts';
import { runBench } from './harness.ts';
import { naiveVolCompression } from './naive/volCompression.ts';

const cost = 6 / 10_000;

await runBench([
  {
    id: 'S9',
    what: 'one backtest with position, pnl and equity columns, against a summary-only loop',
    unit: 'bar',
    budget: { atMost: 2 },
    isolated: true,
    rounds: 9,
    prepare: () => {
      const frame = benchFrame();
      const params = resolveParams(strategy.id, strategy.params, {});
      const returns = closeReturns(frame, 'force_flat_zero_pnl');
      const equity = new Float64Array(frame.rows);
      let positions: Positions | undefined;
      let money: Money | undefined;
      let trades = 0;
      let naive = { trades: -1, pnl: Number.NaN };
      return {
        subject: {
          name: 'engine',
          units: frame.rows,
          run: () => {
            positions = resolveBracket(compileBracket(strategy, params, frame), frame, { reuse: positions });
            money = accountMoney(positions, returns, frame.fundingRate, {
              costFraction: cost,
              profile: referenceProfile,
              ...(money === undefined ? {} : { reuse: money }),
            });
            additiveEquity(money.pnl, 1, { spans: money.spans, out: equity });
            trades = positions.decided.count;
          },
        },
        baseline: {
          name: 'naive',
          units: frame.rows,
          run: () => {
            naive = naiveVolCompression(frame, returns, cost);
          },
        },
        prove: () => {
          if (trades !== naive.trades || trades < 50) throw new Error(`trades differ: ${trades} and ${naive.trades}`);
          const net = equity.at(-1)! - 1;
          if (Math.abs(net - naive.pnl) > 1e-12) throw new Error(`pnl differs: ${net} and ${naive.pnl}`);
        },
      };
    },
  },
]);
