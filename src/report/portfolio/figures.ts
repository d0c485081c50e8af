import type { ColorName } from '../charts/palette.ts';
import { dotChart } from '../charts/dotChart.ts';
import { figure } from '../charts/renderChart.ts';
import { fillOpacity, timePanels } from '../charts/timePanels.ts';
import { percent, plural, words } from '../format.ts';
import { type Html, html } from '../html.ts';
import { areaKey, lineKey } from '../legend.ts';
import type { ReportModel } from '../model.ts';
import { source } from '../provenanceLinks.ts';
import type { ReportPortfolio, Series } from './model.ts';

/** Lines of one panel, told apart by color and dash; more edges than looks are not drawn. */
const looks: readonly { readonly color: ColorName; readonly dash?: readonly number[] }[] = [
  { color: 'net' },
  { color: 'other', dash: [6, 3] },
  { color: 'gain', dash: [2, 2] },
  { color: 'loss', dash: [8, 3, 2, 3] },
  { color: 'muted' },
];

/** Points of a line at most: the page stays small, whatever the years. */
const mostPoints = 160;

/** Every so many days one point: what the days of a stretch come to. */
function thinned(values: Float64Array, of: 'last' | 'least' | 'most' | 'mean'): Float64Array {
  const step = Math.ceil(values.length / mostPoints);
  const points = Math.ceil(values.length / step);
  return Float64Array.from({ length: points }, (_, point) => {
    const part = values.subarray(point * step, (point + 1) * step);
    if (of === 'last') return part.at(-1)!;
    if (of === 'mean') return part.reduce((sum, value) => sum + value, 0) / part.length;
    return of === 'least' ? Math.min(...part) : Math.max(...part);
  });
}

/** What a number of percent looks like on an axis. */
const asPercent = (value: number) => `${value}%`;
const inPercent = (values: Float64Array, of: 'last' | 'least' | 'most' | 'mean' = 'last') => thinned(values, of).map((value) => 100 * value);

/** Net result beside the benchmarks, its drawdown, exposure and weights, below each other. */
export async function courseFigure(model: ReportModel, portfolio: ReportPortfolio): Promise<Html> {
  const { daily, mode } = portfolio;
  const net = cumulated(daily.pnl);
  const drawdown = fallFromPeak(net);
  const weights = largest(daily.weights);
  const chart = timePanels({
    key: 'portfolio-course',
    label: `Net result of ${words(mode)} ${percent(net.at(-1)).text}, largest drawdown at the end of a day ${percent(-Math.min(...drawdown)).text}; largest gross exposure ${percent(Math.max(...daily.largestGross)).text}.`,
    height: { wide: 760, narrow: 700 },
    time: thinned(daily.day, 'last'),
    panels: [
      {
        name: 'Net result since the first day, percent of capital',
        format: asPercent,
        lines: [
          ...daily.benchmarks.map(({ values }, at) => ({
            values: inPercent(cumulated(values)),
            color: 'muted' as const,
            dash: at === 0 ? [2, 2] : [6, 3],
          })),
          { values: inPercent(net), color: 'net' as const },
        ],
      },
      {
        name: 'Drawdown at the end of the day, percent of the peak',
        format: asPercent,
        max: 0,
        lines: [{ values: inPercent(drawdown, 'least'), color: 'loss', isFilled: true }],
      },
      {
        name: 'Largest gross exposure of the day, percent of capital',
        format: asPercent,
        min: 0,
        lines: [{ values: inPercent(daily.largestGross, 'most'), color: 'muted', isStep: true, isFilled: true }],
      },
      {
        name: 'Weights in force',
        format: String,
        min: 0,
        lines: weights.map(({ values }, at) => ({ values: thinned(values, 'last'), isStep: true, ...looks[at]! })),
      },
    ],
  });
  const caption = html`Days out of sample, costs and funding included, pnl added and not compounded${pointsOf(daily.day.length)}. ${lineKey('net', words(mode))} beside
    ${daily.benchmarks.map(({ name }, at) => html`${at === 0 ? null : ' and '}${lineKey('muted', words(name), at === 0 ? '2 2' : '6 3')}`)} over the same
    edges, symbols and costs; ${areaKey('loss', 'drawdown', fillOpacity)}; weights of ${keys(weights)}. ${shownOf(daily.weights.length)}
    ${source(model, 'daily_book.csv', 'daily_returns.csv', `weights_${mode}.csv`)}`;
  return figure({ ...chart, title: courseFinding(portfolio, net.at(-1)!), caption });
}

function courseFinding({ mode, daily }: ReportPortfolio, net: number): string {
  const better = daily.benchmarks.filter(({ values }) => cumulated(values).at(-1)! >= net).map(({ name }) => words(name));
  const own = `${sentence(mode)} ${net >= 0 ? 'earned' : 'lost'} ${percent(Math.abs(net)).text} after costs`;
  return better.length === 0 ? `${own}, more than the simple benchmarks` : `${own}; ${better.join(' and ')} did no worse`;
}

/** Cost and trading by day, added up. */
export async function costFigure(model: ReportModel, portfolio: ReportPortfolio): Promise<Html> {
  const { daily } = portfolio;
  const [net, cost] = [cumulated(daily.pnl), cumulated(daily.cost)];
  const before = net.map((value, at) => value + cost[at]!);
  const chart = timePanels({
    key: 'portfolio-costs',
    label: `Result before costs ${percent(before.at(-1)).text}, costs ${percent(cost.at(-1)).text}, net ${percent(net.at(-1)).text}.`,
    height: { wide: 420, narrow: 400 },
    time: thinned(daily.day, 'last'),
    panels: [
      {
        name: 'Result before and after costs, percent of capital',
        format: asPercent,
        lines: [
          { values: inPercent(before), color: 'muted', dash: [6, 3] },
          { values: inPercent(net), color: 'net' },
        ],
      },
      {
        name: 'Traded exposure, percent of capital a day',
        format: asPercent,
        min: 0,
        lines: [{ values: inPercent(daily.traded, 'mean'), color: 'other', isStep: true, isFilled: true }],
      },
    ],
  });
  const caption = html`${lineKey('muted', 'Before costs', '6 3')} (funding included) and ${lineKey('net', 'after them')}; below what was traded after edges had
    netted per symbol. ${source(model, 'daily_book.csv')}`;
  const days = daily.traded.filter((value) => value > 0).length;
  const title = `Costs took ${percent(cost.at(-1)).text} of capital on ${plural(days, 'day')} with trades`;
  return figure({ ...chart, title, caption });
}

/** Shares of risk in rolling windows; nothing where no window varied. */
export async function riskFigure(model: ReportModel, { risk }: ReportPortfolio): Promise<Html | null> {
  const drawn = largest(risk.edges);
  if (risk.day.length < 2 || drawn.every(({ values }) => values.every(Number.isNaN))) return null;
  const last = [...risk.edges].map(({ name, values }) => ({ name, share: values.at(-1)! })).sort((a, b) => b.share - a.share)[0]!;
  const chart = timePanels({
    key: 'portfolio-risk',
    label: `Shares of risk of ${plural(risk.edges.length, 'edge')} in rolling windows of 90 days.`,
    height: { wide: 320, narrow: 300 },
    time: thinned(risk.day, 'last'),
    panels: [
      {
        name: 'Share of the variance of 90 days, percent',
        format: asPercent,
        lines: drawn.map(({ values }, at) => ({ values: inPercent(values), ...looks[at]! })),
      },
    ],
  });
  const caption = html`Covariance of what an edge earned with the whole over the variance of the whole, with the exposures it really had; shares sum to 100%, and one below
    zero offset the others. ${keys(drawn)}. ${shownOf(risk.edges.length)} ${source(model, 'risk_shares.csv')}`;
  const title = Number.isNaN(last.share)
    ? 'Nothing varied in the last window'
    : `${sentence(last.name)} carried ${percent(last.share, { decimals: 0 }).text} of the risk in the last 90 days`;
  return figure({ ...chart, title, caption });
}

/** How much of each limit was used at most. */
export async function headroomFigure(model: ReportModel, { limits }: ReportPortfolio): Promise<Html | null> {
  if (limits.length === 0) return null;
  const rows = limits.map(({ limit, used, allowed }) => ({
    name: limitNames[limit] ?? limit,
    value: allowed === 0 ? null : (100 * used) / allowed,
    low: null,
    high: null,
    text: `${percent(used).text} of ${percent(allowed).text}`,
    color: used > allowed * (1 + 1e-9) + 1e-12 ? ('loss' as const) : ('net' as const),
  }));
  const chart = dotChart({
    key: 'portfolio-headroom',
    label: rows.map(({ name, text }) => `${name}: ${text}`).join('; '),
    rows,
    axis: { name: 'Largest use of the limit, percent', format: asPercent },
    bounds: { min: 0, max: Math.max(120, 20 * Math.ceil(Math.max(...rows.map(({ value }) => value ?? 0)) / 20)) },
    lines: [{ at: 100, color: 'loss' }],
  });
  const over = limits.filter(({ used, allowed }) => used > allowed * (1 + 1e-9) + 1e-12).length;
  const title = over === 0 ? 'All limits were kept' : `${plural(over, 'limit')} ${over === 1 ? 'was' : 'were'} exceeded`;
  const caption = html`The most that was used on any bar or day out of sample; the dashed line is the limit. ${source(model, 'portfolio/*/metrics.json')}`;
  return figure({ ...chart, title, caption });
}

const limitNames: Readonly<Record<string, string>> = {
  drawdown: 'Drawdown',
  cvar: 'Loss of the worst days',
  gross: 'Gross exposure',
  net: 'Net exposure',
  symbol: 'Exposure of one symbol',
  risk_share: 'Share of risk of one edge',
  turnover: 'Weight increases of a day',
};

/** How many days a point stands for. */
function pointsOf(days: number): string {
  const step = Math.ceil(days / mostPoints);
  return step === 1 ? '' : `; a point is ${step} days, with the deepest drawdown and the largest exposure among them`;
}

/** An id in words at the beginning of a sentence. */
function sentence(id: string): string {
  const text = words(id);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The edges that mattered most, as many as can be told apart. */
function largest(series: readonly Series[]): Series[] {
  const size = ({ values }: Series) => values.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : Math.abs(value)), 0);
  return [...series].sort((a, b) => size(b) - size(a)).slice(0, looks.length);
}

function keys(series: readonly Series[]): Html[] {
  return series.map(({ name }, at) => html`${at === 0 ? null : ', '}${lineKey(looks[at]!.color, words(name), looks[at]!.dash?.join(' ') ?? '')}`);
}

function shownOf(count: number): string {
  return count <= looks.length ? '' : `The ${looks.length} largest of ${count} edges are drawn.`;
}

function cumulated(values: Float64Array): Float64Array {
  let total = 0;
  return values.map((value) => (total += value));
}

/** Fall of additive equity from its highest point so far, the start among them; zero or negative. */
function fallFromPeak(net: Float64Array): Float64Array {
  let peak = 0;
  return net.map((value) => {
    peak = Math.max(peak, value);
    return (value - peak) / (1 + peak);
  });
}
