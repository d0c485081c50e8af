// Makes a fresh clone ready: installs what the lock names, checks that it works, builds. Runs before start and test,
// and does nothing when nothing changed since it last finished (its stamp is written last).
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (...parts) => join(root, ...parts);
const stampFile = at('.setup-stamp.json');
const lockFile = at('package-lock.json');
const hash = (text) => createHash('sha256').update(text).digest('hex');
const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
const say = (text) => console.error(`setup: ${text}`);

const installKey = () => hash([read(lockFile), read(at('package.json')), process.versions.modules, process.platform, process.arch].join('\0'));
const sourceKey = () =>
  hash(
    [...sources(at('src')), ...sources(at('bench')), at('scripts', 'build.mjs'), at('package.json')]
      .map((file) => `${file.slice(root.length)}\0${read(file)}`)
      .join('\0'),
  );

checkNode();
const stamp = readStamp();
let { install, build } = stamp;
if (install !== installKey() || !existsSync(at('node_modules', 'esbuild'))) {
  rmSync(stampFile, { force: true });
  installPackages();
  checkNative();
  install = installKey();
  build = '';
}
if (build !== sourceKey() || !existsSync(at('dist', 'units.json'))) {
  rmSync(stampFile, { force: true });
  const { buildAll } = await import('./build.mjs');
  await buildAll();
  build = sourceKey();
}
if (install !== stamp.install || build !== stamp.build) writeFileSync(stampFile, `${JSON.stringify({ install, build })}\n`);

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  say(`Node ${process.versions.node} is too old; install Node 20.19 or newer.`);
  process.exit(4);
}

function readStamp() {
  try {
    return JSON.parse(read(stampFile));
  } catch {
    return { install: '', build: '' };
  }
}

/** npm ci refuses a lock written where other platforms' binaries were not to be had; install honors the same versions. */
function installPackages() {
  const before = read(lockFile);
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--include=dev', '--include=optional'];
  say('installing packages');
  npm(['install', ...flags]);
  if (read(lockFile) === before) return;
  if (lockCoversPlatform(before)) {
    writeFileSync(lockFile, before);
    say('the lock file would change; package.json and package-lock.json do not fit together. Run npm install and commit both.');
    process.exit(4);
  }
  writeFileSync(lockFile, before);
  say('this platform is not in the lock file: its packages were installed without it, versions may differ');
}

function lockCoversPlatform(lock) {
  return lock.includes(`@duckdb/node-bindings-${process.platform}-${process.arch}`);
}

function npm(args) {
  const cli = process.env.npm_execpath;
  if (cli !== undefined && /npm-cli\.[cm]?js$/.test(cli)) execFileSync(process.execPath, [cli, ...args], { cwd: root, stdio: ['ignore', 2, 2] });
  else
    execFileSync(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
}

function checkNative() {
  try {
    execFileSync(process.execPath, ['-e', "require('@duckdb/node-api')"], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    say(
      `DuckDB does not load here: ${String(error.stderr ?? error)
        .trim()
        .split('\n')
        .at(-1)}`,
    );
    say('Delete node_modules and try again; optional packages must be installed.');
    process.exit(4);
  }
}

function sources(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((file) => statSync(file).isFile() && !file.endsWith('.test.ts'))
    .sort();
}
