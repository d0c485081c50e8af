import { familyCount } from '../lifecycle/families.ts';
import type { DecisionBasis } from '../records.ts';
import { type PromotionCase, standingEvidence } from './promotionCase.ts';

/**
 * What a decision rests on besides its evidence: where the ledger ended and how much it counted, identities of code and configuration behind each
 * run, the returns of what else was tried, and the random streams. Judging again on the same ledger has to give the same.
 *
 * @source statistics specification 15
 */
export function basisOf({ state, facts, evidence, selection }: PromotionCase): DecisionBasis {
  const chosen = [...(selection?.values() ?? [])];
  const returns = new Map(chosen.flatMap((found) => found.returns.map(({ path, sha256 }) => [path, { path, sha256 }])));
  return {
    ledger: state.head,
    trials: facts.hypothesis === null ? null : familyCount(state, facts.hypothesis).trials,
    runs: standingEvidence(evidence).map(({ evidence: { id, run_id, facts: of } }) => ({
      evidence: id,
      run_id,
      config: of.config,
      code: of.code,
      inputs: of.inputs,
      source: of.source,
    })),
    returns: [...returns.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
    streams: [...new Set(chosen.flatMap(({ streams }) => streams))].sort(),
  };
}
