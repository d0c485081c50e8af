import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { removeFolders, runInProcess, temporaryFolder } from './support/pipeline.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));
if (executablePath === undefined) process.stderr.write('not run here: the report in a browser needs an installed Chromium\n');

const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

describe.runIf(executablePath !== undefined)('the report in a browser', () => {
  let browser: Browser;
  let address: string;

  beforeAll(async () => {
    const dataRoot = temporaryFolder();
    const request = { symbols: ['BTCUSDT'], start: '2023-01-01', end: '2023-12-31', source: 'sample' };
    const outcome = await runInProcess(request, { dataRoot });
    const report = outcome.manifests.find(({ stage }) => stage === 'report')!.outputs.find(({ path }) => path.endsWith('.html'))!;
    address = pathToFileURL(join(dataRoot, report.path)).href;
    const { chromium } = await import('playwright-core');
    browser = await chromium.launch({ executablePath: executablePath!, args });
  });

  afterAll(async () => {
    await browser.close();
    removeFolders();
  });

  it.each([
    { width: 1280, colorScheme: 'light' as const },
    { width: 420, colorScheme: 'dark' as const },
  ])('opens at $width pixels, $colorScheme, without an error, a request or a sideways scroll', async ({ width, colorScheme }) => {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const problems: string[] = [];
    page.on('console', (message) => problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => {
      if (request.url() !== address) problems.push(request.url());
    });
    await page.goto(address);
    const { scroll, shown } = await page.evaluate<{ scroll: number; shown: number }>(
      '({ scroll: document.documentElement.scrollWidth, shown: document.querySelectorAll("svg").length })',
    );
    await page.close();
    expect(problems).toEqual([]);
    expect(scroll).toBeLessThanOrEqual(width);
    expect(shown).toBeGreaterThanOrEqual(4);
  });
});
