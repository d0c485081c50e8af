import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namedStream } from '../../src/core/random.ts';
import { dayMs } from '../../src/core/time.ts';
import type { Frame } from '../../src/engine/frame.ts';
import { formulaText } from '../../src/formula/ast.ts';
import { bindToFrame, checkOverlay, compileOverlay, overlayConditions } from '../../src/governance/documents/compileOverlay.ts';
import { specDigest } from '../../src/governance/documents/digest.ts';
import { limitGates } from '../../src/governance/documents/limitGates.ts';
import { metrics } from '../../src/governance/documents/metrics.ts';
import type { OverlayDocument } from '../../src/governance/documents/overlay.ts';
import { parseDocument } from '../../src/governance/documents/parseDocument.ts';
import { readJson } from '../../src/governance/documents/readJson.ts';
import { draftOverlay } from '../../src/research/policy/draftOverlay.ts';
import type { PolicyResult } from '../../src/research/policy/result.ts';
import { garch } from '../../src/research/surrogate/generators.ts';
import { policyMarket } from '../../src/research/testing/policyFixtures.ts';
import { mutate } from '../support/mutate.ts';
import { projectRoot } from '../support/shared.ts';

/** Whatever JSON holds. */
type Json = ReturnType<typeof JSON.parse>;

const shipped = (path: string): Json => JSON.parse(readFileSync(join(projectRoot, 'specs', path), 'utf8'));
const columns = {
  catalog: new Map(['open', 'high', 'low', 'close', 'volume'].map((name) => [name, { reads: 0 }])),
  retrospective: new Set(['fp_active']),
};

/** The shipped overlay with changes; fails the test unless it is of the right form. */
function overlay(change: (document: Json) => void = () => {}): OverlayDocument {
  const document = shipped('overlays/vol_shock_relaxation_delay30_v1.json');
  change(document);
  const parsed = parseDocument('overlays', document);
  expect(parsed.problems).toEqual([]);
  return parsed.document!;
}

const simple = (condition: string, effect: Json = { kind: 'block' }, release: string | null = null) =>
  overlay((d) => Object.assign(d, { condition, rule: { condition, series: {}, effect, release, parent: null } }));

describe('reading JSON', () => {
  it('gives what JSON.parse gives, for every value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.boolean(), (value, isSpread) => {
        const text = JSON.stringify(value, null, isSpread ? 2 : 0);
        const hasForbidden = /"(__proto__|constructor|prototype)"/.test(text);
        const read = readJson(text);
        if (!hasForbidden) expect([read.value, read.problems]).toEqual([JSON.parse(text), []]);
      }),
      { numRuns: 200 },
    );
  });

  it('accepts no text that JSON.parse refuses, and ends', () => {
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '1',
      '-',
      '01',
      '1.',
      '.5',
      '1e5',
      'true',
      'nul',
      'null',
      ' ',
      '\n',
      '\\',
      '\u0000',
      'NaN',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const { value, problems } = readJson(text);
        if (problems.length === 0) expect(value).toEqual(JSON.parse(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('names the line of every key, and finds all doubled keys and endless numbers at once', () => {
    const { lines, problems } = readJson('{\n "a": 1,\n "b": {"c": [1,\n 2]},\n "a": 1e999, "b": 2 }');
    expect(Object.fromEntries(lines)).toEqual({ a: 2, b: 3, 'b.c': 3, 'b.c.0': 3, 'b.c.1': 4 });
    expect(problems.map(({ code, path }) => [code, path])).toEqual([
      ['NUMBER_NOT_FINITE', 'a'],
      ['KEY_DUPLICATE', 'a'],
      ['KEY_DUPLICATE', 'b'],
    ]);
  });

  it('reads texts of a mebibyte', () => {
    const text = JSON.stringify({ a: 'x\\"'.repeat(200_000) });
    expect(readJson(text).value).toEqual(JSON.parse(text));
  });
});

describe('a mutated document', () => {
  const tokens = [
    '"',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    'null',
    'true',
    '1e308',
    '-1',
    '1e999',
    '"__proto__":',
    '"status":"APPROVED"',
    'fp_active',
    '\u202E',
    '.33 or ',
  ];

  it('is read or refused, never crashes, and what is accepted is what was written', () => {
    const stream = namedStream('seed=1/governance/mutated');
    const seeds = ['overlays/vol_shock_relaxation_delay30_v1', 'edges/vc_return_tilt', 'policies/overlay-default'].map((path) => ({
      kind: path.split('/')[0] as 'overlays' | 'edges' | 'policies',
      bytes: readFileSync(join(projectRoot, 'specs', `${path}.json`)),
    }));
    let accepted = 0;
    for (let i = 0; i < 900; i++) {
      const { kind, bytes } = seeds[i % seeds.length]!;
      const text = mutate(bytes, stream, { tokens, isText: true }).toString('utf8');
      const { value, problems } = readJson(text);
      if (problems.length > 0) continue;
      expect(value).toEqual(JSON.parse(text));
      const { document, problems: found } = parseDocument(kind, value);
      expect(document === null).toBe(found.length > 0);
      if (document === null) continue;
      accepted++;
      expect(document).toEqual(value);
      if (kind === 'overlays') checkOverlay(document as OverlayDocument, columns);
    }
    expect(accepted).toBeGreaterThan(20);
  });
});

describe('the form of a document', () => {
  it('is judged as a whole: everything that is wrong, with its place', () => {
    const document = shipped('edges/vc_core.json');
    Object.assign(document, { version: '1', tunning: 'locked', status: 'approved', validity: { from: '2020-02-30', to: null } });
    delete document['tuning'];
    const { problems } = parseDocument('edges', document);
    expect(problems.map(({ code, path }) => `${code} ${path}`).sort()).toEqual([
      'BAD_FORMAT validity.from',
      'KEY_MISSING tuning',
      'KEY_UNKNOWN tunning',
      'NOT_ALLOWED status',
      'WRONG_TYPE version',
    ]);
    expect(problems.find(({ code }) => code === 'KEY_UNKNOWN')!.message).toContain('did you mean tuning?');
  });

  it('takes nothing for an object that is none', () => {
    for (const values of [null, 1, 'a', [], [{}]]) expect(parseDocument('edges', values).problems.map(({ code }) => code)).toEqual(['NOT_AN_OBJECT']);
  });
});

describe('the digest of a document', () => {
  it('does not know what the document claims about itself, nor the order of its keys', () => {
    const document = overlay();
    const claimed = { ...document, status: 'APPROVED', run_ids_evidence: [{}] };
    expect(specDigest(claimed)).toBe(specDigest(document));
    expect(specDigest(Object.fromEntries(Object.entries(document).toReversed()))).toBe(specDigest(document));
  });

  it('changes with everything else', () => {
    const base = specDigest(overlay());
    const others = [
      overlay((d) => (d['version'] = 2)),
      overlay((d) => (d['cost_bps_validated'] = 7)),
      overlay((d) => (d['rule'].effect.bars = 31)),
      overlay((d) => (d['notes'] = '')),
      overlay((d) => (d['constraints'].max_drawdown_pct = 31)),
    ].map((document) => specDigest(document));
    expect(new Set([base, ...others]).size).toBe(6);
  });
});

describe('an overlay document', () => {
  it('compiles to what the engine binds: columns, warm-up, condition', () => {
    const compiled = compileOverlay(overlay(), columns);
    expect(compiled).toMatchObject({ id: 'vol_shock_relaxation_delay30_v1', version: 1, columns: ['close'], eventColumns: [], release: null });
    expect(compiled.warmupBars).toBeGreaterThan(2_880 + 2_880);
    expect(compiled.effect).toEqual({ kind: 'delay', bars: 30, onSignalLost: 'drop' });
    expect(formulaText(compiled.condition)).toContain('median_where(since(');
  });

  it('says of one that cannot run everything that is in its way', () => {
    const broken = overlay((d) => {
      d['rule'] = {
        condition: 'fp_active == 1 or nothing > 1',
        series: { a: 'b', b: 'a', c: 'close +' },
        effect: { kind: 'block' },
        release: 'close > 1',
        parent: null,
      };
    });
    const { compiled, problems } = checkOverlay(broken, columns);
    expect(compiled).toBeNull();
    expect(problems.map(({ code, path }) => `${code} ${path}`).sort()).toEqual([
      'CONDITION_NOT_CAUSAL rule.condition',
      'FORMULA_INVALID rule.series.a',
      'FORMULA_INVALID rule.series.b',
      'FORMULA_INVALID rule.series.c',
      'RELEASE_UNUSED rule.release',
      'RULE_MISMATCH condition',
      'SERIES_UNUSED rule.series.a',
      'SERIES_UNUSED rule.series.b',
      'SERIES_UNUSED rule.series.c',
    ]);
    expect(() => compileOverlay(broken, columns)).toThrow(/rule\.series\.c: FORMULA_INVALID: formula close \+/);
    expect(() =>
      compileOverlay(
        overlay((d) => (d['rule'] = null)),
        columns,
      ),
    ).toThrow('ACTION_NOT_EXECUTABLE');
  });

  it('acts where its condition holds, counts where it cannot tell, and never acts on a gap', () => {
    const close = Float64Array.of(1, 2, Number.NaN, 4, 5);
    const frame = {
      symbol: 'X',
      rows: 5,
      openTime: new Float64Array(5),
      columns: { close },
      isGap: Uint8Array.of(0, 0, 1, 0, 1),
      fundingRate: new Float64Array(5),
    };
    const bound = bindToFrame(compileOverlay(simple('close >= 2'), columns), frame);
    expect([...bound.holds]).toEqual([0, 1, 0, 1, 0]);
    expect([bound.conditionBars, bound.missingBars]).toEqual([3, 1]);
    const hold = compileOverlay(simple('close == 1', { kind: 'hold_until', maxBars: 10 }, 'close >= 4'), columns);
    expect([...bindToFrame(hold, { ...frame, isGap: new Uint8Array(5) }).holds]).toEqual([1, 1, 1, 0, 0]);
  });

  it('is refused by the bars when one of its columns is not there', () => {
    const compiled = compileOverlay(simple('volume > 1'), columns);
    expect(() => overlayConditions(compiled, { rows: 1, openTime: new Float64Array(1), columns: {} })).toThrow('no column volume');
  });

  it('states its limits as gates, in the units of the metrics', () => {
    const gates = limitGates(overlay(), 'validation');
    const of = (metric: string) => gates.find((gate) => gate.metric === metric)!;
    expect(of('max_drawdown')).toMatchObject({ op: '<=', threshold: 0.3, unit: 'fraction' });
    expect(of('bps_per_day')).toMatchObject({ threshold: 25, unit: 'bps_per_day' });
    expect(of('sign_consistency')).toMatchObject({ op: '>=', threshold: 0.67 });
    expect(
      limitGates(
        overlay((d) => (d['constraints'].tail_loss = null)),
        'validation',
      ).find(({ metric }) => metric === 'cvar_99_1d')!.threshold,
    ).toBeNull();
    for (const { metric, unit } of gates) expect(metrics[metric as keyof typeof metrics].unit).toBe(unit);
  });

  it('is what a promoted policy drafts', () => {
    const cell = { cell: 'fresh.block', condition: 'fresh', action: 'block', slice: 'development' };
    const result = {
      id: 'throttle',
      version: 1,
      digest: 'a'.repeat(64),
      title: 'Is less better?',
      parent: { study: 'vol_shock_relaxation', version: 1, digest: 'b'.repeat(64), verdict: 'pass' },
      promoted: ['fresh.block'],
      cells: [cell],
      bindings: [],
      stability: [],
      gates: [],
      family: {},
      design: {
        symbols: ['BTCUSDT'],
        accounting: 'screen',
        cost_bps: 6,
        min_sign_share: 0.8,
        baseline: [],
        slices: [{ id: 'development', start: 19_000 * dayMs, days: 100 }],
        series: { level: 'rank(close, 96)' },
        conditions: { fresh: 'event.age <= 8' },
        actions: { block: { text: 'block entries', effect: { kind: 'block' }, release: null } },
      },
    } as unknown as PolicyResult;
    const { document, problems } = parseDocument('overlays', JSON.parse(JSON.stringify(draftOverlay(result, 'fresh.block', 'a_run'))));
    expect(problems).toEqual([]);
    const { compiled, problems: found } = checkOverlay(document!, columns);
    expect(compiled).toMatchObject({ eventColumns: ['event.age'], columns: [] });
    expect(found).toMatchObject([{ code: 'SERIES_UNUSED', severity: 'warning' }]);
  });
});

describe('the causal stand-in for the share of an event', () => {
  const [frame] = policyMarket({ generator: garch, days: 120, symbols: ['AAAUSDT'] }) as [Frame];
  const compiled = compileOverlay(overlay(), columns);

  it('acts at times, and lets most bars pass', () => {
    const { holds } = bindToFrame(compiled, frame);
    const share = holds.reduce((sum, value) => sum + value, 0) / frame.rows;
    expect(share).toBeGreaterThan(0.002);
    expect(share).toBeLessThan(0.5);
  });

  it('never looks ahead: with the future replaced, the past stays as it was', () => {
    const whole = overlayConditions(compiled, frame).condition;
    for (const cut of [4_000, 6_000, 9_000, 11_000]) {
      const close = frame.columns['close']!.map((price, row) => (row < cut ? price : price * (1 + 0.3 * Math.sin(row))));
      const { condition } = overlayConditions(compiled, { ...frame, columns: { ...frame.columns, close } });
      expect([...condition.subarray(0, cut)]).toEqual([...whole.subarray(0, cut)]);
    }
  });
});
