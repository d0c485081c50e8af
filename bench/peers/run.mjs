// Compares hot paths with public peers on the same bars. Optional: needs Python, pip and a package index; no test runs it.
//
//   node bench/peers/run.mjs [--rounds N] [--out FILE] [-- FLAGS OF backtest stage]
//
// Without flags the bars are the sample market's. Peers are installed into a scratch environment below node_modules/.cache.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const here = join(root, 'bench', 'peers');
const cache = join(root, 'node_modules', '.cache', 'peers');
const at = process.argv.indexOf('--');
const own = process.argv.slice(2, at === -1 ? undefined : at);
const { values: options } = parseArgs({
  args: own,
  options: { rounds: { type: 'string', default: '7' }, out: { type: 'string' }, python: { type: 'string', default: 'python3' } },
});
const sample = ['--source', 'sample', '--symbols', 'BTCUSDT', '--start', '2020-01-01', '--end', '2025-12-31'];
const market = at === -1 ? sample : process.argv.slice(at + 1);
const say = (text) => console.error(`peers: ${text}`);

const scratch = mkdtempSync(join(tmpdir(), 'bench-peers-'));
const sides = [];
try {
  const python = environment();
  const { peerTasks } = await bundled('task.ts');
  const { subject } = await (await bundled('prepare.ts')).prepare({ main: join(root, 'dist', 'cli', 'main.js'), scratch, market });
  const ours = side(process.execPath, [await bundle('ours.ts'), join(scratch, 'setup.json')]);
  const peer = side(python, [join(here, 'peers.py'), join(scratch, 'setup.json')]);
  const rows = [];
  for (const task of peerTasks) {
    const difference = largestDifference((await ours.ask(`prove ${task.id}`)).path, (await peer.ask(`prove ${task.id}`)).path);
    if (!(difference <= task.tolerance)) throw new Error(`${task.id}: ours and ${task.peer} differ by ${difference}, so there is no ratio`);
    const times = { ours: [], peer: [] };
    for (let round = 0; round < Number(options.rounds); round++) {
      const order = round % 2 === 0 ? ['ours', 'peer'] : ['peer', 'ours'];
      for (const name of order) {
        const { cpuNs } = await (name === 'ours' ? ours : peer).ask(`time ${task.id}`);
        times[name].push(cpuNs);
      }
    }
    rows.push({ task, difference, ours: middle(times.ours), peer: middle(times.peer) });
    say(`${task.id} ${digits(rows.at(-1).peer / rows.at(-1).ours)}x ${task.peer}`);
  }
  const text = markdown(rows, subject, python);
  if (options.out === undefined) console.log(text);
  else writeFileSync(options.out, text);
} finally {
  for (const { child } of sides) child.kill();
  rmSync(scratch, { recursive: true, force: true });
}

/** Python with the peers of requirements.txt. */
function environment() {
  const folder = join(cache, 'venv');
  const python = join(folder, 'bin', 'python');
  const wanted = readFileSync(join(here, 'requirements.txt'), 'utf8');
  const stamp = join(folder, 'requirements.txt');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return python;
  say('installing peers');
  mkdirSync(cache, { recursive: true });
  execFileSync(options.python, ['-m', 'venv', '--clear', folder], { stdio: ['ignore', 2, 2] });
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--only-binary', ':all:', '-r', join(here, 'requirements.txt')], {
    stdio: ['ignore', 2, 2],
  });
  writeFileSync(stamp, wanted);
  return python;
}

async function bundle(name) {
  const outfile = join(cache, name.replace('.ts', '.mjs'));
  await build({
    entryPoints: [join(here, name)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  });
  return outfile;
}

async function bundled(name) {
  return import(pathToFileURL(await bundle(name)).href);
}

/** A process that answers one line of JSON to each line. */
function side(program, args) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const one = {
    child,
    ask: async (line) => {
      child.stdin.write(`${line}\n`);
      const { value, done } = await answers.next();
      if (done) throw new Error(`${program} ended at: ${line}`);
      return JSON.parse(value);
    },
  };
  sides.push(one);
  return one;
}

/** Largest relative difference of two files of doubles; Infinity when lengths or missing values differ. */
function largestDifference(first, second) {
  const [a, b] = [first, second].map((path) => {
    const bytes = readFileSync(path);
    return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  });
  if (a.length !== b.length || a.length === 0) return Infinity;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    if (Number.isNaN(a[i]) && Number.isNaN(b[i])) continue;
    const difference = a[i] === b[i] ? 0 : Math.abs(a[i] - b[i]) / Math.max(Math.abs(a[i]), Math.abs(b[i]));
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
  }
  return largest;
}

function markdown(rows, subject, python) {
  const versions = JSON.parse(
    execFileSync(
      python,
      [
        '-c',
        "import json, platform, importlib.metadata as m; print(json.dumps({'Python': platform.python_version(), **{n: m.version(n) for n in ['numpy', 'pandas', 'numba', 'vectorbt', 'backtesting']}}))",
      ],
      { encoding: 'utf8' },
    ),
  );
  const words = Object.entries({ Node: process.versions.node, ...versions }).map(([name, version]) => `${name} ${version}`);
  const asked = ({ atLeast }, ratio) => (atLeast === null ? ['-', '-'] : [`>= ${atLeast}x`, ratio >= atLeast ? 'met' : 'missed']);
  const lines = rows.map(({ task, ours, peer, difference }) => {
    const ratio = peer / ours;
    return `| ${task.id} | ${task.what} | ${task.peer} | ${digits(ours)} | ${digits(peer)} | ${digits(ratio)}x | ${asked(task, ratio).join(' | ')} | ${difference === 0 ? 'same bits' : difference.toExponential(0)} |`;
  });
  const remarks = rows.filter(({ task }) => task.remark !== '').map(({ task }) => `- ${task.id}: ${task.remark}.`);
  return [
    `${subject}. ${words.join(', ')}; ${cpus()[0].model}, ${cpus().length} cores.`,
    '',
    '| id | what | peer | ours, ns | peer, ns | ratio | asked | | largest difference |',
    '|---|---|---|---:|---:|---:|---|---|---|',
    ...lines,
    '',
    ...remarks,
    '',
  ].join('\n');
}

function middle(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

function digits(value) {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
