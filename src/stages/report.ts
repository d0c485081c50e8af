import { readReportModel } from './lib/reportModel.ts';
import { writeText } from './lib/artifacts.ts';
import { readShippedCertificate } from './lib/certificateFiles.ts';
import { publishCertificate } from './lib/reportCertificate.ts';
import { defineStage } from './lib/stage.ts';
import type { Section } from '../report/section.ts';

export default defineStage({
  id: 'report',
  summary: 'renders the run as one HTML page and a Markdown summary',
  after: [
    'ingest_ohlcv',
    'ingest_funding',
    'clean',
    'features',
    'context',
    'studies',
    'policy',
    'edge_candidates',
    'reference_studies',
    'backtest',
    'portfolio',
    'validate_portfolio',
  ],
  parameters: ({ symbols, strategies }, { trials, trust }) => ({ symbols, strategies: strategies.map(({ id }) => id), trials, trust }),
  units: (context) => context.registry.ids('section').map((id) => `section/${id}`),
  externals: async ({ effects }) => {
    const shipped = await readShippedCertificate(effects.files);
    return shipped === null ? [] : [shipped.artifact];
  },
  finish: async (context) => {
    const { renderReport } = await import('../report/renderReport.ts');
    const { renderSummary } = await import('../report/renderSummary.ts');
    const { verdictOf } = await import('../report/verdict.ts');
    const published = await publishCertificate(context);
    const { model, inputs } = await readReportModel(context, published?.certificate ?? null);
    const sections = [...(await context.registry.loadAll<Section>('section')).values()].sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
    const html = await renderReport(model, sections);
    const summary = renderSummary(model);
    const outputs = [
      await writeText(context, context.paths.reportHtml(context.runId), html),
      await writeText(context, context.paths.summary(context.runId), summary),
      ...(published === null ? [] : published.outputs),
    ];
    return {
      inputs: published === null ? inputs : [...inputs, published.input],
      outputs,
      effective: { sections: sections.map(({ id }) => id), verdict: verdictOf(model).headline },
      counts: { html_bytes: Buffer.byteLength(html), sections: sections.length },
      findings: [],
    };
  },
});
