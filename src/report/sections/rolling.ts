import { formatDay } from '../../core/time.ts';
import { type BookDays, bookDays } from '../bookDays.ts';
import { figure } from '../charts/renderChart.ts';
import { bandOpacity, timePanels } from '../charts/timePanels.ts';
import { percent, plural, ratio } from '../format.ts';
import { type Html, html } from '../html.ts';
import { areaKey, lineKey } from '../legend.ts';
import type { ReportModel } from '../model.ts';
import { source } from '../provenanceLinks.ts';
import { fewestActiveDays, rangeOf, type Rolling, rolling, rollingStepDays } from '../rolling.ts';
import { defineSection } from '../section.ts';
import { basisOf } from '../verdict.ts';

const [quarter, year] = [90, 365] as const;
/** Fewer points than this are no line. */
const fewestPoints = 4;

export default defineSection({
  id: 'rolling',
  title: 'Rolling figures',
  order: 25,
  missing: (model) => {
    if (model.book.rows === 0) return 'the run has no bars';
    if (model.metrics.total_trades === 0) return 'no strategy traded';
    const days = bookDays(model.book).day.length;
    const needed = quarter + (fewestPoints - 1) * rollingStepDays;
    return days >= needed ? null : `a window of ${quarter} days needs ${needed} whole days to move, the run has ${days}`;
  },
  render: async (model) => {
    const days = bookDays(model.book);
    const windows = [quarter, year].map((length) => rolling(days, length)).filter(({ day }) => day.length >= fewestPoints);
    return html`${await sharpeFigure(model, days, windows)} ${await riskFigure(model, days, windows[0]!)}`.markup;
  },
});

const spanOf = ({ day }: BookDays) => ({ from: day[0]!, to: day[day.length - 1]! });

async function sharpeFigure(model: ReportModel, days: BookDays, windows: readonly Rolling[]): Promise<Html> {
  const known = windows.filter(({ sharpe }) => rangeOf(sharpe) !== null);
  if (known.length === 0)
    return html`<p class="missing">Not shown: no window of ${quarter} days has ${plural(fewestActiveDays, 'day')} with a position.</p>`;
  const time = windows[0]!.day;
  // The longer window has its first point later: both end on the last day, so its points are the last ones.
  const late = (values: Float64Array) => {
    const all = new Float64Array(time.length).fill(Number.NaN);
    all.set(values, time.length - values.length);
    return all;
  };
  const chart = timePanels({
    key: 'rolling-sharpe',
    label: `${known.map(rangeText).join('; ')}, from ${formatDay(days.day[0]!)} to ${formatDay(days.day.at(-1)!)}.`,
    height: { wide: 80 + 170 * known.length, narrow: 80 + 150 * known.length },
    time,
    span: spanOf(days),
    panels: known.map(({ windowDays, sharpe, low, high }) => ({
      name: `Sharpe ratio per year, last ${windowDays} days`,
      format: (value: number) => String(value),
      lines: [{ values: late(sharpe), color: 'net' as const, band: { low: late(low), high: late(high) } }],
    })),
  });
  const caption = html`${lineKey('net', 'Ratio of the daily net returns in the window,')} ${areaKey('net', 'its 95% interval', bandOpacity)} (standard error for
    autocorrelated, non-normal days). A line begins when its first window is full and is open where fewer than
    ${plural(fewestActiveDays, 'day')} of the window had a position; one point every ${rollingStepDays} days. Neighboring windows share most of their days:
    a long stretch on one side is one observation, not many. ${source(model, 'portfolio_returns.parquet')}`;
  return figure({ ...chart, title: sharpeFinding(known.at(-1)!), caption });
}

function sharpeFinding({ windowDays, sharpe, low, high }: Rolling): string {
  const range = rangeOf(sharpe)!;
  const above = low.filter((value) => value > 0).length;
  const below = high.filter((value) => value < 0).length;
  const lay = (n: number, where: string) =>
    n === 0 ? `never ${where}` : `${where} in ${percent(n / range.count, { decimals: 0 }).text} of the windows`;
  const ran = `The Sharpe ratio of ${windowDays} days ran from ${ratio(range.low, { decimals: 2 }).text} to ${ratio(range.high, { decimals: 2 }).text}`;
  if (above === 0 && below === 0) return `${ran}; its 95% interval included zero throughout`;
  return `${ran}; its 95% interval lay ${lay(above, 'above zero')} and ${lay(below, 'below zero')}`;
}

function rangeText({ windowDays, sharpe }: Rolling): string {
  const { low, high } = rangeOf(sharpe)!;
  return `Sharpe ratio of ${windowDays} days between ${low.toFixed(2)} and ${high.toFixed(2)}`;
}

async function riskFigure(model: ReportModel, days: BookDays, window: Rolling): Promise<Html> {
  const { windowDays, day, netReturn, volatility } = window;
  const [net, risk] = [rangeOf(netReturn)!, rangeOf(volatility)!];
  const lost = netReturn.filter((value) => value < 0).length / netReturn.length;
  const asPercent = (value: number) => `${value}%`;
  const chart = timePanels({
    key: 'rolling-risk',
    label: `Net return of ${windowDays} days between ${percent(net.low).text} and ${percent(net.high).text}, volatility per year between ${percent(risk.low).text} and ${percent(risk.high).text}.`,
    height: { wide: 400, narrow: 360 },
    time: day,
    span: spanOf(days),
    panels: [
      {
        name: `Net return of the last ${windowDays} days, percent`,
        format: asPercent,
        lines: [{ values: netReturn.map((value) => value * 100), color: 'net' }],
      },
      {
        name: `Volatility of the last ${windowDays} days, percent per year`,
        format: asPercent,
        min: 0,
        lines: [{ values: volatility.map((value) => value * 100), color: 'other' }],
      },
    ],
  });
  const worst = day[netReturn.findIndex((value) => value === net.low)]!;
  const title = `${percent(lost, { decimals: 0 }).text} of the ${windowDays}-day windows lost; the worst, to ${formatDay(worst)}, made ${percent(net.low).text}, the best ${percent(net.high).text}`;
  const caption = html`${lineKey('net', `Net return ${basisOf(model)}, additive.`)} ${lineKey('other', 'Standard deviation of daily net returns, per year.')}
    Trailing windows of ${plural(windowDays, 'day')}, one point every ${rollingStepDays} days, the first when the window is full.
    ${source(model, 'portfolio_returns.parquet')}`;
  return figure({ ...chart, title, caption });
}
