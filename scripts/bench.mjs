// Runs the benchmarks: node scripts/bench.mjs [filter] [--save] [--strict]
//   filter    only bench/*.bench.ts whose name contains it
//   --save    merges the records into bench/snapshots/latest.json
//   --strict  exit code 1 when a budget is missed (a failed proof of equality always is)
// Every file is bundled and runs in a Node process of its own.
import { fork } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { arch, platform, version } from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const snapshotPath = `${root}bench/snapshots/latest.json`;
const cache = `${root}node_modules/.cache/bench-${process.pid}`;

const flags = process.argv.slice(2).filter((word) => word.startsWith('--'));
const [filter = ''] = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const unknown = flags.find((flag) => flag !== '--save' && flag !== '--strict');
if (unknown !== undefined) fail(`unknown flag ${unknown}; known: --save, --strict`);

const files = readdirSync(`${root}bench`)
  .filter((name) => name.endsWith('.bench.ts') && name.includes(filter))
  .sort();
if (files.length === 0) fail(`no bench/*.bench.ts has "${filter}" in its name`);

const before = readSnapshot();
const records = [];
let isBroken = false;
try {
  for (const file of files) {
    const bundle = `${cache}/${file.replace(/\.ts$/, '.mjs')}`;
    await build({
      entryPoints: [`${root}bench/${file}`],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      packages: 'external',
      logLevel: 'warning',
    });
    console.log(`\n${file}`);
    if ((await run(bundle)) !== 0) isBroken = true;
  }
} finally {
  rmSync(cache, { recursive: true, force: true });
}

printTable();
if (flags.includes('--save') && !isBroken) save();
const missed = records.filter((record) => !record.ok);
process.exitCode = isBroken || (flags.includes('--strict') && missed.length > 0) ? 1 : 0;

function run(bundle) {
  return new Promise((resolve) => {
    const child = fork(bundle, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    child.on('message', (record) => records.push(record));
    child.on('close', (code) => resolve(code ?? 1));
  });
}

function printTable() {
  const rows = [['id', 'what', 'ratio', 'budget', 'ns/unit', 'cold', 'baseline', 'was', '']];
  for (const record of records) {
    const was = before.records.find((one) => one.id === record.id);
    rows.push([
      record.id,
      record.what,
      `${digits(record.ratio)}x`,
      'atLeast' in record.budget ? `>= ${record.budget.atLeast}x` : `<= ${record.budget.atMost}x`,
      digits(record.subject.cpuNs),
      digits(record.subject.coldCpuNs),
      digits(record.baseline.cpuNs),
      was === undefined ? '-' : `${digits(was.ratio)}x`,
      record.ok ? 'ok' : 'MISS',
    ]);
  }
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  console.log('');
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => pad(cell, widths[column], column))
        .join('  ')
        .trimEnd(),
    );
}

function pad(cell, width, column) {
  return column < 2 ? cell.padEnd(width) : cell.padStart(width);
}

function digits(value) {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

function readSnapshot() {
  try {
    return JSON.parse(readFileSync(snapshotPath, 'utf8'));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return { records: [] };
  }
}

/** Records not measured now stay as they were. */
function save() {
  const kept = before.records.filter((old) => !records.some((record) => record.id === old.id));
  const all = [...kept, ...records].map(rounded).sort((a, b) => (a.id < b.id ? -1 : 1));
  mkdirSync(`${root}bench/snapshots`, { recursive: true });
  writeFileSync(snapshotPath, `${JSON.stringify({ node: version, platform, arch, records: all }, null, 2)}\n`);
  console.log('\nsaved bench/snapshots/latest.json');
}

function rounded(record) {
  return JSON.parse(JSON.stringify(record, (_, value) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value)));
}

function fail(message) {
  console.error(message);
  process.exit(2);
}
