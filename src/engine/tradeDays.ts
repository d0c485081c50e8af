import { dayMs, hourMs } from '../core/time.ts';

/**
 * A function from epoch ms to a number that is equal for instants of one civil day in the time zone.
 * Other zones than UTC ask the calendar once per hour of the input, not per call.
 *
 * @param timezone IANA name
 */
export function civilDay(timezone: string): (ms: number) => number {
  if (timezone === 'UTC') return (ms) => Math.floor(ms / dayMs);
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  // Offsets change at whole quarter hours at the finest, so a quarter hour is looked up as a whole.
  const cache = new Map<number, number>();
  return (ms) => {
    const quarter = Math.floor(ms / (hourMs / 4));
    let day = cache.get(quarter);
    if (day === undefined) {
      const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]));
      day = Math.floor(Date.UTC(Number(parts['year']), Number(parts['month']) - 1, Number(parts['day'])) / dayMs);
      cache.set(quarter, day);
    }
    return day;
  };
}
