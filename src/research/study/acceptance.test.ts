import { describe, expect, it } from 'vitest';
import { AppError } from '../../core/errors.ts';
import { FormulaValues } from '../../formula/evaluate.ts';
import { cutFrame, disturbFrame, testCatalog, testDocument, testMarket, testStudy } from '../testing/fixtures.ts';
import { type CompiledStudy, compileStudy } from './compile.ts';
import { detectEvents } from './detect.ts';
import { studyDocument } from './document.ts';
import { outcomeColumns } from './studySymbol.ts';
import { type StudyFrame, StudySeries } from './frame.ts';
import { Matcher } from './match.ts';
import { runStudy } from './runStudy.ts';

/** The acceptance tests of the study framework that need no campaign: research specification 10.11, items 3 to 9. */

const frames = testMarket();
const study = testStudy();
const series = (frame: StudyFrame, of: CompiledStudy = study) =>
  new StudySeries(frame, of, { thresholds: { large: 0.012 }, shared: new FormulaValues(frame) });
const compile = (change: (document: Record<string, unknown>) => void) => () => compileStudy(studyDocument.parse(testDocument(change)), testCatalog);
const message = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return error instanceof AppError ? `${error.message} ${error.hint}` : String(error);
  }
  return 'no error';
};

describe('a study document', () => {
  it('is refused when an outcome would be made of bars at or before the anchor', () => {
    const text = message(
      compile((document) => {
        (document['outcomes'] as Record<string, unknown>)['next'] = { first_passage: { of: 'rms(r, 12)', at_least: 0.01 }, window: 'near' };
      }),
    );
    expect(text).toContain('at age 1 it is still made of bars at or before the anchor');
    expect(text).toContain('Begin the window at 12 or later');
  });

  it('is refused with the place and the nearest name when something in it is not known', () => {
    expect(message(compile((document) => (document['detector'] = { when: 'abs(q) >= large', direction: 'sign(r)' })))).toContain(
      'study large_moves, detector.when',
    );
    expect(message(compile((document) => ((document['hypothesis'] as Record<string, unknown>)['primary'] = 'nxt')))).toContain('did you mean next?');
  });

  it('is refused when a definition is not used', () => {
    expect(message(compile((document) => ((document['series'] as Record<string, unknown>)['idle'] = 'close')))).toContain('nothing uses it');
  });

  it('may define series in any order but a circle', () => {
    const swapped = testStudy((document) => (document['series'] = { level: 'rank(std(r, 48), 480)', r: 'ln(close / lag(close, 1))' }));
    expect(swapped.digest).toBe(study.digest);
    expect(swapped.nearest).toEqual(study.nearest);
    expect(message(compile((document) => ((document['series'] as Record<string, unknown>)['r'] = 'ln(close / level)')))).toContain('made of itself');
  });

  it('has another digest when anything in it changes', () => {
    expect(testStudy((document) => ((document['matching'] as Record<string, unknown>)['k'] = 4)).digest).not.toBe(study.digest);
  });
});

describe('no peeking', () => {
  it('keeps every event before a cut when the future is cut off or replaced', () => {
    const [frame] = frames as [StudyFrame];
    const whole = detectEvents(series(frame)).events;
    expect(whole.length).toBeGreaterThan(50);
    for (const cut of [3_000, 7_777, 15_000, 22_000]) {
      const before = whole.filter(({ exit }) => exit < cut);
      const short = detectEvents(series(cutFrame(frame, cut))).events.filter(({ exit }) => exit < cut);
      const other = detectEvents(series(disturbFrame(frame, { from: cut, to: frame.rows, name: `peek/${cut}` }))).events.filter(
        ({ exit }) => exit < cut,
      );
      expect(short).toEqual(before);
      expect(other).toEqual(before);
    }
  });

  it('knows what was confirmed at the bar where it happened, whatever comes after', () => {
    const confirmed = testStudy((document) => {
      document['detector'] = {
        when: 'abs(r) >= large',
        direction: 'sign(r)',
        confirm: [{ within: 12, must: 'happen', of: 'abs(r)', at_most: 0.002 }],
      };
    });
    const [frame] = frames as [StudyFrame];
    const { events } = detectEvents(series(frame, confirmed));
    expect(events.length).toBeGreaterThan(20);
    for (const event of events.slice(0, 20)) {
      const short = detectEvents(series(cutFrame(frame, event.anchor + 1), confirmed)).events;
      expect(short.at(-1)).toMatchObject({ trigger: event.trigger, anchor: event.anchor });
    }
  });

  it('fits thresholds on the development slice alone', () => {
    const development = 96 * 120;
    const changed = frames.map((frame) => disturbFrame(frame, { from: development, to: frame.rows, name: 'fit' }));
    expect(runStudy({ study, frames: changed, seed: 1 }).thresholds).toEqual(runStudy({ study, frames, seed: 1 }).thresholds);
  });
});

describe('outcomes', () => {
  it('do not depend on bars before the anchor', () => {
    const [frame] = frames as [StudyFrame];
    const own = outcomeColumns(series(frame));
    for (const { anchor, direction } of detectEvents(series(frame)).events.slice(5, 25)) {
      const changed = disturbFrame(frame, { from: 0, to: anchor, name: `before/${anchor}` });
      const other = outcomeColumns(series(changed));
      for (const [id, column] of own) expect(other.get(id)!.at(anchor, direction)).toEqual(column.at(anchor, direction));
    }
  });

  it('do not decide which events there are', () => {
    const [frame] = frames as [StudyFrame];
    const { events } = detectEvents(series(frame));
    const first = events[10]!;
    const changed = disturbFrame(frame, { from: first.anchor + 1, to: first.anchor + 25, name: 'inside' });
    expect(detectEvents(series(changed)).events.slice(0, 11)).toEqual(events.slice(0, 11));
  });

  it('only turn from observed to censored or undefined when the last bars are cut off', () => {
    const [frame] = frames as [StudyFrame];
    const cut = frame.rows - 24;
    const [own, short] = [outcomeColumns(series(frame)), outcomeColumns(series(cutFrame(frame, cut)))];
    let changed = 0;
    for (let anchor = cut - 60; anchor < cut; anchor++) {
      for (const [id, column] of own) {
        const [before, after] = [column.at(anchor, 1), short.get(id)!.at(anchor, 1)];
        if (after.status === 'observed') expect(after).toEqual(before);
        else changed++;
      }
    }
    expect(changed).toBeGreaterThan(0);
  });
});

describe('matching', () => {
  it('takes no control from the span of an event, keeps the caliper, the reuse limit and the distance between controls', () => {
    const [frame] = frames as [StudyFrame];
    const prepared = series(frame);
    const { events } = detectEvents(prepared);
    const matcher = new Matcher(prepared, { from: 0, to: frame.rows });
    const matched = matcher.match(events.filter(({ anchor }) => matcher.isEligible(anchor)));
    const level = prepared.of(study.nearest[0]!.of);
    const uses = new Map<number, number>();
    matched.controls.forEach((rows, e) => {
      const { anchor } = matched.events[e]!;
      expect(rows).not.toContain(anchor);
      for (const row of rows) {
        expect(Math.abs(level[row]! - level[anchor]!)).toBeLessThanOrEqual(10);
        expect(events.some(({ trigger, exit }) => row >= trigger - 24 && row <= exit)).toBe(false);
        uses.set(row, (uses.get(row) ?? 0) + 1);
      }
      const sorted = [...rows].sort((a, b) => a - b);
      for (let i = 1; i < sorted.length; i++) expect(sorted[i]! - sorted[i - 1]!).toBeGreaterThanOrEqual(8);
    });
    expect(matched.controls.filter((rows) => rows.length > 0).length).toBeGreaterThan(30);
    expect(Math.max(...uses.values())).toBeLessThanOrEqual(2);
  });
});

describe('a result', () => {
  const result = runStudy({ study, frames, seed: 1 });

  it('is the same twice and in any order of symbols', () => {
    expect(runStudy({ study, frames: frames.toReversed(), seed: 1 })).toEqual(result);
  });

  it('has the same events, controls and outcomes of a symbol when another symbol is added', () => {
    const more = runStudy({ study, frames: [...frames, ...testMarket({ symbols: ['CCCUSDT'], replicate: 3 })], seed: 1 });
    const own = <Row extends { symbol: string }>(rows: readonly Row[]) => rows.filter(({ symbol }) => symbol === 'AAAUSDT');
    expect(own(more.events)).toEqual(own(result.events));
    expect(own(more.controls)).toEqual(own(result.controls));
    const ids = new Set(own(result.events).map(({ event_id: id }) => id));
    expect(more.outcomes.filter(({ event_id: id }) => ids.has(id))).toEqual(result.outcomes.filter(({ event_id: id }) => ids.has(id)));
  });

  it('states an interval around the effect and p-values above zero', () => {
    const primary = result.effects.find(({ estimand, slice }) => estimand === 'next' && slice === 'development')!;
    expect(primary.ci_low!).toBeLessThanOrEqual(primary.effect!);
    expect(primary.ci_high!).toBeGreaterThanOrEqual(primary.effect!);
    for (const { p_raw: raw, p_adjusted: adjusted } of result.effects) {
      expect(raw === null || raw > 0).toBe(true);
      expect(raw === null || adjusted === null || adjusted <= 1).toBe(true);
    }
  });

  it('never looks at the holdout unless it is opened', () => {
    expect(result.effects.some(({ slice }) => slice === 'holdout')).toBe(false);
    const opened = runStudy({ study, frames, seed: 1, isHoldoutOpen: true });
    expect(opened.effects.some(({ slice }) => slice === 'holdout')).toBe(true);
    expect(opened.effects.filter(({ slice }) => slice !== 'holdout')).toEqual(result.effects);
  });

  it('cannot pass without surrogate markets, and cannot pass against ones that show the same effect', () => {
    const primary = result.effects.find(({ estimand, slice }) => estimand === 'next' && slice === 'development')!;
    expect(result.gates.find(({ id }) => id === 'surrogate_markets')!.status).toBe('inconclusive');
    expect(result.verdict).not.toBe('pass');
    const same = runStudy({
      study,
      frames,
      seed: 1,
      surrogates: [{ generator: 'garch', effects: Array.from({ length: 99 }, () => primary.effect) }],
    });
    expect(same.gates.find(({ id }) => id === 'surrogate_markets')!.status).toBe('fail');
    const none = runStudy({ study, frames, seed: 1, surrogates: [{ generator: 'garch', effects: Array.from({ length: 99 }, () => -1) }] });
    expect(none.gates.find(({ id }) => id === 'surrogate_markets')!.status).toBe('pass');
  });
});

describe('degenerate inputs are inconclusive, with valid tables', () => {
  const inconclusive = (given: readonly StudyFrame[], change?: (document: Record<string, unknown>) => void) => {
    const result = runStudy({ study: testStudy(change), frames: given, seed: 1 });
    expect(result.verdict).toBe('inconclusive');
    return result;
  };

  it('no symbol, no bar', () => {
    expect(inconclusive([]).missing).toEqual(['no symbol has bars']);
    expect(inconclusive([cutFrame(frames[0]!, 0)]).missing).toEqual(['no symbol has bars']);
  });

  it('a missing column is named', () => {
    const result = inconclusive(frames, (document) => ((document['series'] as Record<string, unknown>)['r'] = 'ln(close / spot.close)'));
    expect(result.missing).toEqual(['AAAUSDT has no spot.close', 'BBBUSDT has no spot.close']);
  });

  it('constant prices', () => {
    const flat = frames.map((frame) => ({
      ...frame,
      columns: {
        ...frame.columns,
        open: frame.openTime.map(() => 5),
        high: frame.openTime.map(() => 5),
        low: frame.openTime.map(() => 5),
        close: frame.openTime.map(() => 5),
      },
    }));
    inconclusive(flat, (document) => (document['detector'] = { when: 'abs(r) > large', direction: 'sign(r)' }));
  });

  it('no events, one event', () => {
    expect(inconclusive(frames, (document) => (document['thresholds'] = { large: { fixed: 9 } })).events).toEqual([]);
    const largest = Math.max(
      ...frames.map(({ columns }) =>
        Math.max(...columns['close']!.slice(1, 96 * 100).map((value, i) => Math.abs(Math.log(value / columns['close']![i]!)))),
      ),
    );
    inconclusive(frames, (document) => (document['thresholds'] = { large: { fixed: largest } }));
  });

  it('gaps', () => {
    const holed = frames.map((frame) => {
      const isGap = frame.isGap.map((_, row) => (row % 50 === 0 ? 1 : 0));
      return {
        ...frame,
        isGap,
        columns: Object.fromEntries(
          Object.entries(frame.columns).map(([name, column]) => [name, column.map((value, row) => (isGap[row] === 1 ? Number.NaN : value))]),
        ),
      };
    });
    const result = runStudy({ study, frames: holed, seed: 1 });
    expect(result.coverage[0]!.gap_rows).toBeGreaterThan(100);
    expect(['fail', 'inconclusive']).toContain(result.verdict);
  });
});
