// Runs the checks of `npm test` in order and stops at the first that fails.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => join(root, 'node_modules', name);
const vitest = [bin('vitest/vitest.mjs'), 'run'];
const steps = {
  types: [bin('@typescript/native/bin/tsc'), '-p', 'tsconfig.json'],
  browserTypes: [bin('@typescript/native/bin/tsc'), '-p', 'src/report/client'],
  lint: [bin('oxlint/bin/oxlint')],
  format: [bin('oxfmt/bin/oxfmt'), '--check', 'src', 'test', 'bench', 'scripts', 'vitest.config.ts'],
  zone: vitest,
  quick: vitest,
  full: vitest,
  nightly: vitest,
};

// Browser code knows a document and no Node, so it is a project of its own.
for (const name of process.argv.slice(2).flatMap((step) => (step === 'types' ? [step, 'browserTypes'] : [step]))) {
  const isTier = ['zone', 'quick', 'full', 'nightly'].includes(name);
  const env = isTier ? { ...process.env, BACKTEST_TEST_TIER: name, TZ: name === 'zone' ? 'Pacific/Chatham' : 'UTC' } : process.env;
  const { status } = spawnSync(process.execPath, steps[name], { cwd: root, stdio: 'inherit', env });
  if (status !== 0) {
    console.error(`check ${name} failed`);
    if (!isTier) console.log('0 passed, 1 failed');
    process.exit(status ?? 1);
  }
}
