import { prose } from '../format.ts';
import { html } from '../html.ts';
import { source } from '../provenanceLinks.ts';
import { defineSection } from '../section.ts';
import { table } from '../table.ts';
import { type TriedFact, triedFacts, triedSentence } from '../triedFacts.ts';

export default defineSection({
  id: 'trials',
  title: 'What was tried',
  order: 18,
  missing: ({ book, metrics }) => (book.rows === 0 ? 'the run has no bars' : metrics.total_trades === 0 ? 'no strategy traded' : null),
  render: (model) =>
    html`<div><p>${prose(triedSentence(model))}</p>
${table<TriedFact>({
  caption: 'The Sharpe ratio of the whole book after what was tried',
  source: source(model, 'portfolio_returns.parquet'),
  columns: [
    { header: 'Number', cell: ({ label }) => label },
    { header: 'Value', cell: ({ shown }) => shown },
    { header: 'Meaning', cell: ({ meaning }) => meaning, tint: () => 'means' },
  ],
  rows: triedFacts(model),
})}
<p class="note">The count is that of <code>runs/${model.runId}/run.json</code>, taken when the run ended; <code>backtest ledger log</code> lists the entries behind it.</p></div>`
      .markup,
});
