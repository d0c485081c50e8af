// A feature and a strategy of your own through the whole pipeline. Run it with: node examples/plugin.mjs [data root]
import { fileURLToPath } from 'node:url';
import { openRun, runPipeline } from '@perp/backtest';

// The folder holds features/range_place_96.ts and strategies/range_fade.ts; nothing is registered anywhere.
const units = fileURLToPath(new URL('units', import.meta.url));
const dataRoot = process.argv[2] ?? 'data';

const request = { source: 'sample', symbols: ['BTCUSDT', 'ETHUSDT'], start: '2023-01-01', end: '2023-02-28', strategies: ['range_fade'] };
const { runId, executed } = await runPipeline(request, { dataRoot, plugins: [units] });
console.log(executed.length > 0 ? `ran ${executed.join(', ')}` : 'the run was there already');

// Everything below is read from the run's files, each checked against the hash in its manifest.
const run = await openRun(dataRoot, runId);
const percent = (fraction) => `${(100 * fraction).toFixed(2)} %`;
const { total_trades: count, net_total_return: net, gross_return: gross } = await run.metrics();
console.log(`${count} trades, gross ${percent(gross)}, net ${percent(net)}`);

const trades = await run.trades();
for (const reason of new Set(trades.map((trade) => trade.exitReason))) {
  const ended = trades.filter((trade) => trade.exitReason === reason);
  console.log(`${reason}: ${ended.length} trades, ${percent(ended.reduce((sum, trade) => sum + trade.pnl, 0))}`);
}

// Columns are typed arrays; a missing value is NaN.
const { rows, numbers } = await run.features('BTCUSDT');
const missing = numbers.range_place_96.filter(Number.isNaN).length;
console.log(`range_place_96 of BTCUSDT: ${rows} bars, ${missing} missing at the start`);
await run.close();
