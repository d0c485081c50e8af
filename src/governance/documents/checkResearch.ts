import { didYouMean } from '../../core/suggest.ts';
import { dayMs, parseDay } from '../../core/time.ts';
import type { EvidenceRole } from '../records.ts';
import type { ExperimentDocument } from './experiment.ts';
import type { Problem } from './finding.ts';
import type { HypothesisDocument } from './hypothesis.ts';
import { metrics } from './metrics.ts';
import type { PromotionPolicyDocument } from './policy.ts';
import { RuleFormulas } from './ruleFormulas.ts';
import type { SpecSurroundings } from './surroundings.ts';

type Gate = PromotionPolicyDocument['gates'][number];

/** What a hypothesis says that is not so: days, formulas, budget, units, ancestors. */
export function hypothesisProblems(
  hypothesis: HypothesisDocument,
  surroundings: SpecSurroundings,
  others: ReadonlyMap<string, HypothesisDocument>,
): Problem[] {
  const { claim, event, search, falsifiers } = hypothesis;
  const problems = [
    ...splitProblems(hypothesis),
    ...searchProblems(search, surroundings),
    ...gateProblems(falsifiers, 'falsifiers'),
    ...lineageProblems(hypothesis, others),
  ];
  const { unit } = metrics[claim.metric];
  if (claim.min_effect.unit !== unit)
    problems.push({
      code: 'UNIT_MISMATCH',
      path: 'claim.min_effect.unit',
      message: `${claim.metric} is measured in ${unit}, found ${claim.min_effect.unit}`,
    });
  if (event.definition !== null) {
    const study = surroundings.studies.get(event.definition.study);
    const found = study === undefined ? `there is no study ${event.definition.study}` : `${event.definition.study} is at version ${study.version}`;
    if (study?.version !== event.definition.version) problems.push({ code: 'PARENT_UNKNOWN', path: 'event.definition', message: found });
  }
  return problems;
}

const splitOrder = ['discovery', 'validation', 'holdout'] as const;

function splitProblems({ splits }: HypothesisDocument): Problem[] {
  const problems: Problem[] = [];
  let before: string | null = null;
  for (const name of splitOrder) {
    const [from, to] = splits[name];
    const path = `splits.${name}`;
    if (to < from) problems.push({ code: 'SPLITS_OVERLAP', path, message: `${to} comes before ${from}` });
    const gap = before === null ? null : (parseDay(from)! - parseDay(before)!) / dayMs - 1;
    if (gap !== null && gap < splits.purge_days)
      problems.push({ code: 'SPLITS_OVERLAP', path, message: `it begins ${from}, ${splits.purge_days} days after ${before} are to be left out` });
    before = to;
  }
  return problems;
}

function searchProblems({ series, conditions, actions, max_trials: most }: HypothesisDocument['search'], surroundings: SpecSurroundings): Problem[] {
  const formulas = new RuleFormulas(series, surroundings, 'search');
  for (const [name, text] of Object.entries(conditions)) formulas.condition(text, `search.conditions.${name}`);
  formulas.noteUnused();
  const cells = Object.keys(conditions).length * Object.keys(actions).length;
  const message = `${cells} combinations of conditions and actions, max_trials is ${most}`;
  return cells > most ? [...formulas.problems, { code: 'SEARCH_TOO_LARGE', path: 'search.max_trials', message }] : formulas.problems;
}

function lineageProblems({ id, lineage }: HypothesisDocument, others: ReadonlyMap<string, HypothesisDocument>): Problem[] {
  const problems: Problem[] = lineage.parents.flatMap((parent, i) =>
    others.has(parent)
      ? []
      : [
          {
            code: 'HYPOTHESIS_UNKNOWN',
            path: `lineage.parents.${i}`,
            message: `no hypothesis is called ${parent}${didYouMean(parent, [...others.keys()])}`,
          },
        ],
  );
  const seen = new Set<string>();
  const open = [...lineage.parents];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === id) return [...problems, { code: 'LINEAGE_CIRCULAR', path: 'lineage.parents', message: `${id} is among its own ancestors` }];
    if (!seen.has(at)) open.push(...(others.get(at)?.lineage.parents ?? []));
    seen.add(at);
  }
  return problems;
}

/** Gates with codes of their own, in the units of their metrics. */
function gateProblems(gates: readonly Gate[], path: string): Problem[] {
  return gates.flatMap(({ code, metric, unit }, i): Problem[] => {
    const problems: Problem[] = [];
    if (gates.findIndex((other) => other.code === code) < i)
      problems.push({ code: 'GATE_DUPLICATE', path: `${path}.${i}.code`, message: `${code} stands there twice` });
    const own = metrics[metric].unit;
    if (own !== unit) problems.push({ code: 'UNIT_MISMATCH', path: `${path}.${i}.unit`, message: `${metric} is measured in ${own}, found ${unit}` });
    return problems;
  });
}

/** Codes that no policy may let an operator pass over. @source governance specification 17.4 */
const neverOverridable = /^(DIGEST_MISMATCH|CONDITION_NOT_CAUSAL|HOLDOUT_\w+)$/;

/** What a promotion policy says that cannot be. */
export function policyProblems(policy: PromotionPolicyDocument, { accountings }: Pick<SpecSurroundings, 'accountings'>): Problem[] {
  const { gates, required_roles: required, overridable, accepted_accountings: accepted } = policy;
  const asked = new Set<EvidenceRole>(Object.values(required).flat());
  const unreachable = gates.flatMap(({ code, role }, i): Problem[] =>
    asked.has(role)
      ? []
      : [{ code: 'GATE_UNREACHABLE', path: `gates.${i}.role`, message: `${code} asks for ${role} evidence, which no state needs` }],
  );
  const forbidden = overridable.flatMap((code, i): Problem[] =>
    neverOverridable.test(code) ? [{ code: 'OVERRIDE_FORBIDDEN', path: `overridable.${i}`, message: `${code} can never be overridden` }] : [],
  );
  const unknown = accepted.flatMap(({ accounting }, i): Problem[] =>
    accountings.includes(accounting)
      ? []
      : [{ code: 'ACCOUNTING_UNKNOWN', path: `accepted_accountings.${i}.accounting`, message: `no accounting is called ${accounting}` }],
  );
  const idle: Problem[] =
    policy.edge_state === undefined || policy.subject === 'portfolio'
      ? []
      : [{ code: 'KEY_UNKNOWN', path: 'edge_state', message: 'only a policy for portfolios asks how far edges have come' }];
  return [...gateProblems(gates, 'gates'), ...unreachable, ...forbidden, ...unknown, ...idle];
}

/** What an experiment may refer to among the other documents. */
export interface ExperimentNeighbors {
  readonly hypotheses: ReadonlyMap<string, { readonly document: HypothesisDocument; readonly digest: string }>;
  /** Digests of the policies, by `<id>@<version>`. */
  readonly policies: ReadonlyMap<string, string>;
}

/** The split in which runs of a role lie; the others may lie anywhere but in the holdout. */
const splitOfRole: Partial<Record<EvidenceRole, (typeof splitOrder)[number]>> = {
  discovery: 'discovery',
  phase1: 'discovery',
  phase2: 'discovery',
  validation: 'validation',
  holdout: 'holdout',
};

/** What an experiment says that is not so: what it refers to, its budget, its runs. */
export function experimentProblems(
  experiment: ExperimentDocument,
  { configKeys }: Pick<SpecSurroundings, 'configKeys'>,
  neighbors: ExperimentNeighbors,
): Problem[] {
  const { plan, trial_budget: budget, hypothesis: parent, policy } = experiment;
  const hypothesis = neighbors.hypotheses.get(parent.id);
  const problems: Problem[] = [];
  if (hypothesis === undefined) {
    const message = `no hypothesis is called ${parent.id}${didYouMean(parent.id, [...neighbors.hypotheses.keys()])}`;
    problems.push({ code: 'HYPOTHESIS_UNKNOWN', path: 'hypothesis.id', message });
  } else {
    const most = hypothesis.document.search.max_trials;
    if (parent.digest !== null && parent.digest !== hypothesis.digest)
      problems.push({ code: 'DIGEST_MISMATCH', path: 'hypothesis.digest', message: `${parent.id} has the digest ${hypothesis.digest}` });
    if (budget > most) problems.push({ code: 'BUDGET_EXCEEDED', path: 'trial_budget', message: `${budget} trials, ${parent.id} allows ${most}` });
  }
  const found = neighbors.policies.get(`${policy.id}@${policy.version}`);
  if (found === undefined)
    problems.push({ code: 'POLICY_UNKNOWN', path: 'policy', message: `there is no promotion policy ${policy.id} version ${policy.version}` });
  else if (policy.digest !== null && policy.digest !== found)
    problems.push({ code: 'DIGEST_MISMATCH', path: 'policy.digest', message: `${policy.id} has the digest ${found}` });
  const trials = plan.reduce((sum, { seeds }) => sum + seeds.length, 0);
  if (trials > budget) problems.push({ code: 'BUDGET_EXCEEDED', path: 'plan', message: `${trials} planned trials, the budget is ${budget}` });
  return [...problems, ...plan.flatMap((run, i) => runProblems(run, `plan.${i}`, { plan, i, configKeys, hypothesis: hypothesis?.document ?? null }))];
}

function runProblems(
  { key, role, config }: ExperimentDocument['plan'][number],
  path: string,
  given: {
    readonly plan: ExperimentDocument['plan'];
    readonly i: number;
    readonly configKeys: readonly string[];
    readonly hypothesis: HypothesisDocument | null;
  },
): Problem[] {
  const problems: Problem[] = [];
  if (given.plan.findIndex((other) => other.key === key) < given.i)
    problems.push({ code: 'RUN_DUPLICATE', path: `${path}.key`, message: `${key} stands there twice` });
  for (const name of Object.keys(config))
    if (!given.configKeys.includes(name))
      problems.push({
        code: 'CONFIG_UNKNOWN',
        path: `${path}.config.${name}`,
        message: `there is no configuration key ${name}${didYouMean(name, given.configKeys)}`,
      });
  const { start, end } = config;
  if (given.hypothesis === null || typeof start !== 'string' || typeof end !== 'string') return problems;
  const { splits } = given.hypothesis;
  const split = splitOfRole[role];
  if (split !== undefined && (start < splits[split][0] || end > splits[split][1])) {
    const message = `${start} to ${end} is not within ${split} (${splits[split].join(' to ')})`;
    problems.push({ code: 'RUN_OUTSIDE_SPLIT', path: `${path}.config`, message });
  }
  if (split !== 'holdout' && end >= splits.holdout[0] && start <= splits.holdout[1])
    problems.push({
      code: 'RUN_OUTSIDE_SPLIT',
      path: `${path}.config`,
      message: `${start} to ${end} looks at the sealed holdout, which begins ${splits.holdout[0]}`,
    });
  return problems;
}
