import type { GateResult, Verdict } from '../study/result.ts';
import type { CompiledPolicy } from './compile.ts';
import type { CellRow, PolicyFamily, PolicyStabilityRow } from './result.ts';

/** What the gates of one cell judge: rows of the study's tables. */
export interface CellEvidence {
  readonly policy: CompiledPolicy;
  readonly parentVerdict: Verdict | null;
  readonly family: PolicyFamily;
  readonly development: CellRow;
  /** Moving the condition by days never changed anything. */
  readonly isUnmoved?: boolean;
  /** Of a cell that the development slice let through; its p is adjusted for the number of those. */
  readonly confirmation?: CellRow;
  readonly stability?: readonly PolicyStabilityRow[];
  /** Null while the holdout is sealed. */
  readonly holdout?: CellRow | null;
}

/** Shares are quotients of long sums. */
const rounding = 1e-9;

type Gate = (evidence: CellEvidence) => GateResult | null;

/** Judged on the development slice; a cell that fails one of them is never looked at on later data. */
const developmentGates: readonly Gate[] = [parent, data, binding, budget, throttles, deflated, overfitting, spa];
/** Judged on the confirmation slice, for cells that passed all of those. */
const confirmationGates: readonly Gate[] = [
  confirmationData,
  confirmationBinding,
  replication,
  interval,
  timeStable,
  regimeStable,
  friction,
  exposure,
];

/** The first half of the gates of a cell. */
export function judgeDevelopment(evidence: CellEvidence): GateResult[] {
  return developmentGates.flatMap((gate) => gate(evidence) ?? []);
}

/** What is to say about a cell that changes nothing: whether that is for want of data. */
export function judgeInert(evidence: CellEvidence): GateResult[] {
  return [data(evidence), binding(evidence)];
}

/** The second half. */
export function judgeConfirmation(evidence: CellEvidence): GateResult[] {
  return confirmationGates.flatMap((gate) => gate(evidence) ?? []);
}

/** The last gate, for cells that passed both halves; null where the document asks for none. */
export function judgeHoldout(evidence: CellEvidence): GateResult | null {
  return holdout(evidence);
}

/** The cell with the smallest adjusted p on the development slice; null where none could be tested. */
export function closestCell(cells: readonly CellRow[]): CellRow | null {
  const tested = cells.filter(({ slice, p_adjusted: adjusted }) => slice === 'development' && adjusted !== null);
  return tested.toSorted((a, b) => a.p_adjusted! - b.p_adjusted! || a.p! - b.p!)[0] ?? null;
}

/** Without these nothing else says anything, not even no. */
const preconditions = ['parent', 'data', 'confirmation_data'];

/** What gates say together: one no is a no, one "cannot be told" keeps a yes away. */
export function verdictOf(gates: readonly GateResult[]): Verdict {
  const has = (status: Verdict): boolean => gates.some((gate) => gate.status === status);
  const isTold = gates.every(({ id, status }) => !preconditions.includes(id) || status === 'pass');
  return !isTold ? 'inconclusive' : has('fail') ? 'fail' : has('inconclusive') ? 'inconclusive' : 'pass';
}

function parent({ policy, parentVerdict }: CellEvidence): GateResult | null {
  if (!policy.document.parent.requires_pass) return null;
  return {
    id: 'parent',
    status: parentVerdict ?? 'inconclusive',
    observed: {},
    threshold: {},
    why: parentVerdict === null ? 'the parent study has no verdict on these data' : `the parent study’s verdict is ${parentVerdict}`,
    evidence: 'verdict.json',
  };
}

function data({ policy, development }: CellEvidence): GateResult {
  return knownShare(policy, development, 'data');
}

function confirmationData({ policy, confirmation }: CellEvidence): GateResult | null {
  return confirmation === undefined ? null : knownShare(policy, confirmation, 'confirmation_data');
}

function knownShare(policy: CompiledPolicy, { missing_share: missing, slice }: CellRow, id: string): GateResult {
  const most = policy.document.gates.max_missing;
  return {
    id,
    status: missing <= most ? 'pass' : 'inconclusive',
    observed: { missing_share: missing },
    threshold: { missing_share: most },
    why: `the condition cannot be told on ${percent(missing)} of the bars of the ${slice} slice; ${percent(most)} are allowed`,
    evidence: 'cells.csv',
  };
}

/** Gate E: what was tried, now and before, stays within what was announced. */
function budget({ policy, family }: CellEvidence): GateResult {
  const { max_trials: most } = policy.document.budget;
  const tried = family.distinct + family.prior;
  return {
    id: 'E_budget',
    status: tried <= most ? 'pass' : 'fail',
    observed: { trials: tried, prior: family.prior },
    threshold: { trials: most },
    why: `${tried} trials, ${family.prior} of them before this run; the budget is ${most}`,
    evidence: 'verdict.json',
  };
}

function binding({ policy, development }: CellEvidence): GateResult {
  return bindingOn(policy, development, 'binding');
}

function confirmationBinding({ policy, confirmation }: CellEvidence): GateResult | null {
  return confirmation === undefined ? null : bindingOn(policy, confirmation, 'confirmation_binding');
}

/** Without an entry that it bound there is nothing to promote; without a trade of the baseline there is nothing to bind. */
function bindingOn(policy: CompiledPolicy, row: CellRow, id: string): GateResult {
  const least = policy.document.gates.min_changed_trades;
  const { bound_entries: bound, changed_trades: changed, trades, slice } = row;
  const isInert = bound === 0 || changed === 0;
  const isIdle = isInert && trades === 0;
  return {
    id,
    status: isIdle ? 'inconclusive' : isInert ? 'fail' : changed >= least ? 'pass' : 'inconclusive',
    observed: { bound_entries: bound, changed_trades: changed },
    threshold: { bound_entries: 1, changed_trades: least },
    why: isIdle
      ? `the baseline never traded on the ${slice} slice`
      : isInert
        ? `it never bound on the ${slice} slice: nothing to promote`
        : `it changed ${changed} of the baseline’s trades of the ${slice} slice; ${least} are needed`,
    evidence: 'bindings.csv',
  };
}

function throttles({ policy, development, isUnmoved }: CellEvidence): GateResult {
  const { alpha } = policy.document.inference;
  const { p, p_adjusted: adjusted } = development;
  return {
    id: 'throttles',
    status: isUnmoved || adjusted === null ? 'inconclusive' : adjusted <= alpha ? 'pass' : 'fail',
    observed: { p, p_adjusted: adjusted },
    threshold: { p_adjusted: alpha },
    why: isUnmoved
      ? 'the condition is the same every day, so moving it by days cannot tell it from chance'
      : adjusted === null
        ? 'the development slice is too short for random throttles'
        : `against random throttles of equal exposure p is ${show(p!)}, ${show(adjusted)} for the best of all cells; at most ${alpha} is needed`,
    evidence: 'throttles.csv',
  };
}

function deflated({ policy, development, family }: CellEvidence): GateResult {
  const least = policy.document.gates.min_deflated_sharpe;
  const observed = development.deflated_sharpe;
  return {
    id: 'deflated_sharpe',
    status: observed === null ? 'inconclusive' : observed >= least ? 'pass' : 'fail',
    observed: { deflated_sharpe: observed, effective_trials: family.effective_trials },
    threshold: { deflated_sharpe: least },
    why:
      observed === null
        ? 'the Sharpe ratio of its excess cannot be deflated'
        : `the chance that its excess is better than the best of ${show((family.effective_trials ?? 0) + family.prior)} worthless trials is ${show(observed)}; ${least} is needed`,
    evidence: 'cells.csv',
  };
}

function overfitting({ policy, family }: CellEvidence): GateResult | null {
  if (family.distinct < 10) return null;
  const most = policy.document.gates.max_pbo;
  return {
    id: 'overfitting',
    status: family.pbo === null ? 'inconclusive' : family.pbo <= most ? 'pass' : 'fail',
    observed: { pbo: family.pbo, cells: family.distinct },
    threshold: { pbo: most },
    why:
      family.pbo === null
        ? 'too few days to split for the probability of overfitting'
        : `the best cell of one half of the days is below the median in the other with probability ${show(family.pbo)}; at most ${most} is allowed`,
    evidence: 'verdict.json',
  };
}

function spa({ policy, family }: CellEvidence): GateResult {
  const { alpha } = policy.document.inference;
  const p = family.spa_p;
  return {
    id: 'spa',
    status: p === null ? 'inconclusive' : p <= alpha ? 'pass' : 'fail',
    observed: { p },
    threshold: { p: alpha },
    why:
      p === null
        ? 'too few days for the family’s test'
        : `that the best of all cells is better than the baseline after costs has p ${show(p)}; at most ${alpha} is needed`,
    evidence: 'verdict.json',
  };
}

function replication({ policy, confirmation }: CellEvidence): GateResult {
  const { alpha } = policy.document.inference;
  const adjusted = confirmation?.p_adjusted ?? null;
  return {
    id: 'replication',
    status: adjusted === null ? 'inconclusive' : adjusted <= alpha ? 'pass' : 'fail',
    observed: { p: confirmation?.p ?? null, p_adjusted: adjusted },
    threshold: { p_adjusted: alpha },
    why:
      adjusted === null
        ? 'there is no confirmation slice to judge it on'
        : `on the confirmation slice p is ${show(adjusted)} against random throttles, adjusted for the cells that came this far; at most ${alpha} is needed`,
    evidence: 'throttles.csv',
  };
}

/** Gate A: better than the baseline after costs, for certain. */
function interval({ confirmation }: CellEvidence): GateResult {
  const low = confirmation?.ci_low_bps ?? null;
  return {
    id: 'A_interval',
    status: low === null ? 'inconclusive' : low > 0 ? 'pass' : 'fail',
    observed: { difference_bps: confirmation?.difference_bps ?? null, ci_low_bps: low, ci_high_bps: confirmation?.ci_high_bps ?? null },
    threshold: { ci_low_bps: 0 },
    why:
      low === null
        ? 'the difference on the confirmation slice has no interval'
        : `after costs the difference is ${show(confirmation!.difference_bps!)} bps a day [${show(low)}, ${show(confirmation!.ci_high_bps!)}]; the interval has to lie above 0`,
    evidence: 'cells.csv',
  };
}

/** Gate B: the same sign in the years. */
function timeStable(evidence: CellEvidence): GateResult {
  const rows = (evidence.stability ?? []).filter(({ split }) => split === 'year');
  return signShare(evidence, { id: 'B_time', rows, what: 'years' });
}

/** Gate C: the same sign on the symbols and in the strata of the parent study. */
function regimeStable(evidence: CellEvidence): GateResult {
  const rows = (evidence.stability ?? []).filter(({ split }) => split !== 'year');
  const counted = rows.filter(({ changed_days: days }) => days >= evidence.policy.document.gates.min_cell);
  const isSplit = (split: string): boolean => counted.filter((row) => row.split === split).length >= 2;
  // One symbol, or a stratum with one level, says nothing about stability.
  return signShare(evidence, { id: 'C_regime', rows: counted.filter(({ split }) => isSplit(split)), what: 'symbols and strata' });
}

function signShare(
  { policy }: CellEvidence,
  { id, rows, what }: { readonly id: string; readonly rows: readonly PolicyStabilityRow[]; readonly what: string },
): GateResult {
  const { min_cell: least, min_sign_share: share } = policy.document.gates;
  const counted = rows.filter(({ changed_days: days }) => days >= least);
  const right = counted.filter(({ excess_bps: excess }) => excess > 0).length;
  const observed = counted.length === 0 ? null : right / counted.length;
  const isTold = counted.length >= 2;
  return {
    id,
    status: !isTold ? 'inconclusive' : observed! >= share ? 'pass' : 'fail',
    observed: { right_sign_share: observed, levels: counted.length },
    threshold: { right_sign_share: share, levels: 2 },
    why: isTold
      ? `${right} of ${counted.length} ${what} with ${least} changed days or more gain from it; ${percent(share)} are needed`
      : `fewer than two ${what} have ${least} changed days`,
    evidence: 'stability.csv',
  };
}

/** Gate D: large enough to matter, in basis points of notional. */
function friction({ policy, confirmation }: CellEvidence): GateResult {
  const least = policy.document.hypothesis.smallest_effect;
  const observed = confirmation?.excess_bps_per_trade ?? null;
  return {
    id: 'D_friction',
    status: observed === null ? 'inconclusive' : observed > 0 && observed >= least ? 'pass' : 'fail',
    observed: { excess_bps_per_trade: observed },
    threshold: { excess_bps_per_trade: least },
    why:
      observed === null
        ? 'no trade changed on the confirmation slice'
        : `beyond a random throttle it gains ${show(observed)} bps per changed trade; ${least} is the least that matters`,
    evidence: 'cells.csv',
  };
}

/** Gate F: it may neither take everything off nor add exposure. */
function exposure({ policy, confirmation }: CellEvidence): GateResult {
  const [least, most] = policy.document.gates.exposure;
  const kept = confirmation?.exposure_kept ?? null;
  return {
    id: 'F_exposure',
    status: kept === null ? 'inconclusive' : kept >= least && kept <= most + rounding ? 'pass' : 'fail',
    observed: { exposure_kept: kept },
    threshold: { least, most },
    why:
      kept === null
        ? 'the baseline was never in the market on the confirmation slice'
        : `${percent(kept)} of the baseline’s exposure is kept; between ${percent(least)} and ${percent(most)} are allowed`,
    evidence: 'cells.csv',
  };
}

function holdout({ policy, holdout: row }: CellEvidence): GateResult | null {
  if (!policy.document.promotion.requires_holdout) return null;
  const [difference, excess] = [row?.difference_bps ?? null, row?.excess_bps ?? null];
  return {
    id: 'holdout',
    status: difference === null || excess === null ? 'inconclusive' : difference > 0 && excess > 0 ? 'pass' : 'fail',
    observed: { difference_bps: difference, excess_bps: excess },
    threshold: { difference_bps: 0, excess_bps: 0 },
    why:
      difference === null || excess === null
        ? 'the holdout is sealed: open it once, when everything else has passed'
        : `on the holdout the difference is ${show(difference)} bps a day after costs, ${show(excess)} beyond a random throttle; both have to be above 0`,
    evidence: 'cells.csv',
  };
}

function show(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function percent(share: number): string {
  return `${show(100 * share)} %`;
}
