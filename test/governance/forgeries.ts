import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SpecKind } from '../../src/governance/documents/finding.ts';
import { projectRoot } from '../support/shared.ts';

/** A specification that looks right and is not. */
export interface Forgery {
  /** What is wrong, to be read after "refuses". */
  readonly what: string;
  readonly kind: SpecKind;
  /** Name of its file, which is that of its document unless that is the forgery. */
  readonly file: string;
  readonly bytes: Buffer;
  /** Codes of its errors, sorted, each once. */
  readonly codes: readonly string[];
}

/** Whatever JSON holds. */
type Json = ReturnType<typeof JSON.parse>;

const shipped = (path: string): Json => JSON.parse(readFileSync(join(projectRoot, 'specs', path), 'utf8'));
const yaml = (path: string): string => readFileSync(join(projectRoot, 'specs', path), 'utf8');
const bases = {
  overlays: { text: shipped('overlays/vol_shock_relaxation_delay30_v1.json'), id: 'name' },
  edges: { text: shipped('edges/vc_return_tilt.json'), id: 'edge_id' },
  policies: { text: shipped('policies/overlay-default.json'), id: 'id' },
} as const;
const sources = { hypotheses: yaml('hypotheses/vol_shock_delay.yaml'), experiments: yaml('experiments/vc_book.yaml') };

let count = 0;
const next = () => `forged_${String(++count).padStart(2, '0')}`;

/** A JSON document with one change. */
function changed(kind: keyof typeof bases, what: string, codes: readonly string[], change: (document: Json) => void): Forgery {
  const id = next();
  const document = structuredClone(bases[kind].text);
  document[bases[kind].id] = id;
  change(document);
  return { what, kind, file: `${id}.json`, bytes: Buffer.from(JSON.stringify(document)), codes };
}

/** A JSON document whose text is changed. */
function written(what: string, codes: readonly string[], change: (text: string, id: string) => string | Buffer): Forgery {
  const id = next();
  const text = JSON.stringify({ ...structuredClone(bases.overlays.text), name: id }, null, 1);
  return { what, kind: 'overlays', file: `${id}.json`, bytes: Buffer.from(change(text, id)), codes };
}

/** A YAML document with one piece of its text replaced. */
function yamlWith(kind: keyof typeof sources, what: string, codes: readonly string[], [from, to]: readonly [string, string]): Forgery {
  const id = next();
  const source = sources[kind];
  if (!source.includes(from)) throw new Error(`${kind}: ${from} is not in the document`);
  return { what, kind, file: `${id}.yaml`, bytes: Buffer.from(source.replace(/^id: .*$/m, `id: ${id}`).replace(from, to)), codes };
}

const overlay = (what: string, codes: readonly string[], change: (document: Json) => void) => changed('overlays', what, codes, change);
const edge = (what: string, codes: readonly string[], change: (document: Json) => void) => changed('edges', what, codes, change);
const policy = (what: string, codes: readonly string[], change: (document: Json) => void) => changed('policies', what, codes, change);
const condition = (text: string) => (document: Json) => {
  document['condition'] = document['rule'].condition = text;
};
const effect = (value: Json) => (document: Json) => {
  document['rule'].effect = value;
};
const nested = (depth: number) => `${'['.repeat(depth)}1${']'.repeat(depth)}`;

export const forgeries: readonly Forgery[] = [
  // Claims of approval.
  overlay('approval without any evidence', ['EVIDENCE_MISSING'], (d) => (d['status'] = 'APPROVED')),
  overlay('approval by three copies of one record', ['EVIDENCE_DUPLICATE'], (d) => {
    const record = { run_id: 'a', split: 'promotion', date_range: '2021-01-01..2021-12-31', universe: 'BTCUSDT', config_hash: 'b' };
    Object.assign(d, { status: 'APPROVED', run_ids_evidence: [record, record, record] });
  }),
  overlay('approval without limits or cost', ['CONSTRAINT_MISSING', 'COST_MISSING', 'EVIDENCE_MISSING'], (d) => {
    d['status'] = 'APPROVED';
    d['cost_bps_validated'] = null;
    for (const key of Object.keys(d['constraints'])) d['constraints'][key] = null;
  }),
  overlay('approval of something that does nothing', ['ACTION_NOT_EXECUTABLE', 'EVIDENCE_MISSING'], (d) => {
    Object.assign(d, { status: 'APPROVED', rule: null });
  }),
  overlay('a status in other letters', ['NOT_ALLOWED'], (d) => (d['status'] = ' approved ')),
  overlay('a status made of look-alike letters', ['NOT_ALLOWED'], (d) => (d['status'] = 'АPPROVED')),
  overlay('evidence with blank fields', ['OUT_OF_RANGE'], (d) => {
    d['run_ids_evidence'] = [{ run_id: '', split: 'promotion', date_range: 'x', universe: 'BTCUSDT', config_hash: 'b' }];
  }),
  overlay('evidence given as text', ['WRONG_TYPE'], (d) => (d['run_ids_evidence'] = ['run_a'])),
  // Numbers.
  overlay('true for a number', ['WRONG_TYPE'], (d) => (d['cost_bps_validated'] = true)),
  overlay('a number as text', ['WRONG_TYPE'], (d) => (d['cost_bps_validated'] = '6.0')),
  overlay('a cost of 1e308', ['OUT_OF_RANGE'], (d) => (d['cost_bps_validated'] = 1e308)),
  overlay('a negative cost', ['OUT_OF_RANGE'], (d) => (d['cost_bps_validated'] = -1)),
  overlay('a drawdown limit of 3000 percent', ['OUT_OF_RANGE'], (d) => (d['constraints'].max_drawdown_pct = 3000)),
  overlay('an empty tail limit', ['KEY_MISSING'], (d) => (d['constraints'].tail_loss = {})),
  overlay('a broken count of regimes', ['WRONG_TYPE'], (d) => (d['stability'].max_regime_flip_count = 0.5)),
  overlay('a version of zero', ['OUT_OF_RANGE'], (d) => (d['version'] = 0)),
  // Rules.
  overlay('a condition that reads a column known later', ['CONDITION_NOT_CAUSAL'], condition('fp_active == 1')),
  overlay('a condition that reads the end of its event', ['CONDITION_NOT_CAUSAL'], condition('fractional_age <= 0.33')),
  overlay('a series that reads a column known later', ['CONDITION_NOT_CAUSAL'], (d) => (d['rule'].series.r = 'gap_len')),
  overlay('a look at the next bar', ['FORMULA_INVALID'], condition('lag(close, -1) > close')),
  overlay('a condition that is a number', ['FORMULA_INVALID'], condition('close')),
  overlay('a column that is not there', ['FORMULA_INVALID'], condition('rv_97 > 1')),
  overlay('a condition that is code', ['FORMULA_INVALID'], condition('process.exit(1)')),
  overlay('a series made of itself', ['FORMULA_INVALID'], (d) => (d['rule'].series.r = 'r + 1')),
  overlay('an action that the engine does not know', ['ACTION_NOT_EXECUTABLE'], effect({ kind: 'reverse' })),
  overlay('an action that makes positions larger', ['OUT_OF_RANGE'], effect({ kind: 'size', factor: 2 })),
  overlay('a delay of no bars', ['OUT_OF_RANGE'], effect({ kind: 'delay', bars: 0, onSignalLost: 'drop' })),
  overlay('a hold without release', ['RELEASE_MISSING'], effect({ kind: 'hold_until', maxBars: 96 })),
  overlay('a release that nothing waits for', ['RELEASE_UNUSED'], (d) => (d['rule'].release = 'close > 0')),
  overlay('events of no study', ['PARENT_UNKNOWN'], condition('event.age <= 8')),
  overlay('a study with another digest', ['DIGEST_MISMATCH'], (d) => {
    d['rule'].parent = { study: 'vol_shock_relaxation', version: 1, digest: '0'.repeat(64), verdict: 'pass' };
  }),
  overlay('a condition for readers that is not the one that runs', ['RULE_MISMATCH'], (d) => (d['condition'] = 'only in calm markets')),
  // Keys and texts.
  overlay('a misspelled key', ['KEY_MISSING', 'KEY_UNKNOWN'], (d) => {
    d['cost_bps_validatd'] = d['cost_bps_validated'];
    delete d['cost_bps_validated'];
  }),
  overlay('a key that nothing reads', ['KEY_UNKNOWN'], (d) => (d['score'] = 1)),
  overlay('a text with a direction mark', ['TEXT_HIDDEN'], (d) => (d['notes'] = 'approved \u202Eyb nobody')),
  overlay('a text with a zero-width space', ['TEXT_HIDDEN'], (d) => (d['action'] = 'de\u200Blay')),
  overlay('half a character', ['TEXT_HIDDEN'], (d) => (d['notes'] = '\uD800')),
  overlay('a text without end', ['OUT_OF_RANGE'], (d) => (d['notes'] = 'a'.repeat(19_000))),
  overlay('a list without end', ['TOO_LARGE'], (d) => (d['origin'] = { rows: Array(20_000).fill(1) })),
  overlay('a path for a name', ['BAD_FORMAT'], (d) => (d['name'] = '../../etc/passwd')),
  overlay('another name than its file', ['FILE_NAME'], (d) => (d['name'] = 'somebody_else')),
  // Files.
  written('NaN for a number', ['JSON_SYNTAX'], (text) => text.replace('"cost_bps_validated": 6', '"cost_bps_validated": NaN')),
  written('a number beyond all numbers', ['NUMBER_NOT_FINITE'], (text) => text.replace('"cost_bps_validated": 6', '"cost_bps_validated": 1e999')),
  written('a key given twice', ['KEY_DUPLICATE'], (text) => text.replace('"status": "DRAFT"', '"status": "DRAFT", "status": "APPROVED"')),
  written('a key that reaches into the prototype', ['KEY_FORBIDDEN'], (text) => text.replace('{', '{"__proto__": {"status": "APPROVED"},')),
  written('a hundred thousand levels', ['TOO_DEEP'], (text) => text.replace('{', `{"origin": ${nested(100_000)},`)),
  written('a byte order mark', ['NOT_UTF8'], (text) => `\uFEFF${text}`),
  written('bytes that are no text', ['NOT_UTF8'], (text) => Buffer.concat([Buffer.from(text), Buffer.of(0xc3, 0x28)])),
  written('a comment', ['JSON_SYNTAX'], (text) => `// approved\n${text}`),
  written('a list for an object', ['NOT_AN_OBJECT'], (text) => `[${text}]`),
  written('a file of two mebibytes', ['FILE_UNREADABLE'], (text) => text + ' '.repeat(2 ** 21)),
  // Edges.
  edge('a strategy that is not there', ['STRATEGY_UNKNOWN'], (d) => (d['strategy'].id = 'vol_compresion_v1')),
  edge('signal fields that the strategy does not read', ['SIGNALS_MISMATCH'], (d) => (d['signal_fields'] = ['rv_pct_2880', 'fp_active'])),
  edge('a parameter beyond its bounds, and one as text', ['PARAM_INVALID'], (d) => {
    Object.assign(d['params'], { compression_rv_pct_max: 101, exit_rv_pct_revert: '45' });
  }),
  edge('an overlay that does nothing, twice', ['ACTION_NOT_EXECUTABLE', 'OVERLAY_DUPLICATE'], (d) => {
    const placeholder = { name: 'vol_aftershock_window_rerisk_placeholder_v1', version: 1 };
    d['overlays'] = [placeholder, placeholder];
  }),
  edge('a version of an overlay that is not there', ['OVERLAY_UNKNOWN'], (d) => (d['overlays'][0].version = 7)),
  edge('days that end before they begin', ['VALIDITY_EMPTY'], (d) => (d['validity'] = { from: '2024-01-01', to: '2023-12-31' })),
  // Policies, hypotheses, experiments.
  policy('an override of broken hashes', ['OVERRIDE_FORBIDDEN'], (d) => (d['overridable'] = ['DIGEST_MISMATCH', 'HOLDOUT_REUSED'])),
  yamlWith('hypotheses', 'a holdout that begins during validation', ['SPLITS_OVERLAP'], ['holdout: ["2024-08-01"', 'holdout: ["2024-06-01"']),
  yamlWith('experiments', 'a discovery run on the sealed days', ['RUN_OUTSIDE_SPLIT'], ['end: "2022-12-31"', 'end: "2025-07-10"']),
];
