import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { openRegistry } from '../src/registry/discover.ts';
import { renderIndex } from '../src/report/renderIndex.ts';
import { renderCertificate } from '../src/report/certificate/renderCertificate.ts';
import { renderReport } from '../src/report/renderReport.ts';
import type { Section } from '../src/report/section.ts';
import { renderStudyPage } from '../src/report/study/renderStudyPage.ts';
import { sampleCertificate } from '../src/report/testing/sampleCertificate.ts';
import { sampleModel } from '../src/report/testing/sampleModel.ts';
import { sampleStudyModel, sampleSurrogates } from '../src/report/testing/sampleStudy.ts';
import { accessibilityFaults, chromiumPath, looks, openBrowser, openPage } from './support/browser.ts';
import { indexedSample } from './support/indexedSample.ts';
import { removeFolders, temporaryFolder } from './support/pipeline.ts';

if (chromiumPath === undefined) process.stderr.write('not run here: the report in a browser needs an installed Chromium\n');

const folder = temporaryFolder();
const address = (name: string) => pathToFileURL(join(folder, name)).href;
let browser: Browser;

beforeAll(async () => {
  if (chromiumPath === undefined) return;
  const sections = [...(await openRegistry().loadAll<Section>('section')).values()];
  const model = sampleModel();
  writeFileSync(join(folder, 'report.html'), await renderReport(model, sections));
  writeFileSync(join(folder, 'idle.html'), await renderReport({ ...model, trades: [], tradeWindows: [] }, sections));
  writeFileSync(join(folder, 'index.html'), renderIndex(indexedSample()));
  writeFileSync(join(folder, 'study.html'), await renderStudyPage(sampleStudyModel({ surrogates: sampleSurrogates(0.4) })));
  writeFileSync(join(folder, 'nothing.html'), await renderStudyPage(sampleStudyModel({ frames: [] })));
  writeFileSync(join(folder, 'certificate.html'), await renderCertificate(sampleCertificate()));
  browser = await openBrowser();
});
afterAll(async () => {
  if (chromiumPath !== undefined) await browser.close();
  removeFolders();
});

const pages = ['report.html', 'idle.html', 'index.html', 'study.html', 'nothing.html', 'certificate.html'];
const text = (page: Page, selector: string) => page.locator(selector).first().innerText();
const chosen = (page: Page) =>
  page.evaluate<number>(`[...document.querySelectorAll('#trade-list tbody tr')].findIndex((row) => row.classList.contains('chosen'))`);

describe.runIf(chromiumPath !== undefined)('a page in a browser', () => {
  it.each(pages.flatMap((name) => looks.map((look) => ({ name, ...look }))))(
    '$name opens at $width pixels, $colorScheme, without a console line, a request, a sideways scroll or a serious accessibility fault',
    async ({ name, width, colorScheme }) => {
      const { page, problems, close } = await openPage(browser, address(name), { viewport: { width, height: 900 }, colorScheme });
      await page.evaluate('document.querySelectorAll("details").forEach((details) => { details.open = true; })');
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(problems).toEqual([]);
      await close();
    },
  );

  it('shows the chosen trade as candles, and goes from trade to trade with the arrow keys', async () => {
    const { page, problems, close } = await openPage(browser, address('report.html'));
    expect(await page.locator('#trade-view canvas').count()).toBeGreaterThan(0);
    const drawn = () => page.locator('#trade-view .chart').screenshot();
    const [first, title, picture] = [await chosen(page), await text(page, '#trade-view [role=status]'), await drawn()];
    await page.locator('#trade-list tr.chosen button').focus();
    await page.keyboard.press('ArrowDown');
    expect(await chosen(page)).toBe(first + 1);
    expect(await text(page, '#trade-view [role=status]')).not.toBe(title);
    expect((await drawn()).equals(picture)).toBe(false);
    expect(await page.evaluate('document.activeElement.closest("tr").className')).toContain('chosen');
    await page.keyboard.press('End');
    expect(await chosen(page)).toBe(99);
    await page.locator('#trade-view button', { hasText: 'Previous' }).click();
    expect(await chosen(page)).toBe(98);
    // What the panel says is what the row says.
    const net = await page.locator('#trade-list tr.chosen td').nth(3).innerText();
    expect(await text(page, '.tradefacts')).toContain(net);
    expect(problems).toEqual([]);
    await close();
  });

  it('draws a price for every trade at which it began', async () => {
    const { page, close } = await openPage(browser, address('report.html'));
    const legends = new Set<string>();
    for (let at = 0; at < 5; at++) {
      legends.add(await text(page, '#trade-view .legend'));
      await page.locator('#trade-view button', { hasText: 'Next' }).click();
    }
    for (const legend of legends) for (const part of ['entry', 'stop', 'target', 'held', '15 minutes']) expect(legend).toContain(part);
    await page.locator('#trade-list tbody tr').first().click();
    expect(await text(page, '#trade-view .legend')).toContain('no bar');
    await close();
  });

  it('zooms equity and drawdown together, and puts the market beside them when asked', async () => {
    const { page, problems, close } = await openPage(browser, address('report.html'));
    const drawn = () => page.locator('#equity-view .chart').screenshot();
    const all = await drawn();
    expect(await text(page, '#equity-view .readout')).toMatch(/^2024-12-31 equity .* drawdown/);
    await page.locator('#equity-view button', { hasText: '2023' }).click();
    expect((await drawn()).equals(all)).toBe(false);
    await page.locator('#equity-view button', { hasText: 'All' }).click();
    const market = page.locator('#equity-view button', { hasText: 'Holding' });
    const without = await drawn();
    await market.click();
    expect(await market.getAttribute('aria-pressed')).toBe('true');
    expect((await drawn()).equals(without)).toBe(false);
    await page.locator('#equity-view .chart').hover({ position: { x: 120, y: 80 } });
    expect(await text(page, '#equity-view .readout')).toMatch(/^2023-/);
    expect(problems).toEqual([]);
    await close();
  });

  it('says beside a number where it comes from, for the pointer and for the keyboard', async () => {
    const { page, close } = await openPage(browser, address('report.html'));
    await page.locator('.tiles .n').first().hover();
    const card = page.locator('#number-card');
    expect(await card.innerText()).toMatch(
      /lake\/trades\/backtests\/sample-two-years\/metrics\.json\s+sha256 [0-9a-f]{64}\s+manifest runs\/sample-two-years\/backtest\.json/,
    );
    await page.keyboard.press('Escape');
    expect(await card.isVisible()).toBe(false);
    await page.locator('#equity figcaption a').first().focus();
    expect(await card.innerText()).toContain('portfolio_returns.parquet');
    await page.keyboard.press('Enter');
    const row = await page.evaluate<{ id: string; isShown: boolean }>(
      '({ id: location.hash, isShown: document.querySelector(location.hash).checkVisibility() })',
    );
    expect(row).toEqual({ id: expect.stringMatching(/^#output-/), isShown: true });
    await close();
  });

  it('can be left and read without a pointer: skip link, focus that shows, landmarks', async () => {
    const { page, close } = await openPage(browser, address('report.html'));
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the verdict');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('content');
    for (const tag of ['header', 'nav', 'main', 'footer']) expect(await page.locator(tag).count()).toBe(1);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await close();
  });

  it('says everything without scripts', async () => {
    const { page, problems, close } = await openPage(browser, address('report.html'), { javaScriptEnabled: false });
    expect(await page.locator('#trade-view').isVisible()).toBe(false);
    expect(await page.locator('#equity .wide svg').first().isVisible()).toBe(true);
    expect(await page.locator('#trade-list tbody tr').count()).toBe(100);
    expect(await page.locator('#trade-list tbody tr').first().locator('td:visible').count()).toBe(18);
    expect(await page.locator('noscript p').isVisible()).toBe(true);
    expect(problems).toEqual([]);
    await close();
  });

  it('stays with drawings and the whole table where a browser has no canvas', async () => {
    const { page, problems, close } = await openPage(browser, address('report.html'), {
      before: 'HTMLCanvasElement.prototype.getContext = () => null;',
    });
    expect(problems).toEqual([]);
    expect(await page.locator('#equity .wide svg').first().isVisible()).toBe(true);
    expect(await page.locator('#trade-view').isVisible()).toBe(false);
    expect(await page.locator('#trade-list tbody tr').first().locator('td:visible').count()).toBe(18);
    await close();
  });

  it('prints light on paper from a dark screen, with drawings instead of canvases', async () => {
    const { page, close } = await openPage(browser, address('report.html'), { colorScheme: 'dark' });
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)!.length).toBeLessThan(30);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    expect(await page.locator('canvas:visible').count()).toBe(0);
    expect(await page.locator('#equity .wide svg').first().isVisible()).toBe(true);
    expect(await page.locator('#trade-list tbody tr:visible').count()).toBe(20);
    await close();
  });

  it('sorts and filters the index by what it is told', async () => {
    const { page, problems, close } = await openPage(browser, address('index.html'));
    const first = () => page.locator('tbody tr').first().locator('th').innerText();
    await page.locator('thead button', { hasText: 'Net return' }).click();
    expect([await first(), await page.locator('th[aria-sort]').getAttribute('aria-sort')]).toEqual(['run-0', 'descending']);
    await page.locator('thead button', { hasText: 'Net return' }).click();
    expect([await first(), await page.locator('th[aria-sort]').getAttribute('aria-sort')]).toEqual(['run-7', 'ascending']);
    // Whatever the order, what is unknown comes last.
    expect(await page.locator('tbody tr').last().innerText()).toMatch(/half|torn/);
    await page.locator('input[type=search]').fill('ETHUSDT reversion');
    expect(await page.locator('tbody tr:visible th').allInnerTexts()).toEqual(['run-7', 'run-5', 'run-1']);
    expect(await page.locator('.filter [role=status]').innerText()).toBe('3 of 10 rows');
    expect(await page.locator('tbody a').first().getAttribute('href')).toMatch(/^runs\/run-\d\/report\.html$/);
    expect(problems).toEqual([]);
    await close();
  });
});
