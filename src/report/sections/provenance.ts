import { count, percent, plural, ratio, words } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { ReportModel, ReportStage } from '../model.ts';
import { listedOutputs, outputAnchor, stageAnchor } from '../provenanceLinks.ts';
import { defineSection } from '../section.ts';
import { table } from '../table.ts';

export default defineSection({
  id: 'provenance',
  title: 'Provenance',
  order: 100,
  missing: ({ provenance }) => (provenance.length === 0 ? 'no stage left a manifest' : null),
  render: (model) =>
    html`<p>
        Every number above comes from a file below, and every file from the stage before it. A stage’s key is the hash of its inputs, its parameters
        and its code: the same key means the same result.
      </p>
      <p>
        How to check: <code>backtest runs show ${model.runId}</code> lists the same stages, keys and files; <code>sha256sum</code> of a file gives the
        hash printed beside it.
      </p>
      ${certificateLine(model)}
      ${table<ReportStage>({
        caption: 'Stages in the order they ran',
        columns: [
          { header: 'Stage', cell: ({ stage }, at) => html`<a href="#${stageAnchor(at)}">${stage}</a>` },
          { header: 'Inputs', cell: ({ inputs }) => count(inputs) },
          { header: 'Outputs', cell: ({ outputs }) => count(outputs.length) },
          { header: 'Rows', cell: ({ outputs }) => count(outputs.reduce((sum, { rows }) => sum + (rows ?? 0), 0)) },
          { header: 'Key', cell: ({ key }) => html`${key}`, tint: () => 'hash' },
        ],
        rows: model.provenance,
      })}
      ${model.provenance.map((stage, at) => stageDetails(model, stage, at))} `.markup,
});

/** What the same program does where there is nothing to find. */
function certificateLine({ certificate }: ReportModel): Html {
  if (certificate === null) return html`<p>This program has no certificate of what it does on markets without an edge.</p>`;
  const { approved, n, interval, isHeld, alpha, smallest, page } = certificate;
  const share = (value: number) => percent(value).text;
  const promise = `${isHeld ? 'held' : 'not held'}: at most ${percent(alpha, { decimals: 0 }).text}`;
  const edge =
    smallest === null
      ? 'no planted edge was found in four of five markets at any size tried'
      : `the smallest planted edge found in four of five markets is worth ${ratio(smallest.bps).text} bps per trade (${words(smallest.id)})`;
  return html`<p>
    On markets without an edge this program’s studies and policies approved ${count(approved).text} of ${count(n).text} (${promise}; 95% interval
    ${share(interval.low)} to ${share(interval.high)}); ${edge}: <a href="${page}">Certificate</a>.
  </p>`;
}

function stageDetails({ runId }: ReportModel, stage: ReportStage, stageIndex: number): Html {
  const { units, outputs, key } = stage;
  const manifest = `runs/${runId}/${stage.stage}.json`;
  return html`<details id="${stageAnchor(stageIndex)}" data-manifest="${manifest}" data-key="${key}">
<summary>${stage.stage} <span class="note">${plural(outputs.length, 'output')}, ${plural(units.length, 'unit')}</span></summary>
<div class="detail">
<p class="note">Manifest: <code>${manifest}</code>${outputs.length > listedOutputs ? `, which has ${plural(outputs.length - listedOutputs, 'more output')}` : ''}.</p>
${units.length === 0 ? null : unitTable(stage)}${outputs.length === 0 ? html`<p>No outputs.</p>` : outputTable(stage, stageIndex)}
</div>
</details>
`;
}

function unitTable({ stage, units }: ReportStage): Html {
  return table<ReportStage['units'][number]>({
    caption: `Code of ${stage}`,
    columns: [
      { header: 'Unit', cell: ({ id }) => id },
      { header: 'Fingerprint', cell: ({ fingerprint }) => html`${fingerprint}`, tint: () => 'hash' },
    ],
    rows: units,
  });
}

type Output = ReportStage['outputs'][number];

/** Written out by hand because every row is the target of links; files of one folder stand below its name. */
function outputTable({ stage, outputs }: ReportStage, stageIndex: number): Html {
  const groups: { folder: string; rows: Html[] }[] = [];
  for (const [at, output] of outputs.slice(0, listedOutputs).entries()) {
    const folder = folderOf(output.path);
    if (groups.at(-1)?.folder !== folder) groups.push({ folder, rows: [] });
    groups.at(-1)!.rows.push(outputRow(output, outputAnchor(stageIndex, at), folder));
  }
  return html`<div class="scroll" role="group" aria-label="Outputs of ${stage}" tabindex="0">
<table>
<caption>Outputs of ${stage}</caption>
<thead><tr><th scope="col">File</th><th scope="col" class="num">Rows</th><th scope="col">SHA-256</th></tr></thead>
${groups.map(
  ({ folder, rows }) => html`<tbody><tr><th scope="rowgroup" colspan="3" class="folder">${folder}</th></tr>
${rows}</tbody>
`,
)}</table>
</div>`;
}

function outputRow({ path, sha256, rows }: Output, anchor: string, folder: string): Html {
  return html`<tr id="${anchor}"><th scope="row">${path.slice(folder.length)}</th><td class="num">${count(rows, { reason: 'not a table' }).text}</td><td class="hash">${sha256}</td></tr>
`;
}

/** The part of a path that its neighbors share: up to the year, or the folder. */
function folderOf(path: string): string {
  const year = path.indexOf('/year=');
  return path.slice(0, (year < 0 ? path.lastIndexOf('/') : year) + 1);
}
