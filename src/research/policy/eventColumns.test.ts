import { describe, expect, it } from 'vitest';
import { FormulaValues } from '../../formula/evaluate.ts';
import { detectEvents } from '../study/detect.ts';
import { type StudyFrame, StudySeries } from '../study/frame.ts';
import { cutFrame, disturbFrame, testMarket, testStudy } from '../testing/fixtures.ts';
import { eventColumns } from './eventColumns.ts';

const event = (trigger: number, anchor: number, exit: number, rest: { isOpen?: boolean; direction?: number } = {}) => ({
  trigger,
  anchor,
  exit,
  isOpen: rest.isOpen ?? false,
  direction: rest.direction ?? 1,
});
const read = (events: Parameters<typeof eventColumns>[0], rows: number) =>
  Object.fromEntries(Object.entries(eventColumns(events, rows)).map(([name, values]) => [name, [...values]]));
const none = Number.NaN;

describe('the state of events', () => {
  it('counts bars from the last anchor and is missing before the first', () => {
    expect(read([event(1, 2, 3), event(4, 5, 6, { direction: -1 })], 8)).toEqual({
      'event.age': [none, none, 0, 1, 2, 0, 1, 2],
      'event.direction': [none, none, 1, 1, 1, -1, -1, -1],
      'event.active': [0, 0, 1, 0, 0, 1, 0, 0],
    });
  });

  it('is active until the bar on which the end was seen, and on the last bar of an event that nothing ended', () => {
    expect(read([event(0, 1, 4)], 6)['event.active']).toEqual([0, 1, 1, 1, 0, 0]);
    expect(read([event(0, 1, 4, { isOpen: true })], 6)['event.active']).toEqual([0, 1, 1, 1, 1, 0]);
  });

  it('is not active when it was over before it was confirmed', () => {
    expect(read([event(0, 3, 3)], 5)['event.active']).toEqual([0, 0, 0, 0, 0]);
  });

  it('without events is never active and has no age', () => {
    expect(read([], 2)).toEqual({ 'event.age': [none, none], 'event.direction': [none, none], 'event.active': [0, 0] });
  });
});

describe('the state of events of a study', () => {
  const [frame] = testMarket({ symbols: ['AAAUSDT'], rows: 96 * 120 }) as [StudyFrame];
  const state = (of: StudyFrame, change: (document: Record<string, unknown>) => void) => {
    const series = new StudySeries(of, testStudy(change), { thresholds: { large: 0.012 }, shared: new FormulaValues(of) });
    return eventColumns(detectEvents(series).events, of.rows);
  };
  const detectors: [string, Record<string, unknown>][] = [
    ['at its trigger', { when: 'abs(r) >= large', direction: 'sign(r)' }],
    ['that lasts', { when: 'abs(r) >= large', direction: 'sign(r)', until: 'held(abs(r) < 0.004, 3)', max_bars: 40 }],
    ['known at its end', { when: 'abs(r) >= large', direction: 'sign(r)', until: 'held(abs(r) < 0.004, 3)', max_bars: 40, anchor: 'exit' }],
    [
      'that something must not follow',
      { when: 'abs(r) >= large', direction: 'sign(r)', confirm: [{ within: 6, must: 'not_happen', of: 'abs(r)', at_least: 'large' }] },
    ],
  ];

  it.each(detectors)('does not depend on later bars for an event %s', (_, detector) => {
    const change = (document: Record<string, unknown>) => (document['detector'] = detector);
    const whole = state(frame, change);
    expect(whole['event.age']!.filter((age) => age === 0).length).toBeGreaterThan(10);
    for (let cut = 1_000; cut < frame.rows; cut += 613) {
      for (const other of [cutFrame(frame, cut), disturbFrame(frame, { from: cut, to: frame.rows, name: `state/${cut}` })]) {
        const own = state(other, change);
        for (const name of Object.keys(whole)) expect([...own[name]!.subarray(0, cut)]).toEqual([...whole[name]!.subarray(0, cut)]);
      }
    }
  });
});
