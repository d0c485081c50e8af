import { describe, expect, it } from 'vitest';
import { runPolicyStudy } from '../research/policy/runPolicyStudy.ts';
import { policyDocument } from '../research/policy/document.ts';
import { parentStudy, plantedAgainst, policyInput, policyMarket, policyText } from '../research/testing/policyFixtures.ts';
import { lineWidth } from './markdown.ts';
import { renderPolicyMarkdown } from './policy/renderPolicyMarkdown.ts';
import { renderSummary } from './renderSummary.ts';
import policies from './sections/policies.ts';
import { tableOf, textOf } from './testing/readHtml.ts';
import { hostile, sampleModel } from './testing/sampleModel.ts';

const model = sampleModel();

describe('policy studies in the report of a run', () => {
  it('have a row each: verdict, what was promoted, trials, the best cell with its interval, and the way to page and draft', async () => {
    const markup = await policies.render(model);
    const rows = tableOf(markup, 'What the policy studies found').slice(1);
    expect(rows.map((row) => row.slice(0, 10))).toEqual(
      [
        [
          'breakout patience',
          'Inconclusive',
          'the parent study range_compression_breakout version 1 ended inconclusive',
          '0',
          '0',
          '0',
          'none',
          '–',
          '–',
          '–',
        ],
        ['vol shock throttle', 'Pass', 'fresh, block', '36', '34', '9', 'fresh, block', '+0.420 +0.110 to +0.740', '81.0%', '0.012'],
      ].map((row) => row.map((cell) => expect.stringContaining(cell) as string)),
    );
    expect(markup).toContain('href="../../policies/vol_shock_throttle/v1/sample-two-years/overlays/vol_shock_throttle__fresh__block.json"');
    expect(markup).not.toContain(hostile);
  });

  it('have the candidates below them, class by class, and the way to all of them', async () => {
    const markup = await policies.render(model);
    const rows = tableOf(markup, 'Candidates, ranked among what is measured alike').slice(1);
    expect(rows.map((row) => [row[0], row[2], row[3], row[4]])).toEqual([
      ['vol shock throttle: fresh, block', '1', 'Pass', '+0.420'],
      ['vol shock relaxation: secondary shock', '1', 'Fail', '+0.235'],
    ]);
    expect(textOf(markup)).toContain('33 further candidates in edge_candidates.csv');
  });

  it('say why a list is empty', async () => {
    const empty = (status: 'no_study' | 'none_ran') =>
      policies.render({ ...model, policies: [], candidates: { ...model.candidates!, status, total: 0, shown: [] } });
    expect(textOf(await empty('no_study'))).toContain('has no study and no policy study');
    expect(textOf(await empty('none_ran'))).toContain('could be run');
  });

  it('are left out with the reason when there are none, and from the summary', () => {
    const none = { ...model, policies: [], candidates: null };
    expect(policies.missing!(none)).toMatch(/^the run has no policy studies/);
    expect(policies.missing!(model)).toBeNull();
    expect(renderSummary(none)).not.toMatch(/## (Policies|Candidates)/);
    expect(renderSummary(model).replace(/\s+/g, ' ')).toContain(
      '- PASS vol_shock_throttle: promoted fresh, block; 34 trials, smallest adjusted p 0.012 ([page]',
    );
    expect(renderSummary(model).replace(/\s+/g, ' ')).toContain('35 candidates, ranked class by class. [edge_candidates.csv]');
  });
});

describe('the page of a policy study', () => {
  const page = (result: ReturnType<typeof runPolicyStudy>) =>
    renderPolicyMarkdown({
      runId: 'a_run',
      document: policyDocument.parse(policyText()),
      result,
      certification: 'Not certified: there is no certificate.',
      seedRoot: 'seed=1/policy/x',
      files: [{ path: 'cells.csv', sha256: 'ab'.repeat(32), rows: 9 }],
    });
  const result = runPolicyStudy(policyInput(plantedAgainst(policyMarket(), parentStudy(), { bars: 24, drift: 0.0005 })));
  const text = page(result);

  it('begins with the decision, and has every cell and, in full, the gates of those that came far', () => {
    expect(text.split('\n')[2]).toMatch(/^\*\*Promoted: fresh, /);
    for (const { cell } of result.cells) expect(text).toMatch(new RegExp(`^- (PASS|FAIL|INCONCLUSIVE) ${cell}: `, 'm'));
    const headings = [...text.matchAll(/^### (.+)$/gm)].map((match) => match[1]);
    expect(headings).toEqual([...new Set(result.cells.filter(({ slice }) => slice === 'confirmation').map(({ cell }) => cell))]);
    expect(text).toContain('- Condition fresh: `event.age <= 16`');
    expect(text).toContain('[cells.csv](cells.csv) `abababababab`');
  });

  it('fits into a terminal', () => {
    for (const line of text.split('\n')) if (line.includes(' ')) expect(line.length, line).toBeLessThanOrEqual(lineWidth);
  });

  it('says why nothing was tried', () => {
    const frozen = page(runPolicyStudy(policyInput([], { parentVerdict: null })));
    expect(frozen).toContain('**Nothing was tried.** the parent study large_moves version 1 was not run. Nothing counts as a trial.');
    expect(frozen).toContain('Nothing was judged.');
  });
});
