// Makes docs/report.png, the README's picture: the top of the report that `npm start` makes, 1280 pixels wide.
// Needs an installed Chromium and a build: npm run build && node scripts/picture.mjs [height]
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'docs', 'report.png');
const height = Number(process.argv[2] ?? 1000);
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));
if (executablePath === undefined) throw new Error('no Chromium is installed');

const dataRoot = mkdtempSync(join(tmpdir(), 'backtest-picture-'));
try {
  const { status } = spawnSync(process.execPath, [join(root, 'scripts', 'start.mjs'), '--data-root', dataRoot], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`the run ended with ${status}`);
  const [run] = readdirSync(join(dataRoot, 'reports', 'runs'));
  const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
  const page = await browser.newPage({ viewport: { width: 1280, height }, colorScheme: 'light' });
  await page.goto(pathToFileURL(join(dataRoot, 'reports', 'runs', run, 'report.html')).href);
  await page.screenshot({ path: target });
  await browser.close();
  console.error(`docs/report.png: 1280 x ${height}, ${Math.round(statSync(target).size / 1000)} kB`);
} finally {
  rmSync(dataRoot, { recursive: true, force: true });
}
