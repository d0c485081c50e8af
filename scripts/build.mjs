// Builds dist/: one ES module per unit and entry point with shared chunks, declarations, and the unit index.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'src');
const dist = join(root, 'dist');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Loaded when needed, from node_modules: native, large, or CommonJS that does not survive bundling. */
const external = ['@duckdb/*', 'esbuild', 'undici', 'piscina', 'yaml'];

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
  external,
};

export async function buildAll() {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist);
  const tools = await loadTools();
  const units = tools.scan(source, 'built-in');
  await build({
    ...common,
    entryPoints: ['src/cli/main.ts', 'src/index.ts', 'src/stages/lib/worker.ts', ...units.map(({ file }) => relative(root, file))],
    outdir: 'dist',
    outbase: 'src',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    define: { BACKTEST_VERSION: JSON.stringify(version) },
    banner: { js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);" },
  });
  const index = [];
  for (const { kind, id, file } of units) {
    const built = relative(source, file).replace(/\.ts$/, '.js');
    const loaded = (await import(pathToFileURL(join(dist, built)).href)).default;
    if (tools.kindOf(loaded) !== kind || loaded.id !== id) throw new Error(`${built}: not a ${kind} called ${id}`);
    const { fingerprint } = await tools.bundleUnit(file, join(source, 'index.ts'));
    index.push({ kind, id, file: built.split('\\').join('/'), fingerprint, summary: loaded.summary ?? loaded.title ?? '' });
  }
  index.sort((a, b) => (`${a.kind}/${a.id}` < `${b.kind}/${b.id}` ? -1 : 1));
  writeFileSync(join(dist, 'units.json'), `${JSON.stringify({ version, units: index }, null, 1)}\n`);
  return { units: index.length, files: readdirSync(dist, { recursive: true }).length };
}

/** The registry's own scanner and fingerprints, bundled on the fly: the build has no second copy of either. */
async function loadTools() {
  const folder = join(root, 'node_modules', '.cache', 'backtest-build');
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `tools-${process.pid}.mjs`);
  await build({
    ...common,
    stdin: {
      contents:
        "export { scan } from './registry/discover.ts'; export { bundleUnit } from './registry/fingerprint.ts'; export { kindOf } from './core/define.ts';",
      resolveDir: source,
      loader: 'ts',
    },
    outfile,
  });
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile);
  }
}

function declarations() {
  execFileSync(process.execPath, [join(root, 'node_modules', '@typescript', 'native', 'bin', 'tsc'), '-p', join(root, 'tsconfig.build.json')], {
    stdio: 'inherit',
  });
}

if (process.argv[1] !== undefined && basename(process.argv[1]) === 'build.mjs') {
  const started = performance.now();
  const built = await buildAll();
  if (process.argv.includes('--types') && existsSync(join(root, 'tsconfig.build.json'))) declarations();
  console.error(`built ${built.units} units in ${Math.round(performance.now() - started)} ms`);
}
