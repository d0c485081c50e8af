import { type Finding, type Severity, sortFindings } from '../../core/findings.ts';
import { formatTime } from '../../core/time.ts';
import type { QualityShare } from '../../engine/qualityShares.ts';
import { count, counted, number, percent, plural, words } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { ReportModel } from '../model.ts';
import { source, stageSource } from '../provenanceLinks.ts';
import { defineSection } from '../section.ts';
import { table } from '../table.ts';

/** More findings of one kind than this are counted, not listed. */
const listed = 40;

export default defineSection({
  id: 'data_quality',
  title: 'Data quality',
  order: 80,
  render: (model) =>
    html`${countTable({ caption: 'Bars and funding by symbol', header: 'Symbol', rows: model.quality, source: stageSource(model, 'clean') })}
      ${countTable({ caption: 'What the engine met, by strategy', header: 'Strategy', rows: model.diagnostics, source: source(model, 'engine/metrics.json') })}
      ${flagged(model)}
      <h3>Findings</h3>
      ${findings(model)} `.markup,
});

const flagTexts: Readonly<Record<QualityShare['flag'], string>> = {
  missing: 'No bar in the source',
  flatEmpty: 'Flat without volume (an outage)',
  zeroVolume: 'Price moved without volume',
  jump: 'Close moved by more than a fifth',
  fundingMissing: 'No funding in force',
  afterGap: 'First bar after a gap',
  any: 'Any flag',
};

/** How much of the result rests on bars that carry a quality flag, flag by flag. */
function flagged(model: ReportModel): Html {
  const { qualityShares: shares, metrics } = model;
  const any = shares.find(({ flag }) => flag === 'any');
  if (metrics.total_trades === 0 || any === undefined) return html`<p>No strategy traded, so no result rests on flagged bars.</p>`;
  if (any.trades === 0)
    return html`<p>No trade touches a bar with a quality flag: the result rests on clean bars alone. <span class="source">${source(model, 'engine/metrics.json')}</span></p>`;
  const net = metrics.net_total_return;
  const reason = 'the net return is zero';
  return html`<h3>Share of the result that rests on flagged bars</h3>
    ${table<QualityShare>({
      caption: 'Trades and pnl on flagged bars',
      source: source(model, 'engine/metrics.json'),
      columns: [
        { header: 'Flag', cell: ({ flag }) => flagTexts[flag] },
        { header: 'Bars held or traded', cell: ({ bars }) => count(bars) },
        { header: 'Pnl of these bars', cell: ({ pnl }) => percent(pnl, { decimals: 2 }) },
        { header: 'Trades that touch one', cell: ({ trades }) => count(trades) },
        { header: 'Share of trades', cell: ({ trades }) => percent(trades / metrics.total_trades, { decimals: 1 }) },
        { header: 'Pnl of these trades', cell: ({ tradesPnl }) => percent(tradesPnl, { decimals: 2 }) },
        { header: 'Share of the net', cell: ({ tradesPnl }) => percent(net === 0 ? null : tradesPnl / net, { decimals: 1, reason }) },
        { header: 'Net without them', cell: ({ tradesPnl }) => percent(net - tradesPnl, { decimals: 2 }) },
      ],
      rows: [...shares.filter((share) => share !== any), any],
      isTotal: (share) => share === any,
    })}
    <p class="note">
      The net return is ${number(percent(net, { decimals: 2 }))}. A trade touches every bar from its entry to its exit; a bar or a trade with two flags counts in both rows and once in the last one, so rows do not add
      up. A share above 100% or below zero means that the other trades point the other way.
    </p>`;
}

type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Few names stand side by side; many go below each other. */
const sideBySide = 4;

function countTable(spec: { caption: string; header: string; rows: Counts; source: Html }): Html {
  const { caption, source: from, rows } = spec;
  const names = Object.keys(rows);
  const keys = [...new Set(names.flatMap((name) => Object.keys(rows[name]!)))];
  const value = (name: string, key: string) => counted(key, rows[name]![key]);
  const empty = 'The stages recorded no counts.';
  if (names.length > sideBySide) {
    const columns = keys.map((key) => ({ header: words(key), cell: (name: string) => value(name, key) }));
    return table<string>({ caption, source: from, columns: [{ header: spec.header, cell: (name) => name }, ...columns], rows: names, empty });
  }
  const columns = names.map((name) => ({ header: name, cell: (key: string) => value(name, key) }));
  return table<string>({ caption, source: from, columns: [{ header: 'Count', cell: words }, ...columns], rows: keys, empty });
}

type Found = ReportModel['findings'][number];

function findings(model: ReportModel): Html {
  if (model.findings.length === 0) return html`<p>No stage reported a finding.</p>`;
  const stages = [...new Set(model.findings.map(({ stage }) => stage))];
  return html`${stages.map((stage) => {
    const own = model.findings.filter((finding) => finding.stage === stage);
    return html`<details${own.some(({ severity }) => severity !== 'info') ? html` open` : null}><summary>${stage}: ${plural(own.length, 'finding')} <span class="note">${tally(own)}</span></summary>
<div class="detail">${kinds(own).map((group) => findingTable(model, stage, group))}</div></details>
`;
  })}`;
}

function tally(findings: readonly Found[]): string {
  const names: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' };
  const of = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  return (Object.keys(names) as Severity[])
    .filter((severity) => of(severity) > 0)
    .map((severity) => plural(of(severity), names[severity]))
    .join(', ');
}

/** Findings of one code and severity together, the most severe first. */
function kinds(findings: readonly Found[]): Finding[][] {
  const groups = new Map<string, Finding[]>();
  for (const finding of sortFindings(findings)) {
    const key = `${finding.severity} ${finding.code}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()];
}

function findingTable(model: ReportModel, stage: string, group: readonly Finding[]): Html {
  const first = group[0]!;
  const severity = { error: 'error', warning: 'warning', info: 'note' }[first.severity];
  const list = table<Finding>({
    caption: `${first.code} (${severity})`,
    source: stageSource(model, stage),
    columns: [
      { header: 'Subject', cell: ({ subject }) => subject },
      { header: 'What was found', cell: ({ message }) => message },
      ...(group.some(({ range }) => range !== undefined) ? rangeColumns : []),
    ],
    rows: group.slice(0, listed),
  });
  const more =
    group.length > listed
      ? html`<p class="note">${plural(group.length - listed, 'more finding')} of this kind in the manifest of ${stage}.</p>`
      : null;
  const body = html`${list}${more}`;
  return first.severity === 'info'
    ? html`<details>
        <summary>${first.code} <span class="note">${plural(group.length, 'note')}</span></summary>
        ${body}
      </details>`
    : body;
}

const rangeColumns = [
  { header: 'From (UTC)', cell: ({ range }: Finding) => time(range?.from) },
  { header: 'To (UTC)', cell: ({ range }: Finding) => time(range?.to) },
];

function time(ms: number | undefined): Html | string {
  return ms === undefined ? '' : html`<span class="n">${formatTime(ms).slice(0, 16).replace('T', ' ')}</span>`;
}
