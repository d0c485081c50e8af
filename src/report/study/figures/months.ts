import { monthsBetween } from '../../../core/time.ts';
import { monthBars } from '../../charts/monthBars.ts';
import { figure } from '../../charts/renderChart.ts';
import { plural } from '../../format.ts';
import { type Html, html } from '../../html.ts';
import { areaKey } from '../../legend.ts';
import { fromFiles } from '../fileLinks.ts';
import type { StudyPageModel } from '../model.ts';
import { sliceSpan } from '../verdictWords.ts';

/** Events per calendar month, those that are compared and the others; null without events. */
export async function monthFigure(model: StudyPageModel): Promise<Html | null> {
  const { events } = model.result;
  if (events.length === 0 || model.slices.length === 0) return null;
  const months = monthsBetween(model.slices[0]!.start, model.slices.at(-1)!.end);
  const monthOf = (time: number) => months.findIndex(({ start, end }) => time >= start && time < end);
  const counts = (of: readonly { anchor_ts: number }[]) => {
    const found = months.map(() => 0);
    for (const { anchor_ts: time } of of) found[monthOf(time)]!++;
    return found;
  };
  const compared = events.filter(({ controls }) => controls > 0);
  const [own, others] = [counts(compared), counts(events.filter(({ controls }) => controls === 0))];
  const all = own.map((count, at) => count + others[at]!);
  const most = all.indexOf(Math.max(...all));
  const chart = monthBars({
    key: 'months',
    label: `Events per month from ${months[0]!.label} to ${months.at(-1)!.label}: ${all.join(', ')}.`,
    height: { wide: 240, narrow: 220 },
    months,
    parts: [
      { counts: own, color: 'net' },
      { counts: others, color: 'axis' },
    ],
    name: 'Events in the month',
  });
  const title = `${plural(events.length, 'event')} in ${all.filter((count) => count > 0).length} of ${plural(months.length, 'month')}, ${compared.length} of them compared; most in ${months[most]!.label} (${all[most]})`;
  const sealed = model.slices.some(({ id, isOpen }) => id === 'holdout' && !isOpen)
    ? '; the holdout is sealed, its events are dated and not measured'
    : '';
  const caption = html`${areaKey('net', 'Compared with controls,')} ${areaKey('axis', 'not compared')} (no controls, or between and after the slices). Development
  ${sliceSpan(model, 'development')}, confirmation ${sliceSpan(model, 'confirmation')}, holdout ${sliceSpan(model, 'holdout')}${sealed}. By the anchor’s month, UTC.
  ${fromFiles('events.csv')}`;
  return figure({ ...chart, title, caption });
}
