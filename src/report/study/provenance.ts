import { count } from '../format.ts';
import { type Html, html } from '../html.ts';
import { table } from '../table.ts';
import { fileLink } from './fileLinks.ts';
import type { StudyFile, StudyPageModel } from './model.ts';

/** Inputs listed one by one; study.lock.json has them all. */
const listedInputs = 120;

/** What fixed the result: document, inputs, streams; and the files that hold it. */
export async function provenanceBody(model: StudyPageModel): Promise<Html> {
  const { result, runId, inputs, version, seedRoot } = model;
  const { stringify } = await import('yaml');
  return html`<p>The document below and the hashes of the inputs fix every number on this page: the same again gives the same bytes. <code>sha256sum</code> of a file
gives the hash printed beside it; the run’s manifest <code>runs/${runId}/studies.json</code> names them all.</p>
<dl class="setup">
<dt>Run</dt>
<dd>${runId}</dd>
<dt>Digest of the document</dt>
<dd class="hash">${result.digest}</dd>
<dt>Random streams</dt>
<dd class="hash">${seedRoot}/…</dd>
<dt>Program</dt>
<dd>version ${version}</dd>
</dl>
${fileTable('Files beside this page', model.files, ({ path }) => fileLink(path))}
<details>
<summary>Inputs <span class="note">${count(inputs.length).text} files</span></summary>
${fileTable('Tables that were read', inputs.slice(0, listedInputs), ({ path }) => path)}
${inputs.length > listedInputs ? html`<p class="note">${count(inputs.length - listedInputs).text} more in ${fileLink('study.lock.json')}.</p>` : null}
</details>
<details>
<summary>The study document <span class="note">with every default filled in</span></summary>
<pre><code>${stringify(model.document, { lineWidth: 0 }).trim()}</code></pre>
</details>`;
}

function fileTable(caption: string, files: readonly StudyFile[], name: (file: StudyFile) => Html | string): Html {
  return table<StudyFile>({
    caption,
    columns: [
      { header: 'File', cell: name },
      { header: 'Rows', cell: ({ rows }) => count(rows, { reason: 'not a table' }), isNumeric: true },
      { header: 'SHA-256', cell: ({ sha256 }) => html`${sha256}`, tint: () => 'hash' },
    ],
    rows: files,
  });
}
