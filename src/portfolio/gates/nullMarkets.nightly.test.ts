import { describe, expect, it } from 'vitest';
import { nullCampaign } from '../testing/nullCampaign.ts';

describe('markets without an edge', () => {
  it('pass the gates that look at results in at most 5 % of cases', async () => {
    const { markets, passed, byGate } = await nullCampaign({ markets: 200, days: 1_500 });
    expect(markets).toBe(200);
    expect(passed, JSON.stringify(byGate)).toBeLessThanOrEqual(0.05 * markets);
    // Each alone is a one-sided test at 5 %: a binomial bound with 99.9 % for 200 markets.
    for (const gate of ['uplift_vs_baseline', 'deflated_sharpe']) expect(byGate[gate]).toBeLessThanOrEqual(22);
  });
});
