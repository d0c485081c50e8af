import type { Segment } from '../../engine/segmentation.ts';
import { bps, count, percent } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { ReportModel } from '../model.ts';
import { source } from '../provenanceLinks.ts';
import { defineSection } from '../section.ts';
import { table } from '../table.ts';

export default defineSection({
  id: 'funding_context',
  title: 'Funding persistence',
  order: 70,
  missing: ({ fundingSegments }) =>
    [...fundingSegments.byActive, ...fundingSegments.byAge].some(({ bars }) => bars > 0) ? null : 'no bar carries the funding persistence context',
  render: (model) =>
    html`<p>
        Where the pnl of all lines arose: on bars during a persistent run of funding in one direction, and by how long that run had lasted. The whole
        run is known only afterwards, so this explains a result and is no rule for trading.
      </p>
      ${segmentTable(model, 'By state', 'Funding persistence', model.fundingSegments.byActive)}
      ${segmentTable(model, 'By age of the run', 'Age in bars', model.fundingSegments.byAge)} `.markup,
});

function segmentTable(model: ReportModel, caption: string, header: string, rows: readonly Segment[]): Html {
  const all = rows.reduce((sum, { bars }) => sum + bars, 0);
  const none = 'no bars in this group';
  return table<Segment>({
    caption,
    source: source(model, 'engine/metrics.json'),
    columns: [
      { header, cell: ({ segment }) => segment },
      { header: 'Bars', cell: ({ bars }) => count(bars) },
      { header: 'Share of bars', cell: ({ bars }) => percent(all === 0 ? null : bars / all, { decimals: 1 }) },
      { header: 'Total pnl', cell: ({ totalPnl }) => percent(totalPnl, { decimals: 2 }) },
      { header: 'Mean per bar, bps', cell: ({ meanPnl, bars }) => bps(bars === 0 ? null : meanPnl, { decimals: 4, reason: none }) },
    ],
    rows,
  });
}
