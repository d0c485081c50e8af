import type { CurveRow } from '../../../research/study/result.ts';
import { z975 } from '../../../engine/bookMetrics.ts';
import { figure } from '../../charts/renderChart.ts';
import { bandOpacity, type TimeLine, timePanels } from '../../charts/timePanels.ts';
import { percent, words } from '../../format.ts';
import { type Html, html } from '../../html.ts';
import { areaKey, lineKey } from '../../legend.ts';
import { fromFiles } from '../fileLinks.ts';
import type { StudyPageModel } from '../model.ts';
import { capital } from '../verdictWords.ts';

/** Ages that one step of the hazard covers: single ages hold a hit or two. */
const hazardBars = 4;

/** Per timed outcome how many were hit by which age, and how fast, events beside controls with their bands. */
export async function curveFigures(model: StudyPageModel): Promise<Html[]> {
  const rows = model.result.curves.filter(({ slice }) => slice === 'development');
  const outcomes = [...new Set(rows.map(({ outcome }) => outcome))];
  const figures: Html[] = [];
  for (const outcome of outcomes) {
    const of = (cohort: CurveRow['cohort']) => rows.filter((row) => row.outcome === outcome && row.cohort === cohort);
    if (of('event').length > 0 && of('control').length > 0) figures.push(await curveFigure(outcome, of('event'), of('control')));
  }
  return figures;
}

async function curveFigure(outcome: string, events: readonly CurveRow[], controls: readonly CurveRow[]): Promise<Html> {
  const time = Float64Array.from(events, ({ age }) => age);
  const [own, other] = [events.at(-1)!, controls.at(-1)!];
  const hit = ({ survival }: CurveRow) => percent(1 - survival).text;
  const asPercent = (value: number) => `${value}%`;
  const chart = timePanels({
    key: `curve-${outcome.replace(/_/g, '-')}`,
    label: `Share hit by age for ${words(outcome)}, events beside controls: ${hit(own)} and ${hit(other)} by bar ${own.age}.`,
    height: { wide: 430, narrow: 400 },
    time,
    span: { from: 0, to: own.age },
    ages: { name: 'Bars after the anchor (4 are an hour)', step: stepFor(own.age) },
    panels: [
      { name: 'Share hit by this age, percent', format: asPercent, min: 0, lines: [hitLine(events, 'net'), hitLine(controls, 'other')] },
      {
        name: `Hazard per bar, percent, ages in steps of ${hazardBars}`,
        format: asPercent,
        min: 0,
        lines: [hazardLine(events, 'net'), hazardLine(controls, 'other')],
      },
    ],
  });
  const title = `${capital(words(outcome))}: by bar ${own.age}, ${hit(own)} of the events and ${hit(other)} of the controls were hit`;
  const caption = html`${lineKey('net', 'Events,')} ${lineKey('other', 'controls (each event’s controls weigh one),', '5 4')}
  ${areaKey('net', '95% bands', bandOpacity)}: Greenwood’s for the share (Kaplan-Meier), binomial for the hazard, both as if events were independent; the
  interval of the effect resamples calendar days. An event is followed until the next one of its symbol, the end of its window or a gap. Development
  slice. ${fromFiles('curves.csv')}`;
  return figure({ ...chart, title, caption });
}

const look = (color: 'net' | 'other') => ({ color, ...(color === 'other' ? { dash: [5, 4] } : {}) });

function hitLine(rows: readonly CurveRow[], color: 'net' | 'other'): TimeLine {
  const share = (shift: number) => Float64Array.from(rows, ({ survival, se }) => 100 * Math.min(1, Math.max(0, 1 - survival + shift * z975 * se)));
  return { values: share(0), ...look(color), isStep: true, band: { low: share(-1), high: share(1) } };
}

/** Hits over those at risk, pooled over a few ages. */
function hazardLine(rows: readonly CurveRow[], color: 'net' | 'other'): TimeLine {
  const [values, low, high] = [new Float64Array(rows.length), new Float64Array(rows.length), new Float64Array(rows.length)];
  for (let from = 0; from < rows.length; from += hazardBars) {
    const pooled = rows.slice(from, from + hazardBars);
    const atRisk = pooled.reduce((sum, { at_risk: n }) => sum + n, 0);
    const rate = atRisk > 0 ? pooled.reduce((sum, { hits }) => sum + hits, 0) / atRisk : Number.NaN;
    const reach = z975 * Math.sqrt((rate * (1 - rate)) / atRisk);
    pooled.forEach((_, at) => {
      values[from + at] = 100 * rate;
      low[from + at] = 100 * Math.max(0, rate - reach);
      high[from + at] = 100 * Math.min(1, rate + reach);
    });
  }
  return { values, ...look(color), isStep: true, band: { low, high } };
}

/** Distance of ticks that puts a handful on the axis. */
function stepFor(span: number): number {
  return [1, 2, 4, 8, 12, 24, 48, 96, 192, 384].find((step) => span / step <= 12) ?? 960;
}
