import { figure } from '../../charts/renderChart.ts';
import { histogramPanels, type HistogramPanel } from '../../charts/histogramPanels.ts';
import { plural, words } from '../../format.ts';
import { type Html, html } from '../../html.ts';
import { areaKey, lineKey } from '../../legend.ts';
import { fromFiles } from '../fileLinks.ts';
import type { StudyPageModel } from '../model.ts';
import { axisScale, axisUnit, effectShown, pShown, unitOf } from '../units.ts';
import { primaryOn } from '../verdictWords.ts';

/** The observed primary effect in the distributions that it would have without the hypothesis; null where it was not estimated. */
export async function nullFigure(model: StudyPageModel): Promise<Html | null> {
  const { document, result, surrogates } = model;
  const whole = primaryOn(model, 'development');
  if (whole === null || whole.effect === null) return null;
  const unit = unitOf(document, whole.estimand);
  const scale = axisScale(unit);
  const scaled = (values: readonly (number | null)[]) => values.flatMap((value) => (value === null ? [] : [scale * value]));
  const all: HistogramPanel[] = [
    { name: `Moved event times, ${result.placeboDraws.length} draws`, values: scaled(result.placeboDraws), color: 'net' },
    ...surrogates.map(({ generator, effects }): HistogramPanel => ({
      name: `${words(generator)}, ${plural(scaled(effects).length, 'market')}`,
      values: scaled(effects),
      color: 'other',
    })),
  ];
  const panels = all.filter(({ values }) => values.length > 0);
  if (panels.length === 0) return null;
  const worst = result.negativeControls
    .filter(({ kind, p, slice }) => kind === 'surrogate_market' && p !== null && slice === 'development')
    .reduce<{ id: string; p: number } | null>((largest, { id, p }) => (largest === null || p! > largest.p ? { id, p: p! } : largest), null);
  const against =
    worst === null
      ? '; no surrogate market was run'
      : ` and ${pShown(worst.p).text} against ${words(worst.id.replace(/^surrogate_/, ''))} markets, which show it most`;
  const chart = histogramPanels({
    key: 'nulls',
    label: `Distributions of the effect on ${words(whole.estimand)} without the hypothesis, ${panels.map(({ name }) => name).join('; ')}; observed ${effectShown(unit, whole.effect).text}.`,
    panels,
    axis: { name: `Effect, ${axisUnit(unit)}`, format: String },
    mark: { at: scale * whole.effect, text: `observed ${effectShown(unit, whole.effect).text}` },
  });
  const title = `The observed effect has p ${pShown(whole.p_raw).text} against moved event times${against}`;
  const caption = html`${lineKey('loss', 'The observed effect.')} ${areaKey('net', 'Effects when the whole train of events is moved by random days')}
  (that event times matter at all); ${areaKey('other', 'effects on whole markets without the structure')} (that the detector and ordinary volatility do not
  make it). Shares of each distribution; p counts draws at least as extreme, the observed one included. Development slice.
  ${surrogates.length === 0 ? html`No surrogate markets: <code>backtest study calibrate ${document.id}</code> makes them. ` : null}${fromFiles('null_effects.csv', 'negative_controls.csv')}`;
  return figure({ ...chart, title, caption });
}
