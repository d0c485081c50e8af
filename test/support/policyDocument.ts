import { join } from 'node:path';
import { testDocument } from '../../src/research/testing/fixtures.ts';
import { strategyFile, writeFiles } from './cli.ts';

type Change = (document: Record<string, unknown>) => void;

/** Trades often and knows nothing: long for two hours after a bar that rose. */
export const busyStrategy = 'busy_test';

/** A folder of plugins with that strategy. */
export function busyPlugins(folder: string): string {
  const intent = "{ kind: 'bracket', entry: { long: column('close').gt(column('open')) }, maxHoldBars: 8 }";
  return writeFiles(folder, { [join('strategies', `${busyStrategy}.ts`)]: strategyFile(busyStrategy, intent) });
}

/**
 * A policy study of what to do after large moves, as its document states it. Its gates let almost anything through, so that on a quarter of
 * a year every part of a result is there.
 */
export function lenientPolicy(change: Change = () => {}): Record<string, unknown> {
  const document: Record<string, unknown> = {
    id: 'large_move_throttle',
    version: 1,
    title: 'Is it better to stand aside after large moves?',
    parent: { study: 'large_moves', version: 1, requires_pass: false },
    hypothesis: { question: 'Do trades after large moves do worse?', smallest_effect: 0 },
    baseline: [{ strategy: busyStrategy }],
    conditions: { fresh: 'event.age > 0 and event.age <= 8', same: 'event.age >= 1 and event.age < 9' },
    actions: { leave: { flatten: {} } },
    inference: { throttles: 199, draws: 199, level: 0.51, alpha: 0.49 },
    gates: { min_changed_trades: 1, min_sign_share: 0, min_cell: 1, exposure: [0, 2], min_deflated_sharpe: 0, max_pbo: 1, max_missing: 1 },
  };
  change(document);
  return document;
}

/** A folder of specs with the study of large moves and such policy studies. */
export function policySpecs(folder: string, ...documents: readonly Record<string, unknown>[]): string {
  const study = testDocument((document) => {
    const { next } = document['outcomes'] as Record<string, unknown>;
    const estimands = { next: { outcome: 'next', statistic: 'risk_difference' } };
    Object.assign(document, { strata: { trend: 'sign(close - mean(close, 96))' }, outcomes: { next }, estimands });
  });
  const text = (document: Record<string, unknown>) => JSON.stringify(document, null, 1);
  const files = documents.map((document) => [join('policy_studies', `${String(document['id'])}.yaml`), text(document)] as const);
  return writeFiles(folder, { [join('studies', 'large_moves.yaml')]: text(study), ...Object.fromEntries(files) });
}

/** One symbol of the simulated market over a quarter that spans two years. */
export const policyRequest = {
  source: 'sample',
  symbols: ['BTCUSDT'],
  start: '2023-11-01',
  end: '2024-01-31',
  policy: ['large_move_throttle'],
};
