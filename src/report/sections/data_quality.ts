import { type Finding, type Severity, sortFindings } from '../../core/findings.ts';
import { formatTime } from '../../core/time.ts';
import { counted, percent, plural, words } from '../format.ts';
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

/** How much of the result rests on bars that carry a quality flag. */
function flagged(model: ReportModel): Html | null {
  const total = (key: string) => Object.values(model.diagnostics).reduce((sum, row) => sum + (row[key] ?? 0), 0);
  const trades = total('flagged_trades');
  if (trades === 0) return html`<p>No trade touches a flagged bar.</p>`;
  return html`<p>
    ${plural(trades, 'trade')} of ${plural(model.metrics.total_trades, 'trade')} touch a flagged bar and made ${percent(total('flagged_trades_pnl')).text} of the net
    ${percent(model.metrics.net_total_return).text}; the flagged bars alone made ${percent(total('flagged_pnl')).text}.
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
