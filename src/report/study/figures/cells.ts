import { dotChart, type DotRow } from '../../charts/dotChart.ts';
import type { ColorName } from '../../charts/palette.ts';
import { figure } from '../../charts/renderChart.ts';
import type { EffectRow } from '../../../research/study/result.ts';
import { count, percent, plural, ratio, significant, words } from '../../format.ts';
import { type Html, html } from '../../html.ts';
import { lineKey } from '../../legend.ts';
import { fromFiles } from '../fileLinks.ts';
import type { StudyPageModel } from '../model.ts';
import { axisScale, axisUnit, effectShown, unitOf } from '../units.ts';
import { primaryOn } from '../verdictWords.ts';

/** More rows than this do not fit into one figure; the table has them all. */
const mostRows = 40;

/** The primary effect by year, symbol and stratum around the whole; null where there is none. */
export async function stabilityFigure(model: StudyPageModel): Promise<Html | null> {
  const { document, result } = model;
  const whole = primaryOn(model, 'development');
  const known = result.stability.filter(({ slice, effect }) => slice === 'development' && effect !== null);
  if (whole === null || whole.effect === null || known.length === 0) return null;
  const unit = unitOf(document, document.hypothesis.primary);
  const least = document.gates.min_cell;
  const scale = axisScale(unit);
  const scaled = (value: number | null) => (value === null ? null : scale * value);
  const row = (name: string, of: EffectRow, color: ColorName): DotRow => ({
    name,
    value: scaled(of.effect),
    low: scaled(of.ci_low),
    high: scaled(of.ci_high),
    text: `${effectShown(unit, of.effect).text}, ${plural(of.n_events, 'event')}`,
    color,
  });
  const cells = known.slice(0, mostRows - 1).map((of) => row(cellName(of), of, of.n_events >= least ? 'net' : 'axis'));
  const counted = known.filter(({ n_events: n }) => n >= least);
  const same = counted.filter(({ effect }) => Math.sign(effect!) === Math.sign(whole.effect!)).length;
  const title =
    counted.length === 0
      ? `No year, symbol or stratum has ${plural(least, 'event')}`
      : `${same} of ${counted.length} years, symbols and strata with ${least} events or more have the sign of the whole`;
  const chart = dotChart({
    key: 'stability',
    label: `The effect on ${words(whole.estimand)} by year, symbol and stratum: ${cells.map(({ name, text }) => `${name} ${text}`).join('; ')}.`,
    rows: [row('all events', whole, 'other'), ...cells],
    axis: { name: `Effect, ${axisUnit(unit)}`, format: String },
    lines: [{ at: scale * whole.effect, color: 'other' }],
  });
  const caption = html`Primary effect on the development slice. ${lineKey('other', 'All events,', '3 3')} with the
  ${count(100 * document.inference.level).text}% interval; ${lineKey('ink', 'zero.', '3 3')} Cells have no intervals of their own: they are few and overlap. A paler
  point has fewer than ${plural(least, 'event')} and does not count.${known.length >= mostRows ? ` The first ${mostRows - 1} cells are drawn.` : ''} ${fromFiles('stability.csv')}`;
  return figure({ ...chart, title, caption });
}

function cellName({ split, level }: EffectRow): string {
  return `${words(split)} ${level}`;
}

/** Standardized differences of the matching variables between the dotted limits; null where nothing was matched. */
export async function balanceFigure({ document, result }: StudyPageModel): Promise<Html | null> {
  const rows = result.balance.filter(({ slice, smd }) => slice === 'development' && smd !== null);
  if (rows.length === 0) return null;
  const limit = document.gates.max_imbalance;
  const largest = Math.max(...rows.map(({ smd }) => Math.abs(smd!)));
  const chart = dotChart({
    key: 'balance',
    label: `Standardized mean differences between events and controls: ${rows.map(({ variable, smd }) => `${variable} ${significant(smd!)}`).join('; ')}; the limit is ${limit}.`,
    rows: rows.map(({ variable, smd }) => ({
      name: variable.length > 40 ? `${variable.slice(0, 39)}…` : variable,
      value: smd,
      low: null,
      high: null,
      text: ratio(smd, { decimals: 3 }).text,
      color: Math.abs(smd!) <= limit ? ('net' as const) : ('loss' as const),
    })),
    axis: { name: 'Standardized mean difference, events minus controls', format: String },
    lines: [
      { at: -limit, color: 'loss' },
      { at: limit, color: 'loss' },
    ],
  });
  const matched = result.gates.find(({ id }) => id === 'balance')?.observed ?? {};
  const title = `The largest standardized difference is ${ratio(largest, { decimals: 3 }).text}; at most ${limit} is allowed`;
  const caption = html`${lineKey('loss', 'The limits.', '3 3')} ${percent(matched['matched_share'] ?? null).text} of the events found controls;
  ${percent(matched['unique_control_share'] ?? null).text} of the controls are different bars. Development slice. ${fromFiles('balance.csv', 'controls.csv')}`;
  return figure({ ...chart, title, caption });
}
