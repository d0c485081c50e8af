import { HtmlValidate, StaticConfigLoader } from 'html-validate';
import { beforeAll, describe, expect, it } from 'vitest';
import { openRegistry } from '../src/registry/discover.ts';
import { renderIndex } from '../src/report/renderIndex.ts';
import { renderCertificate } from '../src/report/certificate/renderCertificate.ts';
import { renderReport } from '../src/report/renderReport.ts';
import type { Section } from '../src/report/section.ts';
import { renderStudyPage } from '../src/report/study/renderStudyPage.ts';
import { sampleCertificate } from '../src/report/testing/sampleCertificate.ts';
import { sampleRegistry } from '../src/report/testing/sampleRegistry.ts';
import { renderRegistry } from '../src/report/governance/renderRegistry.ts';
import { sampleModel } from '../src/report/testing/sampleModel.ts';
import { sampleStudyModel, sampleSurrogates } from '../src/report/testing/sampleStudy.ts';
import { indexedSample } from './support/indexedSample.ts';

const validator = new HtmlValidate(new StaticConfigLoader({ extends: ['html-validate:recommended'] }));
let sections: Section[];

/** What the HTML standard and common sense have against a page, one line each. */
async function faultsOf(page: string): Promise<string[]> {
  const { results } = await validator.validateString(page);
  return results.flatMap(({ messages }) => messages.map(({ ruleId, line, message }) => `${ruleId} in line ${line}: ${message}`));
}

beforeAll(async () => {
  sections = [...(await openRegistry().loadAll<Section>('section')).values()];
});

describe('the markup', () => {
  const model = sampleModel({ days: 400, trades: 120 });

  it('of a report is valid', async () => {
    expect(await faultsOf(await renderReport(model, sections))).toEqual([]);
  });

  it('of a report without trades is valid', async () => {
    const none = { total_trades: 0, net_total_return: 0, net_return_one_bar_late: 0, gross_return: 0, cost_return: 0, funding_return: 0 };
    const idle = { ...model, trades: [], tradeWindows: [], metrics: { ...model.metrics, ...none } };
    expect(await faultsOf(await renderReport(idle, sections))).toEqual([]);
  });

  it('of the index is valid, also when there is nothing to list', async () => {
    expect(await faultsOf(renderIndex(indexedSample()))).toEqual([]);
    expect(await faultsOf(renderIndex([]))).toEqual([]);
  });

  it('of the experiment registry is valid, also when it is empty', async () => {
    const none = { hypotheses_without_runs: [], runs_without_hypothesis: [] };
    expect(await faultsOf(renderRegistry(sampleRegistry))).toEqual([]);
    const empty = { index: { ...sampleRegistry.index, hypotheses: [], orphans: none }, graves: [], decisions: [] };
    expect(await faultsOf(renderRegistry(empty))).toEqual([]);
  });

  it('of a study is valid, also when there is nothing to study', async () => {
    expect(await faultsOf(await renderStudyPage(sampleStudyModel({ surrogates: sampleSurrogates(0.4) })))).toEqual([]);
    expect(await faultsOf(await renderStudyPage(sampleStudyModel({ frames: [] })))).toEqual([]);
  });

  it('of the certificate is valid, also when nothing was certified', async () => {
    expect(await faultsOf(await renderCertificate(sampleCertificate()))).toEqual([]);
    expect(await faultsOf(await renderCertificate({ ...sampleCertificate(), generators: [], studies: [], policies: [] }))).toEqual([]);
  });

  it('is refused when it is wrong', async () => {
    const wrong = (await renderReport(model, sections)).replace('<main id="content"', '<main id="verdict"');
    expect(await faultsOf(wrong)).not.toEqual([]);
  });
});
