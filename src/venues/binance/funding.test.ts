import { describe, expect, it } from 'vitest';
import { hourMs } from '../../core/time.ts';
import { parseFunding, snapToHour } from './funding.ts';

const from = Date.UTC(2024, 0, 1);
const context = { file: 'X-fundingRate-2024-01.csv', symbol: 'X', from, to: Date.UTC(2024, 1, 1) };
const header = 'calc_time,funding_interval_hours,last_funding_rate';

function parse(...lines: string[]) {
  return parseFunding(Buffer.from(`${lines.join('\n')}\n`), context);
}

describe('parseFunding', () => {
  it('keeps true settlement times of 8, 4 and 1 hours and snaps jitter', () => {
    const lines = [
      `${from + 8},8,0.0001`,
      `${from + 8 * hourMs},8,-0.00025`,
      `${from + 12 * hourMs + 4_999},4,0.01`,
      `${from + 13 * hourMs - 3},1,0`,
    ];
    for (const events of [parse(...lines), parse(header, ...lines)]) {
      expect([...events.time].map((time) => (time - from) / hourMs)).toEqual([0, 8, 12, 13]);
      expect([...events.rawTime]).toEqual([from + 8, from + 8 * hourMs, from + 12 * hourMs + 4_999, from + 13 * hourMs - 3]);
      expect([...events.rate]).toEqual([0.0001, -0.00025, 0.01, 0]);
      expect([...events.intervalHours]).toEqual([8, 8, 4, 1]);
      expect(events).toMatchObject({ rows: 4, snappedCount: 3, offHourCount: 0 });
    }
  });

  it('leaves stamps beyond 5 seconds as they are and counts them', () => {
    const events = parse(`${from + 5_001},8,0.0001`, `${from + 8 * hourMs},8,0.0001`);
    expect(events).toMatchObject({ offHourCount: 1, snappedCount: 0 });
    expect(events.time[0]).toBe(from + 5_001);
    expect([snapToHour(from + 5_000), snapToHour(from - 5_000)]).toEqual([from, from]);
  });

  it('accepts a settlement stamped just before or after the edges of its month', () => {
    expect(parse(`${from - 2},8,0.0001`).time[0]).toBe(from);
    expect(() => parse(`${context.to + 1},8,0.0001`)).toThrow('outside');
  });

  it('drops repeats and refuses contradictions', () => {
    expect(parse(`${from},8,0.0001`, `${from},8,0.0001`)).toMatchObject({ rows: 1, duplicatesDropped: 1 });
    expect(() => parse(`${from},8,0.0001`, `${from},8,0.0002`)).toThrow(expect.objectContaining({ code: 'E_DATA_CONFLICT' }));
  });

  it.each<[string, string]>([
    [`${from},8`, 'too few columns'],
    [`${from},8,0.0001,1`, 'too many columns'],
    [`${from},0,0.0001`, 'interval 0'],
    [`${from},8.5,0.0001`, 'plain decimal'],
    [`${from},8,1.5`, 'fraction'],
    [`${from},8,1e-4`, 'plain decimal'],
    ['calc_time,last_funding_rate,funding_interval_hours', 'headed'],
  ])('refuses %j', (line, reason) => {
    expect(() => parse(line)).toThrow(expect.objectContaining({ code: 'E_CSV', message: expect.stringContaining(reason) }));
  });
});
