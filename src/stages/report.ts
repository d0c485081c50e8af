import { readReportModel } from './lib/reportModel.ts';
import { writeText } from './lib/artifacts.ts';
import { defineStage } from './lib/stage.ts';
import type { Section } from '../report/section.ts';

export default defineStage({
  id: 'report',
  summary: 'renders the run as one HTML page and a Markdown summary',
  after: ['ingest_ohlcv', 'ingest_funding', 'clean', 'features', 'context', 'studies', 'reference_studies', 'backtest'],
  parameters: ({ symbols, strategies }, { trials }) => ({ symbols, strategies: strategies.map(({ id }) => id), trials }),
  units: (context) => context.registry.ids('section').map((id) => `section/${id}`),
  finish: async (context) => {
    const { renderReport } = await import('../report/renderReport.ts');
    const { renderSummary } = await import('../report/renderSummary.ts');
    const { verdictOf } = await import('../report/verdict.ts');
    const { model, inputs } = await readReportModel(context);
    const sections = [...(await context.registry.loadAll<Section>('section')).values()].sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
    const html = await renderReport(model, sections);
    const summary = renderSummary(model);
    const outputs = [
      await writeText(context, context.paths.reportHtml(context.runId), html),
      await writeText(context, context.paths.summary(context.runId), summary),
    ];
    return {
      inputs,
      outputs,
      effective: { sections: sections.map(({ id }) => id), verdict: verdictOf(model).headline },
      counts: { html_bytes: Buffer.byteLength(html), sections: sections.length },
      findings: [],
    };
  },
});
