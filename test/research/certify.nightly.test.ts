import { afterAll, describe, expect, it } from 'vitest';
import { cliJson } from '../support/cli.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';

afterAll(removeFolders);

const hours = 3_600_000;

interface Answer {
  readonly is_kept: boolean;
  readonly bounds: readonly { readonly kind: string; readonly id: string; readonly generator: string; readonly is_within: boolean }[];
  readonly certificate: {
    readonly studies: readonly { readonly id: string; readonly false_approvals: readonly { readonly n: number }[] }[];
    readonly policies: readonly { readonly id: string; readonly reference: readonly { readonly n: number; readonly approved: number }[] }[];
  };
}

/** Research specification 10.11 (1), at full size: every study and policy on 200 markets of every kind. */
describe('the whole route on markets without an edge', () => {
  it(
    'approves no more of them than chance allows, where the reference system promotes nearly all',
    async () => {
      const asked = 'certify --source sample --symbols BTCUSDT,ETHUSDT --start 2021-01-01 --end 2022-12-31 --planted 0';
      const { is_kept, bounds, certificate } = await cliJson<Answer>([...asked.split(' '), '--data-root', temporaryFolder()]);
      expect(bounds.filter(({ is_within }) => !is_within)).toEqual([]);
      expect(is_kept).toBe(true);
      for (const { false_approvals: counts } of certificate.studies) expect(counts.map(({ n }) => n)).toEqual([200, 200, 200, 200]);
      const [heavyTails] = certificate.policies.find(({ id }) => id === 'vol_shock_throttle')!.reference;
      expect(heavyTails!.approved / heavyTails!.n).toBeGreaterThan(0.8);
    },
    6 * hours,
  );
});
