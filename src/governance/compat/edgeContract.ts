import { evidenceFields, isBlank, isNumber, isObject, type JsonObject, lacking, listed, referenceStates, textOf } from './values.ts';

/** Whatever is wrong with an edge of the reference system. */
export class EdgeContractValidationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EdgeContractValidationError';
  }
}

const requiredFields: readonly string[] = [
  'edge_id',
  'strategy',
  'status',
  'signal_fields',
  'cost_assumptions',
  'validity_window',
  'required_evidence',
  'params',
];

/**
 * An edge of the reference system’s configuration, checked in its order.
 *
 * @param options.requireApproved demand complete evidence whatever the status
 * @returns a copy
 * @throws EdgeContractValidationError at the first failure
 * @source  governance specification 4.1, 4.2
 */
export function validateEdgeContract(edge: unknown, options: { readonly requireApproved?: boolean } = {}): JsonObject {
  if (!isObject(edge)) throw new EdgeContractValidationError('edge contract must be an object');
  const missing = lacking(edge, requiredFields);
  if (missing.length > 0) refuse(`edge contract is missing required fields ${listed(missing)}`);
  const status = statusOf(edge);
  if (!referenceStates.includes(status)) refuse(`unsupported edge status ${textOf(edge['status'])}`);
  checkSignals(edge['signal_fields']);
  checkCosts(edge['cost_assumptions']);
  const { validity_window: window, params, required_evidence: evidence } = edge;
  if (!isObject(window)) return refuse('validity_window must be an object');
  for (const key of ['start', 'end']) if (!Object.hasOwn(window, key)) refuse(`validity_window missing ${key}`);
  if (!isObject(params)) refuse('params must be an object');
  checkEvidence(evidence, status === 'APPROVED' || options.requireApproved === true);
  return structuredClone(edge);
}

/**
 * The approved edges in their order. A malformed draft among them fails them all; ` approved ` counts here.
 *
 * @throws EdgeContractValidationError
 * @source governance specification 4.3
 */
export function loadApprovedEdges(edges: Iterable<unknown>): JsonObject[] {
  const approved: JsonObject[] = [];
  for (const edge of edges) {
    const checked = validateEdgeContract(edge);
    if (statusOf(checked) === 'APPROVED') approved.push(validateEdgeContract(checked, { requireApproved: true }));
  }
  if (approved.length === 0) refuse('no APPROVED edge contracts found');
  return approved;
}

function statusOf(edge: JsonObject): string {
  return textOf(edge['status']).trim().toUpperCase();
}

function checkSignals(fields: unknown): void {
  if (!Array.isArray(fields) || fields.length === 0) return refuse('signal_fields must be a non-empty list');
  if (fields.some(isBlank)) refuse('signal_fields cannot contain empty names');
}

function checkCosts(costs: unknown): void {
  if (!isObject(costs)) return refuse('cost_assumptions must be an object');
  for (const key of ['fee_bps_per_side', 'slippage_bps_per_fill']) {
    if (!Object.hasOwn(costs, key)) refuse(`cost_assumptions missing ${key}`);
    const value = costs[key];
    if (!isNumber(value) || Number(value) < 0) refuse(`cost_assumptions.${key} must be a non-negative number`);
  }
}

function checkEvidence(evidence: unknown, isComplete: boolean): void {
  if (!Array.isArray(evidence)) return refuse('required_evidence must be a list');
  if (!isComplete) return;
  if (evidence.length === 0) refuse('APPROVED edge requires non-empty required_evidence');
  for (const [i, item] of (evidence as readonly unknown[]).entries()) {
    if (!isObject(item)) return refuse(`required_evidence[${i}] must be an object`);
    const missing = lacking(item, evidenceFields);
    if (missing.length > 0) refuse(`required_evidence[${i}] missing fields ${listed(missing)}`);
    for (const field of evidenceFields) if (isBlank(item[field])) refuse(`required_evidence[${i}].${field} cannot be empty`);
  }
}

function refuse(problem: string): never {
  throw new EdgeContractValidationError(problem);
}
