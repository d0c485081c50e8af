import type { ProfileRow } from '../../../research/study/result.ts';
import { figure } from '../../charts/renderChart.ts';
import { bandOpacity, type TimeLine, timePanels } from '../../charts/timePanels.ts';
import { count, percent } from '../../format.ts';
import { type Html, html } from '../../html.ts';
import { areaKey, lineKey } from '../../legend.ts';
import { fromFiles } from '../fileLinks.ts';
import type { StudyPageModel } from '../model.ts';

/** Mean path around the anchor, events beside controls; null where no event was matched. */
export async function profileFigure(model: StudyPageModel): Promise<Html | null> {
  const rows = model.result.profile.filter(({ slice }) => slice === 'development');
  const of = (measure: ProfileRow['measure'], cohort: ProfileRow['cohort']) => rows.filter((row) => row.measure === measure && row.cohort === cohort);
  const [events, controls] = [of('cumulated_return', 'event'), of('cumulated_return', 'control')];
  if (events.length === 0) return null;
  const time = Float64Array.from(events, ({ age }) => age);
  const both = (measure: ProfileRow['measure']) => [...lines(of(measure, 'event'), 'net'), ...lines(of(measure, 'control'), 'other')];
  const asPercent = (value: number) => `${value}%`;
  const isDirected = model.document.detector.direction !== undefined;
  const [own, other] = [events.at(-1)!, controls.at(-1)!];
  const chart = timePanels({
    key: 'profile',
    label: `Mean cumulated return and mean absolute return per bar from ${events[0]!.age} to ${own.age} bars around the anchor: events at ${said(own.mean)}, controls at ${said(other.mean)} at the end.`,
    height: { wide: 460, narrow: 430 },
    time,
    ages: { name: 'Bars after the anchor (4 are an hour)', step: 12, mark: { at: 0, text: 'anchor' } },
    panels: [
      {
        name: `Return since the anchor, percent${isDirected ? ', in the event’s direction' : ''}`,
        format: asPercent,
        lines: both('cumulated_return'),
      },
      { name: 'Absolute return of a bar, percent', format: asPercent, min: 0, lines: both('absolute_return') },
    ],
  });
  const level = count(100 * model.document.inference.level).text;
  const title = `${own.age} bars after the anchor the mean price has moved ${said(own.mean)} after events and ${said(other.mean)} after controls`;
  const caption = html`${lineKey('net', 'Events,')} ${lineKey('other', 'their controls,')} ${areaKey('net', `${level}% band of the mean`, bandOpacity)} (standard
  error when calendar days are resampled in blocks). <strong>Dashed: before the anchor, no part of any outcome</strong>; what happens there is what made the bar an event.
  ${isDirected ? 'Paths are turned so that the event points up. ' : ''}${count(own.n).text} matched events of the development slice; outcomes have
  windows of their own. ${fromFiles('profile.csv')}`;
  return figure({ ...chart, title, caption });
}

const said = (value: number | null) => percent(value, { isSigned: true }).text;

/** Dashed up to the anchor, solid from it on. */
function lines(rows: readonly ProfileRow[], color: 'net' | 'other'): TimeLine[] {
  const part = (isBefore: boolean) => {
    const column = (pick: (row: ProfileRow) => number | null) =>
      Float64Array.from(rows, (row) => ((isBefore ? row.age <= 0 : row.age >= 0) ? 100 * (pick(row) ?? Number.NaN) : Number.NaN));
    const [low, high] = [column((row) => row.low), column((row) => row.high)];
    const hasBand = low.some((value) => !Number.isNaN(value));
    return { values: column((row) => row.mean), color, ...(isBefore ? { dash: [3, 3] } : {}), ...(hasBand ? { band: { low, high } } : {}) };
  };
  return [part(true), part(false)];
}
