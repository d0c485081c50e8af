import { dailyBook } from '../src/report/dailyBook.ts';
import { equityChart } from '../src/report/charts/equityChart.ts';
import { figure } from '../src/report/charts/renderChart.ts';
import { html } from '../src/report/html.ts';
import { renderReport } from '../src/report/renderReport.ts';
import type { Section } from '../src/report/section.ts';
import { sampleModel } from '../src/report/testing/sampleModel.ts';
import { openRegistry } from '../src/registry/discover.ts';
import { runBench } from './harness.ts';

/** The budgets of a report: six years are drawn in less than this, and the page is smaller. */
const [mostMs, mostBytes] = [2_000, 1_000_000];

await runBench([
  {
    id: 'R1 report',
    what: 'page of six years, two symbols, 3,000 trades, from its model; beside one figure of it',
    unit: 'page',
    budget: { atMost: 20 },
    prepare: async () => {
      const model = sampleModel({ days: 2192, trades: 3000 });
      const sections = [...(await openRegistry().loadAll<Section>('section')).values()];
      const daily = dailyBook(model.book, model.setup.initialEquity);
      const drawing = { ...equityChart(daily, ''), title: 'Equity', caption: html`` };
      return {
        subject: { name: 'page', units: 1, run: async () => void (await renderReport(model, sections)) },
        baseline: { name: 'equity figure', units: 1, run: async () => void (await figure(drawing)) },
        prove: async () => {
          const before = process.cpuUsage();
          const page = await renderReport(model, sections);
          const { user, system } = process.cpuUsage(before);
          const [ms, bytes] = [(user + system) / 1000, Buffer.byteLength(page)];
          console.error(`R1 report: ${Math.round(ms)} ms CPU (budget ${mostMs}), ${bytes} bytes (budget ${mostBytes})${ms > mostMs ? '  MISS' : ''}`);
          if (bytes >= mostBytes) throw new Error(`the page has ${bytes} bytes, the budget is ${mostBytes}`);
          if (!page.includes((await figure(drawing)).markup.match(/<path d="[^"]{500,}"/)![0])) throw new Error('the page does not hold the figure');
          if ((await renderReport(model, sections)) !== page) throw new Error('two pages of one model differ');
        },
      };
    },
  },
]);
