import { describe, expect, it } from 'vitest';
import { sampleRegistry as model } from '../testing/sampleRegistry.ts';
import { renderRegistry } from './renderRegistry.ts';

describe('the page of the experiment registry', () => {
  const page = renderRegistry(model);

  it('shows hypotheses with their trials, subjects with their state, and what evidence is worth today', () => {
    for (const text of ['vol_compression', 'TESTING', 'edge:vc_core@1', 'CANDIDATE', 'digest mismatch', 'first_look', 'validation'])
      expect(page).toContain(text);
  });

  it('names the gates that failed, with observed and threshold, and not those that passed', () => {
    expect(page).toContain('NET_EFFECT');
    expect(page).toContain('against');
    expect(page).not.toContain('EVENTS');
  });

  it('keeps what found no support, and names what belongs to nothing', () => {
    for (const text of ['old_idea', 'REFUTED', 'idle_one', 'none attached']) expect(page).toContain(text);
  });

  it('cannot be made to run what somebody wrote as a reason, and makes no request', () => {
    expect(page).not.toContain('<script>alert');
    expect(page).toContain("default-src 'none'");
  });

  it('says so where there is nothing yet', () => {
    const empty = renderRegistry({
      index: { ...model.index, hypotheses: [], orphans: { hypotheses_without_runs: [], runs_without_hypothesis: [] } },
      graves: [],
      decisions: [],
    });
    for (const text of ['Nothing has been registered', 'Nothing has been decided', 'No experiment has been planned']) expect(empty).toContain(text);
  });
});
