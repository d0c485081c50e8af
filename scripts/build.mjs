// Builds dist/ (or --out DIR): one ES module per unit, entry point and benchmark with shared chunks, the unit index, licenses of what is
// inside; with --types also declarations.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'src');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Loaded when needed, from node_modules: native, large, CommonJS that does not survive bundling, or only there in a clone. */
const external = ['@duckdb/*', 'esbuild', 'highs', 'undici', 'piscina', 'yaml', 'csv-parse/sync'];

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

/** Everything but declarations, into an emptied folder. */
export async function buildAll(dist = join(root, 'dist')) {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  const tools = await loadTools();
  const units = tools.scan(source, 'built-in');
  const { metafile } = await build({
    ...common,
    metafile: true,
    entryPoints: [
      ...[
        'src/cli/main.ts',
        'src/index.ts',
        'src/stages/lib/worker.ts',
        'src/stages/lib/surrogateWorker.ts',
        ...units.map(({ file }) => relative(root, file)),
      ].map((file) => entry(file, 'src')),
      ...readdirSync(join(root, 'bench'))
        .filter((name) => name.endsWith('.bench.ts'))
        .map((name) => entry(join('bench', name), '.')),
    ],
    outdir: dist,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    define: { BACKTEST_VERSION: JSON.stringify(version) },
    plugins: [tools.browserScripts()],
    banner: { js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);" },
  });
  const index = [];
  for (const { kind, id, file } of units) {
    const built = relative(source, file).replace(/\.ts$/, '.js');
    const loaded = (await import(pathToFileURL(join(dist, built)).href)).default;
    if (tools.kindOf(loaded) !== kind || loaded.id !== id) throw new Error(`${built}: not a ${kind} called ${id}`);
    const { fingerprint } = await tools.bundleUnit(file, join(source, 'index.ts'));
    index.push({ kind, id, file: built.split('\\').join('/'), fingerprint, summary: loaded.summary ?? loaded.title ?? '', task: loaded.task });
  }
  index.sort((a, b) => (`${a.kind}/${a.id}` < `${b.kind}/${b.id}` ? -1 : 1));
  writeFileSync(join(dist, 'units.json'), `${JSON.stringify({ version, units: index }, null, 1)}\n`);
  writeFileSync(join(dist, 'THIRD-PARTY.txt'), licenses(metafile));
  return { units: index.length, files: readdirSync(dist, { recursive: true }).length };
}

/** Built to the same place below dist as the file has below a folder; benchmarks share the product's chunks. */
function entry(file, folder) {
  return { in: file, out: relative(folder, file).replace(/\.ts$/, '') };
}

/** Licenses of the packages whose code is inside the bundles; the scripts of pages are bundled apart. */
function licenses(metafile) {
  const used = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0));
  const names = used.flatMap(([path]) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
  const packages = [...new Set([...names, 'lightweight-charts'])].sort();
  const said = new Map();
  const list = packages.map((name) => {
    const folder = join(root, 'node_modules', name);
    const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    for (const file of readdirSync(folder, { recursive: true })) {
      if (!/^(licen[sc]e|notice|copying)/i.test(file) || !statSync(join(folder, file)).isFile()) continue;
      const text = readFileSync(join(folder, file), 'utf8').trim();
      said.set(text, [...(said.get(text) ?? []), name]);
    }
    return `${name} ${version} (${license})`;
  });
  const texts = [...said].map(([text, owners]) => `${'-'.repeat(80)}\n${owners.join(', ')}\n\n${text}\n`);
  return `Code of these packages is part of the built files:\n\n${list.join('\n')}\n\n${texts.join('\n')}`;
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
        "export { scan } from './registry/discover.ts'; export { bundleUnit } from './registry/fingerprint.ts'; export { browserScripts } from './registry/browserScript.ts'; export { kindOf } from './core/define.ts';",
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

/** Types are checked by `npm run types`; here they are only written down. */
function declarations(dist) {
  const tsc = join(root, 'node_modules', '@typescript', 'native', 'bin', 'tsc');
  execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', dist, '--noCheck'], { stdio: 'inherit' });
}

if (process.argv[1] !== undefined && basename(process.argv[1]) === 'build.mjs') {
  const started = performance.now();
  const { values } = parseArgs({ options: { types: { type: 'boolean' }, out: { type: 'string', default: join(root, 'dist') } } });
  const dist = resolve(values.out);
  const built = await buildAll(dist);
  if (values.types) declarations(dist);
  console.error(`built ${built.units} units in ${Math.round(performance.now() - started)} ms`);
}
