import { dirname, resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { bundleScript } from './src/registry/browserScript.ts';

/**
 * Quick tests end in .test.ts; `.full.` and `.nightly.` ones run in their own tiers. The zone tier repeats, in another time
 * zone, the quick tests that compute in their own process and can meet a date; tests of whole processes set zones themselves.
 */
const tier = process.env['BACKTEST_TEST_TIER'] ?? 'quick';
const patterns: Record<string, { include: string[]; exclude: string[] }> = {
  quick: { include: ['src/**/*.test.ts', 'test/**/*.test.ts'], exclude: ['**/*.full.test.ts', '**/*.nightly.test.ts'] },
  zone: {
    include: ['src/**/*.test.ts', 'test/property/**/*.test.ts'],
    exclude: ['**/*.full.test.ts', '**/*.nightly.test.ts', 'src/stats/**', 'src/research/**', 'src/portfolio/**', 'src/report/renderReport.test.ts'],
  },
  full: { include: ['src/**/*.test.ts', 'test/**/*.test.ts'], exclude: ['**/*.nightly.test.ts'] },
  nightly: { include: ['**/*.nightly.test.ts'], exclude: [] },
};
const chosen = patterns[tier] ?? patterns['quick']!;

/** What the build does for imports of browser scripts as text. */
const browserScripts = {
  name: 'browser-scripts',
  enforce: 'pre' as const,
  resolveId: (source: string, importer?: string) =>
    source.startsWith('script:') && importer !== undefined ? `\0script:${resolve(dirname(importer), source.slice('script:'.length))}` : null,
  load: async (id: string) =>
    id.startsWith('\0script:') ? `export default ${JSON.stringify(await bundleScript(id.slice('\0script:'.length)))}` : null,
};

export default defineConfig({
  plugins: [browserScripts],
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
