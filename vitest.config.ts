import { defineConfig } from 'vitest/config';

/**
 * Quick tests end in .test.ts; `.full.` and `.nightly.` ones run in their own tiers. The zone tier repeats, in another time
 * zone, every quick test that computes in its own process; tests of whole processes set zones themselves.
 */
const tier = process.env['BACKTEST_TEST_TIER'] ?? 'quick';
const patterns: Record<string, { include: string[]; exclude: string[] }> = {
  quick: { include: ['src/**/*.test.ts', 'test/**/*.test.ts'], exclude: ['**/*.full.test.ts', '**/*.nightly.test.ts'] },
  zone: {
    include: ['src/**/*.test.ts', 'test/golden/**/*.test.ts', 'test/property/**/*.test.ts'],
    exclude: ['**/*.full.test.ts', '**/*.nightly.test.ts'],
  },
  full: { include: ['src/**/*.test.ts', 'test/**/*.test.ts'], exclude: ['**/*.nightly.test.ts'] },
  nightly: { include: ['**/*.nightly.test.ts'], exclude: [] },
};
const chosen = patterns[tier] ?? patterns['quick']!;

export default defineConfig({
  test: {
    include: chosen.include,
    exclude: [...chosen.exclude, '**/node_modules/**', 'dist/**'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
    reporters: ['default', './scripts/reporter.mjs'],
    setupFiles: ['./test/support/noNetwork.ts'],
  },
});
