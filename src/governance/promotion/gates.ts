import type { PromotionGate, PromotionResult } from '../records.ts';
import { ledgerMetrics, valueOf } from './ledgerMetrics.ts';
import { type SelectionMetric, selectionMetrics } from './selection.ts';
import { type CheckedEvidence, type PromotionCase, resultOf } from './promotionCase.ts';

type Judged = Omit<PromotionGate, 'threshold'> & { readonly threshold: number | null };

/** Numbers that come from the ledger and not from an artifact. */
const counted = ['fdr_q', 'deflated_sharpe_probability'] as const;

/** Metrics that no file of a run has: they need everything else that was tried, and are computed when a gate asks. */
export const computedMetrics = [...counted, ...selectionMetrics] as const;

/**
 * One gate against all evidence of its role. The worst piece decides, so that attaching another one cannot help. Level and sign are
 * judged, on one side: better than asked for is never a failure. A number that is missing, or lies in evidence that is not verified, fails; one
 * that cannot be asked for leaves the gate open, and the result says so.
 *
 * @source governance specification 16.3 (E7, E9), 17.6
 */
export function judgeGate(given: PromotionCase, gate: Judged): PromotionResult {
  const { code, metric, unit, op, threshold, role } = gate;
  const shared = { threshold, unit };
  const pieces = given.evidence.filter(({ evidence }) => evidence.role === role);
  if (threshold === null) return resultOf(code, { ...shared, pass: false, message: `the document sets no limit for ${metric}` });
  if (pieces.length === 0) return resultOf(code, { ...shared, pass: false, message: `${metric}: there is no ${role} evidence` });
  const all = pieces.map((piece) => ({ piece, ...numberOf(given, piece, metric) }));
  const answers = all.filter(({ applies }) => applies);
  if (answers.length === 0) {
    const { piece, pointer, note } = all[0]!;
    return resultOf(code, { ...shared, pass: null, evidence: piece.evidence.id, pointer, message: `${metric} does not apply: ${note} (${role})` });
  }
  const missing = answers.find(({ value }) => value === null);
  if (missing !== undefined) {
    const { piece } = missing;
    const why =
      piece.health === 'VERIFIED'
        ? `${metric} is missing${missing.note === '' ? '' : `: ${missing.note}`}`
        : `${metric} does not count: the evidence is ${piece.health}`;
    return resultOf(code, {
      ...shared,
      pass: false,
      evidence: piece.evidence.id,
      pointer: missing.pointer,
      message: `${why} (${piece.evidence.id})`,
    });
  }
  const isLeast = op === '>' || op === '>=';
  const worst = answers.reduce((a, b) => (isLeast === b.value! < a.value! ? b : a));
  const observed = worst.value!;
  return resultOf(code, {
    ...shared,
    pass: compare(observed, op, threshold),
    observed,
    evidence: worst.piece.evidence.id,
    pointer: worst.pointer,
    message: `${metric} ${show(observed)} ${op} ${show(threshold)} ${unit} (${worst.note === '' ? role : `${role}; ${worst.note}`})`,
  });
}

interface GateNumber {
  readonly value: number | null;
  readonly pointer: string | null;
  /** False where the number cannot be asked for. */
  readonly applies: boolean;
  /** What it was taken from, or why there is none. */
  readonly note: string;
}

function numberOf(given: PromotionCase, piece: CheckedEvidence, metric: string): GateNumber {
  if ((selectionMetrics as readonly string[]).includes(metric)) {
    const chosen = piece.health === 'VERIFIED' ? given.selection?.get(piece.evidence.id) : undefined;
    const pointer = 'governance/ledger.jsonl';
    return { value: null, applies: true, note: '', pointer, ...chosen?.numbers[metric as SelectionMetric] };
  }
  return { ...ownNumber(given, piece, metric), applies: true, note: '' };
}

/** A number of the evidence itself, or one that counting alone gives. */
function ownNumber(given: PromotionCase, piece: CheckedEvidence, metric: string): Pick<GateNumber, 'value' | 'pointer'> {
  const { evidence, health } = piece;
  if ((counted as readonly string[]).includes(metric)) {
    const pointer = 'governance/ledger.jsonl';
    if (health !== 'VERIFIED' || given.facts.hypothesis === null) return { value: null, pointer };
    return { value: ledgerMetrics(given.state, given.facts.hypothesis, evidence)[metric as (typeof counted)[number]], pointer };
  }
  const found = evidence.metrics.find((pointer) => pointer.metric === metric);
  const pointer = found === undefined ? null : `${found.path}#${found.pointer}`;
  return { value: health === 'VERIFIED' ? valueOf(evidence, metric) : null, pointer };
}

function compare(observed: number, op: PromotionGate['op'], threshold: number): boolean {
  if (op === '<') return observed < threshold;
  if (op === '<=') return observed <= threshold;
  return op === '>' ? observed > threshold : observed >= threshold;
}

function show(value: number): string {
  return String(Number(value.toPrecision(6)));
}
