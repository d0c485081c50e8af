import { beforeAll, describe, expect, it } from 'vitest';
import { clopperPearson } from '../../stats/calibration/binomial.ts';
import { percent } from '../format.ts';
import { figureTitles, tableOf, textOf } from '../testing/readHtml.ts';
import { sampleCertificate } from '../testing/sampleCertificate.ts';
import { renderCertificate } from './renderCertificate.ts';

const hostile = '<img src=x onerror=alert(1)>';
let page: string;
beforeAll(async () => {
  page = await renderCertificate(sampleCertificate());
});

describe('the certificate', () => {
  it('says first whether the promise was held, with the counts of this program and of the reference gates', () => {
    const text = textOf(page);
    expect(text).toContain('At most 5% false approvals: held');
    expect(text).toContain('Of markets without an edge, 23 of 1,200 (1.92%) were approved; no combination');
    expect(text).toContain('The reference system’s own gates approved 396 of 400 (99.0%)');
    expect(page.indexOf('id="verdict"')).toBeLessThan(page.indexOf('id="false_approvals"'));
  });

  it('names every combination above its bound', async () => {
    const text = textOf(await renderCertificate(sampleCertificate([3, 31])));
    expect(text).toContain('At most 5% false approvals: not held');
    expect(text).toContain('1 combination of 6 exceeds its bound (vol shock relaxation on garch)');
    expect(text).toContain('On garch markets: 1 of 3 above the bound');
  });

  it('lists every study and policy on every kind of market with its exact interval, the reference gates beside it', () => {
    const rows = tableOf(page, 'Every study and policy on every kind of market').slice(1);
    expect(rows).toHaveLength(6);
    const { low, high } = clopperPearson(3, 200, 0.05);
    expect(rows[0]).toEqual([
      'vol shock relaxation',
      'student t',
      '200',
      '3',
      '1.50%',
      `${percent(low).text} to ${percent(high).text}`,
      '18',
      'yes',
      '11',
      '196 of 200 (98.0%)',
    ]);
    expect(rows.at(-1)!.at(-1)).toBe('none');
  });

  it('draws one figure per kind of market and one power curve per planted study, each with its finding', () => {
    expect(figureTitles(page)).toEqual([
      'On student t markets: all 3 within the bound',
      'On garch markets: all 3 within the bound',
      'Vol shock relaxation: found in 80% of the markets from 0.300 on',
      'Range compression breakout: no planted size was found in 80% of the markets',
    ]);
  });

  it('states the smallest detectable effect in basis points per trade where it is a return, and why not elsewhere', () => {
    const rows = tableOf(page, 'Smallest planted effect found in 80% of the markets').slice(1);
    expect(rows.map(([id, , smallest, bps]) => [id, smallest, bps])).toEqual([
      ['vol shock relaxation', '0.300', '–'],
      ['range compression breakout', '–', '–'],
    ]);
    expect(page).toContain('what is planted is no return');
    expect(page).toContain('no size reached 80%');
  });

  it('is whole: small, without a script or a request, with names on its drawings, the same again', async () => {
    expect(Buffer.byteLength(page)).toBeLessThan(500_000);
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)|NaN|undefined|Infinity|#01fe/);
    for (const [svg] of page.matchAll(/<svg[^>]*>/g)) expect(svg).toMatch(/role="img" aria-label="[^"]{20,}"|aria-hidden="true"/);
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id!);
    expect(new Set(ids).size).toBe(ids.length);
    expect(await renderCertificate(sampleCertificate())).toBe(page);
  });

  it('makes no hostile text executable, and says so when nothing was certified', async () => {
    const sample = sampleCertificate();
    const evil = { ...sample, generators: sample.generators.map(({ id }) => ({ id, summary: hostile })), node: hostile };
    expect(await renderCertificate(evil)).not.toContain('<img');
    const none = textOf(await renderCertificate({ ...sample, generators: [], studies: [], policies: [] }));
    expect(none).toContain('Nothing was certified');
    expect(none).toContain('Not shown: no effect was planted');
  });
});
