import { beforeAll, describe, expect, it } from 'vitest';
import { cutFrame, testMarket } from '../../research/testing/fixtures.ts';
import { lineWidth } from '../markdown.ts';
import { figureTitles, tableOf, textOf } from '../testing/readHtml.ts';
import { sampleStudyModel, sampleSurrogates } from '../testing/sampleStudy.ts';
import type { StudyPageModel } from './model.ts';
import { renderLock } from './renderLock.ts';
import { renderStudyMarkdown } from './renderStudyMarkdown.ts';
import { renderStudyPage } from './renderStudyPage.ts';
import { effectShown, pShown, unitOf } from './units.ts';
import { primaryOn } from './verdictWords.ts';

const hostile = '<img src=x onerror=alert(1)>';
const model = sampleStudyModel({ surrogates: sampleSurrogates(0.4) });
const whole = primaryOn(model, 'development')!;
const unit = unitOf(model.document, whole.estimand);
const sectionOf = (page: string, id: string) => new RegExp(`<section id="${id}"[\\s\\S]*?</section>`).exec(page)![0];
let page: string;

beforeAll(async () => {
  page = await renderStudyPage(model);
});

describe('the page of a study', () => {
  it('says the verdict first, in a sentence with the numbers of the primary effect', () => {
    expect(page.indexOf('id="verdict"')).toBeLessThan(page.indexOf('id="hypothesis"'));
    const text = textOf(sectionOf(page, 'verdict'));
    expect(text).toContain('Fail: the structure is not there');
    expect(text).toContain(`with ${whole.n_events} matched events on ${whole.n_effective} days`);
    expect(text).toContain(`a difference of ${effectShown(unit, whole.effect).text}`);
    expect(text).toContain(`${effectShown(unit, whole.ci_low).text} to ${effectShown(unit, whole.ci_high).text}), p ${pShown(whole.p_raw).text}`);
    expect(text).toMatch(/\d of 7 gates passed, \d failed \(.*surrogate markets.*\)/);
  });

  it('says what would convince with the limits of the document', () => {
    const text = textOf(sectionOf(page, 'hypothesis'));
    for (const part of [
      'At least 10 matched events on 5 days',
      'An increase of at least 2 pp (next)',
      'in 80% of the years',
      'at least 5 events, the same sign, at least 1 pp',
    ])
      expect(text).toContain(part);
  });

  it('lists every gate with its answer, what it saw, what was asked for, why, and the table with the numbers', () => {
    const [head, ...rows] = tableOf(page, 'Gates, each answered for itself');
    expect(head).toEqual(['Gate', 'Answer', 'Observed (asked for)', 'Why', 'Numbers']);
    expect(rows.map(([gate]) => gate!.replaceAll(' ', '_'))).toEqual(model.result.gates.map(({ id }) => id));
    expect(rows.map(([, answer]) => answer!.toLowerCase())).toEqual(model.result.gates.map(({ status }) => status));
    expect(rows[0]![2]).toBe(`events ${whole.n_events} (at least 10) days ${whole.n_effective} (at least 5)`);
    expect(rows.map((row) => row[4])).toEqual(model.result.gates.map(({ evidence }) => evidence));
  });

  it('prints every estimand on every slice that was looked at, with interval, adjusted p, and the family', () => {
    const rows = tableOf(page, 'Effects: events minus their controls').slice(1);
    expect(rows).toHaveLength(model.result.effects.length);
    expect(rows.map(([, slice]) => slice)).toEqual(model.result.effects.map(({ slice }) => slice));
    expect(rows[0]!.slice(0, 4)).toEqual(['next primary share of moments', 'development', String(whole.n_events), String(whole.n_effective)]);
    expect(rows.map((row) => row.at(-1))).toEqual(model.result.effects.map(({ p_adjusted: p }) => pShown(p).text));
    expect(textOf(page)).toContain('the family of the adjustment is the 2 other estimands on the same slice');
  });

  it('draws hazard, paths, stability, balance, null distributions and events, each with its finding as title and its table', () => {
    const titles = figureTitles(page);
    const found = [
      /^Next: by bar 24, .* of the events and .* of the controls/,
      /^96 bars after the anchor/,
      /years, symbols and strata/,
      /^The largest standardized difference/,
      /against garch markets, which show it most/,
      /events in \d+ of \d+ months/,
    ];
    expect(titles).toHaveLength(found.length);
    found.forEach((pattern, at) => expect(titles[at]).toMatch(pattern));
    const captions = [...page.matchAll(/<figcaption>([\s\S]*?)<\/figcaption>/g)].map(([, caption]) => caption!);
    expect(captions.map((caption) => [...caption.matchAll(/href="([\w.]+)"/g)].map(([, file]) => file))).toEqual([
      ['curves.csv'],
      ['profile.csv'],
      ['stability.csv'],
      ['balance.csv', 'controls.csv'],
      ['null_effects.csv', 'negative_controls.csv'],
      ['events.csv'],
    ]);
    expect(textOf(captions[1]!)).toContain('before the anchor, no part of any outcome');
  });

  it('links only to its own sections and to files beside it, which it lists with their hashes', () => {
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id!);
    expect(new Set(ids).size).toBe(ids.length);
    const files = new Set([...model.files.map(({ path }) => path), 'lock.md']);
    for (const [, target] of page.matchAll(/href="([^"]+)"/g))
      expect(target!.startsWith('#') ? ids.includes(target!.slice(1)) : files.has(target!)).toBe(true);
    for (const { sha256 } of [...model.files, ...model.inputs]) expect(page).toContain(sha256);
    expect(page).toContain(model.result.digest);
    expect(textOf(page)).toContain('first_passage');
  });

  it('runs no script, asks for nothing, holds no number that is none, and stays small', () => {
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)|NaN|undefined|Infinity|#01fe/);
    expect(page).toContain("default-src 'none'; style-src 'unsafe-inline'");
    expect(Buffer.byteLength(page)).toBeLessThan(500_000);
    for (const [svg] of page.matchAll(/<svg[^>]*>/g)) expect(svg).toMatch(/role="img" aria-label="[^"]{20,}"|aria-hidden="true"/);
  });

  it('gives the same bytes again, in another time zone', async () => {
    const zone = process.env['TZ'];
    process.env['TZ'] = 'Pacific/Chatham';
    try {
      expect(await renderStudyPage(sampleStudyModel({ surrogates: sampleSurrogates(0.4) }))).toBe(page);
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  it('makes no hostile text of a document or a path executable', async () => {
    const evil: StudyPageModel = {
      ...model,
      runId: hostile,
      document: { ...model.document, title: hostile, hypothesis: { ...model.document.hypothesis, question: hostile } },
      result: { ...model.result, label: hostile, gates: model.result.gates.map((gate) => ({ ...gate, why: hostile })) },
      inputs: [{ path: hostile, sha256: hostile, rows: 1 }],
    };
    expect(await renderStudyPage(evil)).not.toContain('<img');
    for (const text of [renderLock, renderStudyMarkdown]) expect(text({ ...evil, runId: 'sample-study' })).not.toContain('<img');
  });
});

describe('a study that cannot tell', () => {
  const empty: Readonly<Record<string, { readonly model: StudyPageModel; readonly says: string }>> = {
    'without data': { model: sampleStudyModel({ frames: [] }), says: 'no symbol has bars' },
    'without bars': { model: sampleStudyModel({ frames: testMarket().map((frame) => cutFrame(frame, 0)) }), says: 'no symbol has bars' },
    'with a missing column': {
      model: sampleStudyModel({ change: (document) => ((document['series'] as Record<string, unknown>)['r'] = 'ln(close / spot.close)') }),
      says: 'AAAUSDT has no spot.close; BBBUSDT has no spot.close',
    },
    'without events': {
      model: sampleStudyModel({ change: (document) => (document['thresholds'] = { large: { fixed: 9 } }) }),
      says: '0 matched events',
    },
    'with a handful of events': {
      model: sampleStudyModel({ frames: testMarket({ rows: 96 * 12 }), surrogates: sampleSurrogates(0) }),
      says: 'events',
    },
  };

  it.each(Object.keys(empty))('%s gives a page, a report and a lock that say what is missing', async (name) => {
    const { model: short, says } = empty[name]!;
    const rendered = await renderStudyPage(short);
    expect(textOf(sectionOf(rendered, 'verdict'))).toContain('Inconclusive: the data do not say');
    expect(textOf(sectionOf(rendered, 'verdict'))).toContain(says);
    expect([...rendered.matchAll(/<section id="(\w+)"/g)]).toHaveLength(9);
    expect(rendered).not.toMatch(/NaN|undefined|Infinity/);
    for (const text of [renderLock(short), renderStudyMarkdown(short)]) {
      expect(text).toContain('Inconclusive: the data do not say');
      expect(text).not.toMatch(/NaN|undefined|Infinity/);
    }
  });
});

describe('the lock of a study', () => {
  const lock = renderLock(model);

  it('has question, evaluation with numbers, answer and consequence of every gate', () => {
    const sections = lock
      .split('\n## ')
      .slice(1, -1)
      .map((section) => section.replace(/\s+/g, ' '));
    expect(sections).toHaveLength(model.result.gates.length);
    sections.forEach((section, at) => {
      const gate = model.result.gates[at]!;
      expect(section.startsWith(`${at + 1}. ${gate.id.replaceAll('_', ' ')}`)).toBe(true);
      for (const part of ['- Question: ', '- Evaluation: ', 'Observed (asked for): ', '- Consequence: ', `[${gate.evidence}](${gate.evidence})`])
        expect(section).toContain(part);
      expect(section).toContain(`- Answer: **${{ pass: 'YES', fail: 'NO', inconclusive: 'NOT KNOWN' }[gate.status]}**`);
    });
    expect(lock).toContain('**Fail: the structure is not there.**');
    expect(lock).toContain('no policy is studied on it');
  });

  it('and the report in Markdown fit into a terminal, and end with a newline', () => {
    for (const text of [lock, renderStudyMarkdown(model)]) {
      expect(text.split('\n').filter((line) => line.length > lineWidth)).toEqual([]);
      expect(text.endsWith('\n') && !text.endsWith('\n\n')).toBe(true);
    }
  });
});
