import type { CompiledStudy } from './compile.ts';
import type { BalanceRow, EffectRow, GateResult, NegativeControlRow, Verdict } from './result.ts';

/** What gates judge: the numbers of a study, from its tables. */
export interface GateInput {
  readonly study: CompiledStudy;
  /** Effect of the primary estimand per slice that was estimated. */
  readonly primary: Readonly<Record<'development' | 'confirmation', EffectRow | null>>;
  readonly balance: readonly BalanceRow[];
  readonly matchedShare: number | null;
  readonly uniqueControlShare: number | null;
  readonly stability: readonly EffectRow[];
  readonly negativeControls: readonly NegativeControlRow[];
}

type Gate = (input: GateInput) => GateResult | null;

/**
 * The gates of a study, each `pass`, `fail` or `inconclusive`: too little data is never a pass and never a scientific no.
 *
 * @source research specification 10.1 (6), 10.5, 10.11; statistics specification 8 (gate defaults)
 */
const gates: readonly Gate[] = [events, balance, effect, stability, placeboOutcome, surrogates, replication];

/** Without these nothing else of a study says anything, not even no. */
const preconditions = ['events', 'balance'];

export function judge(input: GateInput): { gates: GateResult[]; verdict: Verdict } {
  const results = gates.flatMap((gate) => gate(input) ?? []);
  const isComparable = results.every(({ id, status }) => !preconditions.includes(id) || status === 'pass');
  const has = (status: Verdict) => results.some((gate) => gate.status === status);
  const verdict = !isComparable ? 'inconclusive' : has('fail') ? 'fail' : has('inconclusive') ? 'inconclusive' : 'pass';
  return { gates: results, verdict };
}

function events({ study, primary }: GateInput): GateResult {
  const { min_events: events, min_days: days } = study.document.gates;
  const [n, distinct] = [primary.development?.n_events ?? 0, primary.development?.n_effective ?? 0];
  return {
    id: 'events',
    status: n >= events && distinct >= days ? 'pass' : 'inconclusive',
    observed: { events: n, days: distinct },
    threshold: { events, days },
    why: `${n} matched events on ${distinct} days of the development slice; ${events} on ${days} are needed`,
    evidence: 'effects.csv',
  };
}

function balance({ study, balance: rows, matchedShare, uniqueControlShare }: GateInput): GateResult {
  const { max_imbalance: most, min_unique_controls: unique, min_matched: matched } = study.document.gates;
  const worst = rows.reduce<number | null>((largest, { smd }) => (smd === null ? largest : Math.max(largest ?? 0, Math.abs(smd))), null);
  const faults = [
    ...(worst === null
      ? ['nothing could be compared']
      : worst > most
        ? [`the largest standardized difference is ${show(worst)}, at most ${most} is allowed`]
        : []),
    ...((matchedShare ?? 0) < matched ? [`${show((matchedShare ?? 0) * 100)} % of events found controls, ${show(matched * 100)} % are needed`] : []),
    ...((uniqueControlShare ?? 0) < unique
      ? [`${show((uniqueControlShare ?? 0) * 100)} % of controls are distinct bars, ${show(unique * 100)} % are needed`]
      : []),
  ];
  return {
    id: 'balance',
    status: faults.length === 0 ? 'pass' : 'inconclusive',
    observed: { largest_smd: worst, matched_share: matchedShare, unique_control_share: uniqueControlShare },
    threshold: { largest_smd: most, matched_share: matched, unique_control_share: unique },
    why: faults.length === 0 ? 'events and controls are alike on every matching variable' : faults.join('; '),
    evidence: 'balance.csv',
  };
}

function effect({ study, primary }: GateInput): GateResult {
  const { alpha } = study.document.inference;
  const { direction, smallest_effect: smallest } = study.document.hypothesis;
  const row = primary.development;
  const base = { id: 'effect', threshold: { p: alpha, effect: smallest }, evidence: 'effects.csv' };
  if (row === null || row.effect === null || row.p_raw === null || row.ci_low === null || row.ci_high === null)
    return {
      ...base,
      status: 'inconclusive',
      observed: { effect: row?.effect ?? null, p: row?.p_raw ?? null },
      why: 'the primary effect could not be estimated',
    };
  const isAside = pointsAs(row.effect, direction) && (row.effect > 0 ? row.ci_low > 0 : row.ci_high < 0);
  const isThere = isAside && row.p_raw <= alpha && Math.abs(row.effect) >= smallest;
  return {
    ...base,
    status: isThere ? 'pass' : 'fail',
    observed: { effect: row.effect, ci_low: row.ci_low, ci_high: row.ci_high, p: row.p_raw },
    why: `effect ${show(row.effect)} [${show(row.ci_low)}, ${show(row.ci_high)}], p ${show(row.p_raw)}; at most ${alpha} and at least ${smallest} in size are needed`,
  };
}

function stability({ study, primary, stability: rows }: GateInput): GateResult {
  const { min_sign_share: share, min_cell: least } = study.document.gates;
  const sign = Math.sign(primary.development?.effect ?? 0);
  const cells = rows.filter(({ effect, n_events: n }) => effect !== null && n >= least);
  const same = cells.filter(({ effect }) => Math.sign(effect!) === sign).length;
  const observed = cells.length === 0 ? null : same / cells.length;
  const isTold = cells.length >= 2 && sign !== 0;
  return {
    id: 'stability',
    status: !isTold ? 'inconclusive' : observed! >= share ? 'pass' : 'fail',
    observed: { same_sign_share: observed, cells: cells.length },
    threshold: { same_sign_share: share, cells: 2 },
    why: isTold
      ? `${same} of ${cells.length} years, symbols and strata with ${least} events or more have the sign of the whole`
      : 'fewer than two cells have enough events',
    evidence: 'stability.csv',
  };
}

function placeboOutcome({ study, negativeControls }: GateInput): GateResult | null {
  if (study.placebo === null) return null;
  const { alpha } = study.document.inference;
  const row = negativeControls.find(({ kind, slice }) => kind === 'placebo_outcome' && slice === 'development');
  const p = row?.p ?? null;
  return {
    id: 'placebo_outcome',
    status: p === null ? 'inconclusive' : p > alpha ? 'pass' : 'fail',
    observed: { p },
    threshold: { p: alpha },
    why:
      p === null ? 'the placebo outcome could not be estimated' : `on something the event cannot move, p is ${show(p)}; it has to be above ${alpha}`,
    evidence: 'negative_controls.csv',
  };
}

function surrogates({ study, negativeControls }: GateInput): GateResult {
  const { alpha } = study.document.inference;
  const rows = negativeControls.filter(({ kind, slice }) => kind === 'surrogate_market' && slice === 'development');
  const worst = rows.reduce<number | null>((largest, { p }) => (p === null ? largest : Math.max(largest ?? 0, p)), null);
  const isTold = study.unmade.length === 0 && rows.length > 0 && rows.every(({ p }) => p !== null);
  return {
    id: 'surrogate_markets',
    status: !isTold ? 'inconclusive' : worst! <= alpha ? 'pass' : 'fail',
    observed: { p: worst, generators: rows.length },
    threshold: { p: alpha },
    why:
      study.unmade.length > 0
        ? `surrogate markets hold bars and funding only; none can be made for a study that reads ${study.unmade.join(', ')}`
        : isTold
          ? `against ${rows.length} kinds of markets without the structure, the largest p is ${show(worst!)}; at most ${alpha} is needed`
          : `no surrogate distribution for this study version: run \`backtest study calibrate ${study.document.id}\``,
    evidence: 'negative_controls.csv',
  };
}

function replication({ study, primary }: GateInput): GateResult {
  const { alpha } = study.document.inference;
  const { min_events: events } = study.document.gates;
  const [first, second] = [primary.development, primary.confirmation];
  const smallest = study.document.hypothesis.smallest_effect / 2;
  const base = { id: 'replication', threshold: { p: alpha, effect: smallest, events: events / 2 }, evidence: 'effects.csv' };
  const observed = { effect: second?.effect ?? null, p: second?.p_raw ?? null, events: second?.n_events ?? 0 };
  if (first === null || first.effect === null || second === null || second.effect === null || second.p_raw === null || second.n_events < events / 2)
    return {
      ...base,
      status: 'inconclusive',
      observed,
      why: `${second?.n_events ?? 0} matched events on the confirmation slice; ${events / 2} are needed`,
    };
  const isSame = Math.sign(first.effect) === Math.sign(second.effect) && second.p_raw <= alpha && Math.abs(second.effect) >= smallest;
  return {
    ...base,
    status: isSame ? 'pass' : 'fail',
    observed,
    why: `on the confirmation slice the effect is ${show(second.effect)}, p ${show(second.p_raw)}; the same sign, at most ${alpha} and at least ${smallest} in size are needed`,
  };
}

function pointsAs(effect: number, direction: 'increase' | 'decrease' | 'different'): boolean {
  return direction === 'different' || (direction === 'increase' ? effect > 0 : effect < 0);
}

function show(value: number): string {
  return String(Number(value.toPrecision(3)));
}
