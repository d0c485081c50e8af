import type { PromotionDecision } from '../../governance/records.ts';
import type { RegistryModel } from '../governance/renderRegistry.ts';

const hash = 'a'.repeat(64);

/** A registry with one of everything. */
export const sampleRegistry: RegistryModel = {
  index: {
    generated_from: { ledger_head: 12, hash },
    hypotheses: [
      {
        id: 'vol_compression',
        state: 'TESTING',
        digest: hash,
        registered: { entry: 1, at: '2023-01-01T00:00:00.000Z' },
        family: 'compression',
        trials: { this: 3, budget: 24, family: 7 },
        experiments: [
          {
            id: 'first_look',
            state: 'RUNNING',
            budget: { planned: 6, spent: 3 },
            runs: [{ run_id: 'btcusdt-run', role: 'validation', digest: hash, execution: 'succeeded' }],
          },
          { id: 'second_look', state: 'PLANNED', budget: { planned: 2, spent: 0 }, runs: [] },
        ],
        evidence: [{ id: 'E-1', health: 'DIGEST_MISMATCH' }],
        decisions: ['D-1'],
        subjects: [{ kind: 'edge', id: 'vc_core', version: 1, state: 'CANDIDATE', health: 'DIGEST_MISMATCH' }],
      },
    ],
    orphans: { hypotheses_without_runs: ['idle_one'], runs_without_hypothesis: [] },
  },
  graves: [
    {
      id: 'old_idea',
      outcome: 'REFUTED',
      reason: 'a <script>alert(1)</script> of noise',
      family: 'old',
      trials: 9,
      results: [{ run_id: 'r', subject: 's', metric: 'p', value: 0.61, verdict: 'fail' }],
    },
  ],
  decisions: [
    {
      id: 'D-1',
      subject: { kind: 'edge', id: 'vc_core', version: 1, digest: hash },
      from: 'CANDIDATE',
      to: 'VALIDATED',
      policy: { id: 'edge-default', digest: hash },
      evidence: ['E-1'],
      results: [
        { code: 'NET_EFFECT', pass: false, observed: -0.0004, threshold: 0, unit: 'fraction', evidence: 'E-1', pointer: null, message: '' },
        { code: 'EVENTS', pass: true, observed: 88, threshold: 50, unit: 'count', evidence: 'E-1', pointer: null, message: '' },
      ],
      verdict: 'FAIL_PROMOTION',
      override: null,
      actor_role: 'researcher',
    } as unknown as PromotionDecision,
  ],
};
