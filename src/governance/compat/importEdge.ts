import { type EdgeDocument, edgeDocument } from '../documents/edge.ts';
import { EdgeContractValidationError, validateEdgeContract } from './edgeContract.ts';
import { type Imported, ImportLog, noteEvidence } from './importFinding.ts';
import type { ImportContext } from './importOverlay.ts';
import { isObject, type JsonObject, textOf } from './values.ts';

export interface EdgeImportContext extends ImportContext {
  /** Version that an overlay is named in. */
  readonly overlayVersion: (name: string) => number;
  /** Ids of the other edges of the file on the same strategy. */
  readonly siblings: readonly string[];
}

const knownKeys = new Set([
  'edge_id',
  'strategy',
  'status',
  'signal_fields',
  'cost_assumptions',
  'validity_window',
  'required_evidence',
  'params',
  'overlays',
  'score',
]);

/**
 * An edge of the reference system’s configuration as a draft of ours, with what happened to each of its fields and everything that is
 * wrong with it.
 *
 * @source governance specification 4.5, G12
 */
export function importEdge(edge: unknown, context: EdgeImportContext): Imported<EdgeDocument> {
  const log = new ImportLog();
  const name = isObject(edge) && typeof edge['edge_id'] === 'string' ? edge['edge_id'] : context.source;
  const done = (document: EdgeDocument | null): Imported<EdgeDocument> => ({ name, document, fields: log.fields, findings: log.findings });
  if (!isObject(edge)) {
    log.find('NOT_IMPORTED', '', 'expected one object', 'error');
    return done(null);
  }
  noteReferenceRules(edge, log);
  noteFields(edge, context, log);
  const costs = isObject(edge['cost_assumptions']) ? edge['cost_assumptions'] : {};
  const window = isObject(edge['validity_window']) ? edge['validity_window'] : {};
  const overlays = Array.isArray(edge['overlays']) ? (edge['overlays'] as readonly unknown[]).map(textOf) : [];
  const parsed = edgeDocument.safeParse({
    edge_id: edge['edge_id'],
    version: context.version ?? 1,
    title: `${name}, imported`,
    hypothesis: null,
    strategy: { id: edge['strategy'] },
    params: edge['params'],
    overlays: overlays.map((overlay) => ({ name: overlay, version: context.overlayVersion(overlay) })),
    signal_fields: edge['signal_fields'],
    cost_floor: { fee_bps_per_side: costs['fee_bps_per_side'], slippage_bps_per_fill: costs['slippage_bps_per_fill'] },
    validity: { from: window['start'], to: window['end'] ?? null },
    sizing: { unit: 'gross1' },
    overlap_cluster: edge['strategy'],
    status: 'DRAFT',
    tuning: 'locked',
    notes: `Imported from edge ${name} of the reference system.`,
  });
  if (parsed.success) return done(parsed.data);
  for (const { path, message } of parsed.error.issues) log.find('NOT_IMPORTED', path.map(String).join('.'), message, 'error');
  return done(null);
}

function noteReferenceRules(edge: JsonObject, log: ImportLog): void {
  try {
    validateEdgeContract(edge);
  } catch (error) {
    if (!(error instanceof EdgeContractValidationError)) throw error;
    log.find('REFERENCE_INVALID', '', error.message);
  }
}

function noteFields(edge: JsonObject, context: EdgeImportContext, log: ImportLog): void {
  for (const field of ['edge_id', 'strategy', 'params']) log.field(field, 'kept', 'as it is');
  const status = textOf(edge['status']);
  log.field('status', status === 'DRAFT' ? 'kept' : 'changed', `${status} -> DRAFT: only the ledger approves`);
  if (status !== 'DRAFT') log.find('STATUS_NOT_CARRIED', 'status', status);
  log.field('signal_fields', 'kept', 'checked against what the strategy reads');
  log.find('FIELD_NOT_ENFORCED', 'signal_fields', 'they have to be the columns that the strategy reads', 'info');
  log.field('cost_assumptions', 'changed', '-> cost_floor: the least cost that it is judged at');
  log.find('FIELD_NOT_ENFORCED', 'cost_assumptions', 'a run with lower costs uses these', 'info');
  log.field('validity_window', 'changed', '-> validity: start is from, end is to');
  log.find('FIELD_NOT_ENFORCED', 'validity_window', 'outside it there is no position', 'info');
  log.field('required_evidence', 'dropped', 'evidence is attached to the digest of a document, not written into it');
  noteEvidence(log, 'required_evidence', edge['required_evidence'], context.hasRun);
  if (Array.isArray(edge['required_evidence']) && edge['required_evidence'].length > 0)
    log.find('EVIDENCE_NOT_CARRIED', 'required_evidence', `${edge['required_evidence'].length} of them`);
  if (Object.hasOwn(edge, 'overlays')) log.field('overlays', 'changed', 'each with its version');
  if (Array.isArray(edge['overlays']) && edge['overlays'].length > 0)
    log.find('NEVER_EXECUTED', 'overlays', 'the edge was traded as if it had no overlay; here it acts');
  if (Object.hasOwn(edge, 'score')) {
    log.field('score', 'dropped', `${textOf(edge['score'])}: nothing ever read it`);
    log.find('CLAIM_DROPPED', 'score', textOf(edge['score']), 'info');
  }
  for (const key of Object.keys(edge).filter((other) => !knownKeys.has(other))) {
    log.field(key, 'dropped', 'unknown');
    log.find('FIELD_UNKNOWN', key, key);
  }
  if (context.siblings.length > 0) log.find('STRATEGY_VARIANT', 'strategy', `${textOf(edge['strategy'])}, as ${context.siblings.join(', ')}`);
  log.field('hypothesis', 'added', 'null');
  log.find('HYPOTHESIS_NONE', '', '');
  for (const [field, note] of [
    ['version', 'counts from 1'],
    ['title', 'from its id'],
    ['sizing', 'unit exposure per position, as there'],
    ['overlap_cluster', 'its strategy: edges of one strategy share a budget'],
    ['tuning', 'locked: a changed parameter is a new version'],
    ['notes', 'where it comes from'],
  ] as const)
    log.field(field, 'added', note);
}
