import { formatDay } from '../../core/time.ts';
import { activeDays, bookDays } from '../bookDays.ts';
import { figure } from '../charts/renderChart.ts';
import { returnHistogram } from '../charts/returnHistogram.ts';
import { count, percent, plural, ratio, type Shown } from '../format.ts';
import { type Html, html } from '../html.ts';
import { areaKey, lineKey } from '../legend.ts';
import type { ReportModel } from '../model.ts';
import { source } from '../provenanceLinks.ts';
import { normalCurve, type ReturnShape, returnShape } from '../returnShape.ts';
import { defineSection } from '../section.ts';
import { table } from '../table.ts';
import { histogram } from '../tradeGroups.ts';
import { basisOf } from '../verdict.ts';

/** Fewer days in the market than this have no shape. */
const fewestDays = 20;
/** Parts of the histogram, about. */
const bins = 64;
/** Best and worst days listed. */
const listed = 5;
/** Expected shortfall of fewer days than this rests on a handful of them. */
const enoughDays = 500;

export default defineSection({
  id: 'return_distribution',
  title: 'Daily returns',
  order: 35,
  missing: ({ book }) => {
    const active = book.rows === 0 ? 0 : activeDays(bookDays(book)).day.length;
    return active >= fewestDays ? null : `a position was held on ${plural(active, 'whole day')}; a shape needs ${fewestDays}`;
  },
  render: async (model) => {
    const days = bookDays(model.book);
    const active = activeDays(days);
    const shape = returnShape(active.returns);
    return html`${await histogramFigure(model, active.returns, shape)} ${tailTable(model, returnShape(days.returns), shape)}
    ${extremeDays(model, days.day, days.returns)} `.markup;
  },
});

async function histogramFigure(model: ReportModel, returns: Float64Array, shape: ReturnShape): Promise<Html> {
  const parts = histogram([...returns], bins);
  const width = parts[0]!.to - parts[0]!.from;
  const caption = html`${areaKey('net', 'Days that gained,')} ${areaKey('loss', 'days that lost.')}
  ${lineKey('ink', 'A normal of the same mean and deviation.', '5 4')} Net returns of UTC days ${basisOf(model)}, bars compounded inside the day; only
  the ${plural(shape.days, 'day')} on which a position was held. ${source(model, 'portfolio_returns.parquet')}`;
  return figure({ ...returnHistogram(parts, normalCurve(shape, width)), title: findingOf(shape), caption });
}

/** What the shape says, the tails first. */
function findingOf({ kurtosis, skewness, far, mean }: ReturnShape): string {
  if (kurtosis === null || skewness === null || far === null || mean === null) return 'Every day in the market had the same return';
  const expected = ratio(far.expected, { decimals: 1 }).text;
  const beyond = `${plural(far.observed, 'day')} beyond three deviations where a normal has ${expected}`;
  if (far.observed <= 2 * far.expected && kurtosis < 4) return `Days are close to a normal distribution: ${beyond}`;
  const side = skewness < -0.5 ? ', and losses reach further than gains' : skewness > 0.5 ? ', and gains reach further than losses' : '';
  return `Tails are fatter than a normal’s: ${beyond}${side}`;
}

interface ShapeRow {
  readonly name: string;
  readonly of: (shape: ReturnShape) => Shown;
}

function tailTable(model: ReportModel, all: ReturnShape, active: ReturnShape): Html {
  const tailRows = all.tails.flatMap(({ confidence }, at): ShapeRow[] => {
    const level = `${confidence * 100}%`;
    return [
      { name: `Value at risk, ${level}`, of: ({ tails }) => percent(tails[at]!.valueAtRisk) },
      { name: `Expected shortfall, ${level}`, of: ({ tails }) => percent(tails[at]!.expectedShortfall) },
      { name: `Days behind the ${level} shortfall`, of: ({ tails }) => count(tails[at]!.observations) },
    ];
  });
  const rows: ShapeRow[] = [
    { name: 'Days', of: ({ days }) => count(days) },
    { name: 'Mean', of: ({ mean }) => percent(mean) },
    { name: 'Standard deviation', of: ({ deviation }) => percent(deviation) },
    { name: 'Skewness (0 for a normal)', of: ({ skewness }) => ratio(skewness) },
    { name: 'Kurtosis (3 for a normal)', of: ({ kurtosis }) => ratio(kurtosis) },
    ...tailRows,
  ];
  const few =
    all.days < enoughDays ? ` With ${plural(all.days, 'day')}, the 99% figures rest on ${count(all.tails[1]!.observations).text} of them.` : '';
  return html`<div>${table<ShapeRow>({
    caption: 'Shape and tails of a day',
    source: source(model, 'portfolio_returns.parquet'),
    columns: [
      { header: 'Number', cell: ({ name }) => name },
      { header: 'All days', cell: ({ of }) => of(all) },
      { header: 'Days with a position', cell: ({ of }) => of(active) },
    ],
    rows,
  })}
    <p class="note">
      Value at risk is the smallest loss that is not exceeded with this probability, expected shortfall the mean of the losses at and beyond it; both
      are losses, so above zero is a loss.${few}
    </p></div>`;
}

interface Day {
  readonly day: number;
  readonly value: number;
}

function extremeDays(model: ReportModel, day: Float64Array, returns: Float64Array): Html {
  const ranked = Array.from(day, (time, at): Day => ({ day: time, value: returns[at]! })).sort((a, b) => a.value - b.value || a.day - b.day);
  const worst = ranked.slice(0, listed);
  const best = ranked.slice(-listed).toReversed();
  const place = (at: number) => count(at + 1).text;
  return table<number>({
    caption: `The ${listed} worst and the ${listed} best days`,
    source: source(model, 'portfolio_returns.parquet'),
    columns: [
      { header: 'Place', cell: (at) => place(at) },
      { header: 'Worst day (UTC)', cell: (at) => formatDay(worst[at]!.day), isNumeric: true },
      { header: 'Net return', cell: (at) => percent(worst[at]!.value, { decimals: 2 }) },
      { header: 'Best day (UTC)', cell: (at) => formatDay(best[at]!.day), isNumeric: true },
      { header: 'Net return', cell: (at) => percent(best[at]!.value, { decimals: 2 }) },
    ],
    rows: worst.map((_, at) => at),
  });
}
