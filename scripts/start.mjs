// `npm start`: the whole pipeline on the built-in sample market, then the name of the report.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = join(fileURLToPath(new URL('..', import.meta.url)), 'dist', 'cli', 'main.js');
const strategies = 'vol_compression_v1,vol_compression_momentum_v1,vol_compression_reversion_v1';
const args = [
  'run',
  '--source',
  'sample',
  '--symbols',
  'BTCUSDT,ETHUSDT',
  '--start',
  '2023-01-01',
  '--end',
  '2024-12-31',
  '--strategies',
  strategies,
];
const { status } = spawnSync(process.execPath, [main, ...args, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(status ?? 70);
