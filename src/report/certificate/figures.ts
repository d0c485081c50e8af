import type { Certificate, CertifiedSubject, FalseApprovals, PowerCurve } from '../../research/certificate/model.ts';
import { judgedCells, smallestDetectable } from '../../research/certificate/model.ts';
import { clopperPearson } from '../../stats/calibration/binomial.ts';
import { dotChart, type DotRow, roundStep } from '../charts/dotChart.ts';
import { figure } from '../charts/renderChart.ts';
import { bandOpacity, timePanels } from '../charts/timePanels.ts';
import { count, percent, plural, ratio, words } from '../format.ts';
import { type Html, html } from '../html.ts';
import { areaKey, lineKey } from '../legend.ts';
import { fromFiles } from '../study/fileLinks.ts';
import { capital } from '../study/verdictWords.ts';

/** Share at which an effect counts as detectable. */
export const detected = 0.8;

/** Per generator the rate of false approvals of every study and policy, the reference system's gates beside it. */
export async function falseApprovalFigures(certificate: Certificate): Promise<Html[]> {
  const figures: Html[] = [];
  for (const { id, summary } of certificate.generators) {
    const drawn = await falseApprovalFigure(certificate, id, summary);
    if (drawn !== null) figures.push(drawn);
  }
  return figures;
}

async function falseApprovalFigure(certificate: Certificate, generator: string, summary: string): Promise<Html | null> {
  const { alpha, studies, policies } = certificate;
  const of = (all: readonly FalseApprovals[]) => all.find((counts) => counts.generator === generator);
  const rows = [...studies, ...policies].flatMap(({ id, falseApprovals, reference }): DotRow[] => {
    const [own, theirs] = [of(falseApprovals), of(reference)];
    return [
      ...(own === undefined ? [] : [rateRow(words(id), own, 'net')]),
      ...(theirs === undefined ? [] : [rateRow(`${words(id)}, reference gates`, theirs, 'other')]),
    ];
  });
  if (rows.length === 0) return null;
  const cells = judgedCells(certificate).filter(({ counts }) => counts.generator === generator);
  const over = cells.filter(({ isWithin }) => !isWithin);
  const chart = dotChart({
    key: `rate-${generator.replace(/_/g, '-')}`,
    label: `False approvals on ${words(generator)} markets, percent with 95% intervals: ${rows.map(({ name, text }) => `${name} ${text}`).join('; ')}.`,
    rows,
    axis: { name: 'Markets without an edge that were approved, percent', format: String },
    bounds: { min: 0, max: upper(rows) },
    lines: [{ at: 100 * alpha, color: 'loss' }],
  });
  const judged = over.length === 0 ? `all ${cells.length} within the bound` : `${over.length} of ${cells.length} above the bound`;
  const title = `On ${words(generator)} markets: ${judged}`;
  const caption = html`${capital(summary)}. Points on exact 95% intervals; ${lineKey('loss', `the promised ${percent(alpha, { decimals: 0 }).text}.`, '3 3')} ${lineKey('net', 'This program,')}
  ${lineKey('other', 'the reference system’s gates on the same markets.')} ${fromFiles('certificate.json')}`;
  return figure({ ...chart, title, caption });
}

/** The round percent that holds every interval. */
function upper(rows: readonly DotRow[]): number {
  const most = Math.max(10, ...rows.map(({ high }) => high ?? 0));
  const step = roundStep(most / 6);
  return Math.min(100, Math.ceil(most / step) * step);
}

function rateRow(name: string, { n, approved, interval }: FalseApprovals, color: 'net' | 'other'): DotRow {
  const share = n === 0 ? null : (100 * approved) / n;
  return { name, value: share, low: 100 * interval.low, high: 100 * interval.high, text: `${approved} of ${count(n).text}`, color };
}

/** Per study and policy the share of planted effects that was found, by size. */
export async function powerFigures({ studies, policies, alpha }: Certificate): Promise<Html[]> {
  const figures: Html[] = [];
  for (const { id, power } of [...studies, ...policies])
    if (power !== null && power.points.length >= 2) figures.push(await powerFigure(id, power, alpha));
  return figures;
}

async function powerFigure(id: CertifiedSubject['id'], power: PowerCurve, alpha: number): Promise<Html> {
  const { points, planted, generator } = power;
  const time = Float64Array.from(points, ({ size }) => size);
  const bounds = points.map(({ n, found }) => clopperPearson(found, n, 0.05));
  const column = (pick: (at: number) => number) => Float64Array.from(points, (_, at) => 100 * pick(at));
  const flat = (share: number) => new Float64Array(points.length).fill(100 * share);
  const smallest = smallestDetectable(power, detected);
  const chart = timePanels({
    key: `power-${id.replace(/_/g, '-')}`,
    label: `Share of planted effects that ${words(id)} found: ${points.map(({ size, n, found }) => `${percent(n === 0 ? null : found / n).text} at ${size}`).join(', ')}.`,
    height: { wide: 240, narrow: 230 },
    time,
    ages: { name: `Planted: ${planted}`, step: roundStep((time[time.length - 1]! - time[0]!) / 6) },
    panels: [
      {
        name: 'Found, percent of markets',
        format: (value) => `${value}%`,
        min: 0,
        max: 100,
        step: 25,
        lines: [
          {
            values: column((at) => bounds[at]!.share ?? Number.NaN),
            color: 'net',
            band: { low: column((at) => bounds[at]!.low), high: column((at) => bounds[at]!.high) },
          },
          { values: flat(detected), color: 'muted', dash: [3, 3] },
          { values: flat(alpha), color: 'loss', dash: [3, 3] },
        ],
      },
    ],
  });
  const title =
    smallest === null
      ? `${words(id)}: no planted size was found in ${percent(detected, { decimals: 0 }).text} of the markets`
      : `${words(id)}: found in ${percent(detected, { decimals: 0 }).text} of the markets from ${ratio(smallest.size).text} on${smallest.bps === null ? '' : `, ${ratio(smallest.bps).text} bps per trade`}`;
  const caption = html`${lineKey('net', 'Share found')} ${areaKey('net', 'with its exact 95% interval,', bandOpacity)} ${plural(points.at(-1)!.n, 'market')} per size, planted on ${words(generator)}
  markets; ${lineKey('muted', percent(detected, { decimals: 0 }).text, '3 3')} counts as detectable, ${lineKey('loss', percent(alpha, { decimals: 0 }).text, '3 3')} is what chance may do. ${fromFiles('certificate.json')}`;
  return figure({ ...chart, title: capital(title), caption });
}
