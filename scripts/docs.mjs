// Makes the generated documents: node scripts/docs.mjs [--check]
//   --check  writes nothing; names the documents that are not what the sources make of them, exit code 1 when there are any
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { renderApi } from './docs/api.mjs';
import { renderMethods } from './docs/methods.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** @returns {Promise<Map<string, string>>} text of every generated document by path relative to the root */
export async function makeDocuments() {
  const product = await loadProduct();
  const file = JSON.parse(readFileSync(join(root, 'test', 'golden', 'statistics-vectors.json'), 'utf8'));
  const features = await Promise.all(product.featureIds.map((id) => product.feature(id)));
  const answer = (vector) => product.vectorFunctions[vector.function]?.(vector.input);
  const schemas = Object.entries(product.specJsonSchemas()).map(([kind, schema]) => [
    `specs/schemas/${kind}.schema.json`,
    product.prettyJson(schema),
  ]);
  return new Map([...renderApi(root), ['docs/methods.md', renderMethods(root, { vectors: file.vectors, answer, features })], ...schemas]);
}

/** Product code that the documents quote results of, bundled on the fly. */
async function loadProduct() {
  const folder = join(root, 'node_modules', '.cache', 'backtest-docs');
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `product-${process.pid}.mjs`);
  const units = readdirSync(join(root, 'src', 'features')).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const ids = units.map((name) => basename(name, '.ts')).sort();
  const contents = [
    "export { vectorFunctions } from './cli/vectors/adapter.ts';",
    "export { specJsonSchemas } from './governance/documents/jsonSchemas.ts';",
    "export { prettyJson } from './core/canonicalJson.ts';",
    ...ids.map((id, index) => `import feature${index} from './features/${id}.ts';`),
    `const features = { ${ids.map((id, index) => `${id}: feature${index}`).join(', ')} };`,
    'export const featureIds = Object.keys(features);',
    'export const feature = (id) => features[id];',
  ].join('\n');
  await build({
    absWorkingDir: root,
    stdin: { contents, resolveDir: join(root, 'src'), loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
    external: ['@duckdb/*', 'esbuild', 'highs', 'undici', 'piscina'],
    banner: { js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);" },
  });
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile);
  }
}

if (process.argv[1] !== undefined && basename(process.argv[1]) === 'docs.mjs') {
  const documents = await makeDocuments();
  const isOrphan = (name) => !documents.has(`docs/api/${name}`);
  const orphans = existsSync(join(root, 'docs', 'api')) ? readdirSync(join(root, 'docs', 'api')).filter(isOrphan) : [];
  const stale = [...documents].filter(([path, text]) => !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== text);
  const named = [...stale.map(([path]) => path), ...orphans.map((name) => `docs/api/${name}`)];
  if (process.argv.includes('--check')) {
    for (const path of named) console.error(`${path} is not what the sources make of it; run npm run docs`);
    process.exitCode = named.length === 0 ? 0 : 1;
  } else {
    for (const [path, text] of stale) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    for (const name of orphans) rmSync(join(root, 'docs', 'api', name));
    console.error(`${documents.size} documents, ${named.length} changed`);
  }
}
