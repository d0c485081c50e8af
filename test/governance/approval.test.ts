import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditNode } from '../../src/governance/audit/auditCase.ts';
import { emptyHead, entryLine, type LedgerEntry, nextEntry } from '../../src/governance/ledger/entry.ts';
import type { Evidence, PromotionDecision } from '../../src/governance/records.ts';
import { hashOf, prettyJson } from '../../src/core/canonicalJson.ts';
import { evidenceId } from '../../src/governance/evidence/evidence.ts';
import { guards } from '../../src/governance/promotion/guards.ts';
import { createEffects } from '../../src/lake/realEffects.ts';
import { subjectTrust } from '../../src/stages/lib/subjectTrust.ts';
import { createHttp } from '../../src/venues/http.ts';
import {
  approve,
  copyLake,
  decide,
  edge,
  edgeDocument,
  type GovernedLake,
  hypothesisText,
  invoke,
  newLake,
  policy,
  policyDocument,
  sampleRun,
  textOf,
  validationDays,
  writeSpecs,
} from '../support/governance.ts';
import { firstCells } from '../support/documents.ts';
import { removeFolders } from '../support/pipeline.ts';

let lake: GovernedLake;
let runs: { validation: string; holdout: string };

beforeAll(async () => {
  lake = newLake();
  runs = await approve(lake);
}, 120_000);
afterAll(removeFolders);

type Why = { holds: boolean; trust: string; tree: AuditNode };
const why = async (given: GovernedLake) => {
  const { data, exit, text } = await invoke(given, `audit why ${edge}`);
  return { ...(data as Why), exit, text };
};
const check = async (given: GovernedLake, ...more: string[]) =>
  (await invoke(given, ['promote', 'check', edge, ...policy, ...more])).data as { failed: string[]; verdict: string; from: string; to: string };
const entriesOf = (given: GovernedLake) =>
  textOf(given, 'governance/ledger.jsonl')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LedgerEntry);
const idOf = async (given: GovernedLake) => ((await invoke(given, 'ledger log --limit 1')).data as LedgerEntry[])[0]!.seq;

/** Other entries in place of those of a ledger, chained as they should be. */
function rewrite({ dataRoot }: GovernedLake, bodies: readonly LedgerEntry['body'][]): void {
  const entries: LedgerEntry[] = [];
  for (const body of bodies) entries.push(nextEntry(entries.at(-1) ?? emptyHead, { at: '2026-01-05T12:00:00Z', actorRole: 'researcher', body }));
  writeFileSync(join(dataRoot, 'governance/ledger.jsonl'), entries.map((entry) => `${entryLine(entry)}\n`).join(''));
  const { seq, hash } = entries.at(-1)!;
  writeFileSync(join(dataRoot, 'governance/checkpoints/head.json'), JSON.stringify({ seq, hash }));
}

describe('docs/governance.md', () => {
  it('lists every guard, from which state it is asked', () => {
    const rows = firstCells('docs/governance.md', 'Guards');
    expect(rows).toEqual(expect.arrayContaining(guards.map(({ code }) => code)));
    expect(rows).toHaveLength(guards.length + 1);
  });
});

describe('an approval', () => {
  it('is a chain that verifies, from the decision down to the artifacts', async () => {
    const { holds, trust, exit, text } = await why(lake);
    expect({ holds, trust, exit }).toEqual({ holds: true, trust: 'verified', exit: 0 });
    for (const part of ['APPROVED (verified)', 'ledger whole', 'PASS_PROMOTION', 'net_effect', 'registered entry 1', 'next review: 2026-07-04'])
      expect(text).toContain(part);
    expect((await invoke(lake, 'evidence verify')).exit).toBe(0);
    expect((await invoke(lake, 'audit stale')).exit).toBe(0);
  });

  it('is known to runs that want to use it, and only for exactly its content', async () => {
    const effects = createEffects({ http: createHttp() });
    const options = { effects: { ...effects, clock: { ...effects.clock, now: () => lake.now } }, plugins: [], signal: new AbortController().signal };
    const { ref } = await invoke(lake, `audit why ${edge}`).then(({ data }) => ({ ref: (data as { subject: Evidence['subject'] }).subject }));
    const levels = await subjectTrust({ ...options, dataRoot: lake.dataRoot, specs: lake.specs }, [
      ref,
      { ...ref, digest: 'f'.repeat(64) },
      { ...ref, version: 2 },
    ]);
    expect(levels).toEqual(['verified', 'declared', 'declared']);
  });

  it('has facts that come from the runs', async () => {
    const { evidence } = (await invoke(lake, `evidence show ${edge}`)).data as { evidence: (Evidence & { facts: Evidence['facts'] })[] };
    expect(evidence.map(({ role }) => role)).toEqual(['validation', 'placebo', 'holdout']);
    expect(evidence[0]!.facts).toMatchObject({
      window: validationDays,
      symbols: ['BTCUSDT'],
      accounting: 'screen',
      cost_bps: 6,
      trust: 'candidate',
      ledger_seq: 3,
    });
    const risk = JSON.parse(textOf(lake, `lake/trades/backtests/${runs.validation}/risk_metrics.json`)) as {
      objective: { avg_period_return: Record<string, { point: number }> };
    };
    expect(evidence[0]!.metrics.find(({ metric }) => metric === 'net_effect')!.value).toBe(10_000 * risk.objective.avg_period_return['1x']!.point);
  });

  it('names what would make it fall', async () => {
    const on = async (thing: string) =>
      ((await invoke(lake, ['audit', 'depends-on', thing])).data as { subjects: { through: string }[] }).subjects.length;
    expect(await on('vol_compression_v1')).toBe(3);
    expect(await on(runs.holdout)).toBe(1);
    expect(await on('lenient-edge')).toBe(1);
    expect(await on(`lake/trades/backtests/${runs.validation}/metrics.json`)).toBe(2);
    expect(await on('calm_precedes_moves')).toBe(1);
    expect(await on('some_other_thing')).toBe(0);
  });

  it('is in the index that people read', async () => {
    const given = copyLake(lake);
    await invoke(given, 'ledger export');
    const index = textOf(given, 'governance/experiments.yaml');
    for (const part of ['id: calm_precedes_moves', 'state: TESTING', 'state: APPROVED', 'health: VERIFIED', 'ledger_head: 11'])
      expect(index).toContain(part);
    await invoke(given, ['hypotheses', 'close', 'calm_precedes_moves', '--outcome', 'REFUTED', '--reason', 'the effect is noise']);
    await invoke(given, 'ledger export');
    expect(textOf(given, 'governance/graveyard.yaml')).toContain('the effect is noise');
    expect((await check(given)).failed).toContain('HYP_NOT_REGISTERED');
  });

  it('stands on checkpoints that are compared', async () => {
    const given = copyLake(lake);
    await invoke(given, 'ledger checkpoint');
    expect((await invoke(given, 'ledger verify')).exit).toBe(0);
  });
});

describe('damage to what an approval rests on', () => {
  it('is named by audit why after a single byte, whichever artifact it is in', async () => {
    const { evidence } = (await invoke(lake, `evidence show ${edge}`)).data as { evidence: { id: string }[] };
    const record = JSON.parse(textOf(lake, `governance/evidence/${evidence[0]!.id}.json`)) as Evidence;
    const paths = record.artifacts.map(({ path }) => path);
    const given = copyLake(lake);
    for (const i of [0, 1, 2, 3, 4]) {
      const path = paths[Math.floor((i * (paths.length - 1)) / 4)]!;
      const file = join(given.dataRoot, path);
      const before = readFileSync(file);
      const damaged = Buffer.from(before);
      damaged[Math.floor((damaged.length * (i + 1)) / 7)]! ^= 4;
      writeFileSync(file, damaged);
      const { exit, text, trust } = await why(given);
      expect({ exit, trust }, path).toEqual({ exit: 1, trust: 'recorded' });
      expect(text, path).toContain(`✗ ${path}`);
      expect((await invoke(given, `evidence verify ${edge}`)).exit).toBe(1);
      writeFileSync(file, before);
    }
    expect((await why(given)).exit).toBe(0);
  });

  it('shows in records of governance as well', async () => {
    const given = copyLake(lake);
    const edit = async (path: string, from: string, to: string) => {
      const file = join(given.dataRoot, path);
      const text = readFileSync(file, 'utf8');
      expect(text).toContain(from);
      writeFileSync(file, text.replace(from, to));
      const found = await why(given);
      writeFileSync(file, text);
      return found;
    };
    const entries = entriesOf(given);
    const decisions = (await invoke(given, 'ledger log')).text;
    const decision = /D-[0-9a-f]{12}/.exec(decisions)![0];
    const attached = entries.find(({ body }) => body.t === 'EVIDENCE_ATTACHED')!.body as { evidence: string };
    expect((await edit(`governance/decisions/${decision}.json`, 'PASS_PROMOTION', 'PASS_PROMOTIOM')).trust).toBe('declared');
    expect((await edit(`governance/evidence/${attached.evidence}.json`, '"cost_bps": 6', '"cost_bps": 5')).exit).toBe(1);
    expect((await edit(`governance/documents/${policyDigest(given)}.json`, '"threshold": -1000', '"threshold": -2000')).trust).toBe('declared');
    rmSync(join(given.dataRoot, `governance/evidence/${attached.evidence}.json`));
    expect((await why(given)).text).toContain('MISSING_ARTIFACT');
  });

  it('shows as a missing run, and proposes a suspension', async () => {
    const given = copyLake(lake);
    renameSync(join(given.dataRoot, 'runs', runs.validation), join(given.dataRoot, 'runs', `${runs.validation}-gone`));
    const { data, exit, text } = await invoke(given, 'audit stale');
    expect(exit).toBe(1);
    expect(text).toContain('MISSING_RUN');
    const { proposal } = (data as { proposal: string }[])[0]!;
    expect(proposal).toContain(`backtest promote suspend ${edge}@1 --reason`);
    await invoke(given, ['promote', 'suspend', `${edge}@1`, '--reason', 'its run is gone']);
    expect((await check(given)).from).toBe('SUSPENDED');
    expect((await check(given)).failed).toContain('EVIDENCE_UNVERIFIED');
  });

  it('comes with age', async () => {
    const given = { ...lake, now: Date.UTC(2026, 6, 5) };
    const { text, exit } = await invoke(given, 'audit stale');
    expect(exit).toBe(1);
    expect(text).toContain('not reviewed since 2026-07-04');
    expect((await why(given)).trust).toBe('recorded');
    expect((await why({ ...lake, now: Date.UTC(2026, 6, 4) })).trust).toBe('verified');
  });
});

const policyDigest = (given: GovernedLake): string => {
  const [id] = /D-[0-9a-f]{12}/.exec(textOf(given, 'governance/ledger.jsonl'))!;
  return (JSON.parse(textOf(given, `governance/decisions/${id}.json`)) as PromotionDecision).policy.digest;
};

describe('the ledger behind an approval', () => {
  it('names the entry that was edited, heals when it is put back, and contradicts runs when its end is cut', async () => {
    const given = copyLake(lake);
    const file = join(given.dataRoot, 'governance/ledger.jsonl');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('"hypothesis":"calm_precedes_moves"', '"hypothesis":"calm_precedes_moveS"'));
    const edited = await invoke(given, 'ledger verify');
    expect(edited.exit).toBe(1);
    expect(edited.text).toContain('entry 1 was changed');
    writeFileSync(file, text);
    expect((await invoke(given, 'ledger verify')).exit).toBe(0);
    writeFileSync(file, `${text.split('\n').slice(0, 4).join('\n')}\n`);
    expect((await invoke(given, 'ledger verify')).text).toContain(`run ${runs.holdout} began after entry`);
  });

  it('gives nothing to a rewritten history, though its chain is right', async () => {
    const given = copyLake(lake);
    const bodies = entriesOf(given).map(({ body }) => body);
    rewrite(given, [...bodies.slice(1), bodies[0]!]);
    expect((await invoke(given, 'ledger verify')).exit).toBe(1);
    expect((await why(given)).trust).toBe('declared');
  });

  it('gives nothing to evidence that came after the decision that cites it', async () => {
    const given = copyLake(lake);
    const bodies = entriesOf(given).map(({ body }) => body);
    rewrite(given, [...bodies.slice(0, -2), bodies.at(-1)!, bodies.at(-2)!]);
    expect((await why(given)).text).toMatch(/cites E-[0-9a-f]{12}, which was not attached before it/);
  });

  it('gives nothing to a number that was typed, though every hash of the forgery is right', async () => {
    const given = copyLake(lake);
    const bodies = entriesOf(given).map(({ body }) => body);
    const attached = bodies[4] as Extract<LedgerEntry['body'], { t: 'EVIDENCE_ATTACHED' }>;
    const record = JSON.parse(textOf(given, `governance/evidence/${attached.evidence}.json`)) as Evidence;
    const metrics = record.metrics.map((pointer) => (pointer.metric === 'net_effect' ? { ...pointer, value: 12 } : pointer));
    const content = { ...record, metrics };
    const forged = { ...content, id: evidenceId(content) };
    writeFileSync(join(given.dataRoot, `governance/evidence/${forged.id}.json`), prettyJson(forged));
    rewrite(given, bodies.with(4, { ...attached, evidence: forged.id, digest: hashOf(forged) }));
    const { exit, text } = await invoke(given, `evidence verify ${edge}`);
    expect(exit).toBe(1);
    expect(text).toContain('metrics.net_effect is not what the run gives');
    expect((await check(given)).failed).toContain('DIGEST_MISMATCH');
  });

  it('gives nothing to a transition that nobody decided', async () => {
    const given = copyLake(lake);
    const bodies = entriesOf(given).map(({ body }) => body);
    const approval = bodies.at(-1)!;
    rewrite(given, [...bodies.slice(0, 3), { ...approval, from: 'CANDIDATE', to: 'APPROVED' } as LedgerEntry['body']]);
    expect((await check(given)).from).toBe('CANDIDATE');
    rewrite(given, [...bodies.slice(0, -1), { ...approval, decision: 'e'.repeat(64) } as LedgerEntry['body']]);
    const { trust, text } = await why(given);
    expect(trust).toBe('declared');
    expect(text).toContain('no file of governance/decisions has the digest');
  });
});

describe('documents beside the ledger', () => {
  it('are only claims: a status edited by hand makes nothing applicable', async () => {
    const given = newLake();
    writeSpecs(given, { 'edges/calm_breakout.json': { ...edgeDocument, status: 'APPROVED' } });
    const { data, exit } = await invoke(given, 'audit drift');
    expect(exit).toBe(1);
    expect(data).toEqual([expect.objectContaining({ subject: `${edge}@1`, kind: 'unregistered' })]);
    expect((await check(given)).from).toBe('DRAFT');
  });

  it('start unapproved when one parameter changes, and the old version stays explained', async () => {
    const given = copyLake(lake);
    const changed = { ...edgeDocument, params: { ...edgeDocument.params, compression_rv_pct_max: 31 } };
    writeSpecs(given, { 'edges/calm_breakout.json': changed });
    expect((await check(given, '--to', 'APPROVED')).failed).toContain('DIGEST_DRIFT');
    expect((await invoke(given, 'audit drift')).text).toContain('was edited after version 1 was registered');
    await expect(invoke(given, 'edges register calm_breakout')).rejects.toMatchObject({ code: 'E_GOVERNANCE', exit: 2 });
    writeSpecs(given, { 'edges/calm_breakout.json': { ...changed, version: 2 } });
    await invoke(given, 'edges register calm_breakout');
    expect((await check(given)).from).toBe('DRAFT');
    const { data } = await invoke(given, `audit why ${edge}@1`);
    expect((data as Why).trust).toBe('verified');
  });

  it('are judged as drafts and refused ones too, by codes and never by a crash', async () => {
    const given = newLake();
    expect((await check(given)).failed).toEqual(['SPEC_NOT_REGISTERED', 'HYP_NOT_REGISTERED', 'HYP_AFTER_RUN', 'DIGEST_DRIFT']);
    writeSpecs(given, { 'edges/calm_breakout.json': { ...edgeDocument, signal_fields: ['high_96'] } });
    expect((await check(given)).failed).toContain('SIGNALS_MISMATCH');
    writeSpecs(given, { 'edges/calm_breakout.json': { nothing: true } });
    expect((await check(given, '--to', 'APPROVED')).failed).toContain('SPEC_INVALID');
    writeSpecs(given, { 'edges/calm_breakout.json': '{' });
    expect((await invoke(given, ['audit', 'why-not', edge, ...policy])).exit).toBe(1);
    await expect(invoke(given, ['promote', 'check', 'edge:calm_breakot', ...policy])).rejects.toMatchObject({ code: 'E_UNKNOWN_UNIT' });
    await expect(invoke(given, 'promote check nonsense')).rejects.toMatchObject({ code: 'E_USAGE' });
  });
});

describe('the check of the reference system', () => {
  it('answers for a draft, in both verdict files', async () => {
    const given = newLake();
    const name = 'vol_shock_relaxation_delay30_v1';
    const { exit, data } = await invoke(given, `promote overlay-check --overlay ${name}`);
    expect(exit).toBe(1);
    expect(data).toMatchObject({
      overlay: name,
      verdict: 'FAIL_PROMOTION',
      checked_evidence_runs: 0,
      from: 'DRAFT',
      to: 'CANDIDATE',
      trust: 'declared',
    });
    expect((data as { reasons: { scope: string; code: string }[] }).reasons).toContainEqual(
      expect.objectContaining({ scope: 'spec', code: 'SPEC_NOT_REGISTERED' }),
    );
    const folder = `reports/promotion/overlay_${name}`;
    expect(JSON.parse(textOf(given, `${folder}/promotion_verdict.json`))).toEqual(data);
    expect(textOf(given, `${folder}/promotion_verdict.md`)).toContain('**FAIL_PROMOTION**');
  });
});

describe('the order of things', () => {
  it('refuses what was run before its hypothesis was registered', async () => {
    const given = copyLake(lake);
    const bodies = entriesOf(given).map(({ body }) => body);
    const child = hypothesisText.replace('id: calm_precedes_moves', 'id: calm_again').replace('parents: []', 'parents: [calm_precedes_moves]');
    writeSpecs(given, {
      'hypotheses/calm_again.yaml': child,
      'edges/calm_late.json': { ...edgeDocument, edge_id: 'calm_late', hypothesis: 'calm_again' },
    });
    await invoke(given, 'hypotheses register calm_again');
    await invoke(given, 'edges register calm_late');
    await invoke(given, `evidence attach edge:calm_late --run ${runs.validation} --role phase1`);
    const { data } = await invoke(given, ['promote', 'check', 'edge:calm_late', ...policy]);
    expect((data as { failed: string[] }).failed).toContain('HYP_AFTER_RUN');
    expect(bodies).toHaveLength(11);
    expect((await invoke(given, 'audit multiplicity')).text).toContain('2 trials of calm_again, calm_precedes_moves');
    const late = await invoke(given, ['promote', 'check', 'edge:calm_late', '--to', 'APPROVED', ...policy]);
    expect((late.data as { failed: string[] }).failed).toContain('HOLDOUT_FAILED');
  });

  it('refuses a run as evidence that used something else, or used it on its file’s word', async () => {
    const given = copyLake(lake);
    const other = { ...edgeDocument, edge_id: 'calm_other', params: { compression_rv_pct_max: 12 } };
    writeSpecs(given, { 'edges/calm_other.json': other, 'edges/calm_twin.json': { ...edgeDocument, edge_id: 'calm_twin' } });
    await invoke(given, 'edges register calm_other');
    await invoke(given, 'edges register calm_twin');
    const attach = (id: string) => invoke(given, `evidence attach edge:${id} --run ${runs.validation} --role validation`);
    await expect(attach('calm_other')).rejects.toThrow('with other parameters');
    await expect(attach('calm_twin')).rejects.toThrow('on its file’s word');
    await expect(invoke(given, `evidence attach ${edge} --run nothing --role validation`)).rejects.toMatchObject({ code: 'E_RUN_UNKNOWN' });
    expect(await idOf(given)).toBe(13);
  });

  it('counts one run in one role once, however often it is attached', async () => {
    const given = copyLake(lake);
    const { data } = await invoke(given, `evidence attach ${edge} --run ${runs.validation} --role validation`);
    expect((data as { is_new: boolean }).is_new).toBe(false);
    expect(await idOf(given)).toBe(11);
  });

  it('does not take a step that fails, and says what is open', async () => {
    const given = copyLake(lake);
    await invoke(given, ['promote', 'suspend', edge, '--reason', 'a pause', '--as', 'operator']);
    writeSpecs(given, {
      'policies/lenient-edge.json': { ...policyDocument, gates: [{ ...policyDocument.gates[1], threshold: 1e6 }, policyDocument.gates[5]] },
    });
    const { exit, data, text } = await decide(given, 'APPROVED');
    expect(exit).toBe(1);
    expect(data).toMatchObject({ decision: null, open_codes: ['ENOUGH_EVENTS'], verdict: 'FAIL_PROMOTION' });
    expect(text).toContain('stays SUSPENDED');
    expect(textOf(given, 'reports/promotion/edge_calm_breakout/promotion_verdict.md')).toContain('FAIL_PROMOTION');
    const override = (codes: string, expires: string) =>
      invoke(given, [
        'promote',
        'override',
        edge,
        '--to',
        'APPROVED',
        '--codes',
        codes,
        '--reason',
        'few but large',
        '--expires',
        expires,
        ...policy,
      ]);
    await expect(override('ENOUGH_EVENTS', '2025-01-01')).rejects.toMatchObject({ code: 'E_GOVERNANCE' });
    await expect(override('CODE_DRIFT', '2026-02-01')).rejects.toThrow('does not fail');
    expect((await override('ENOUGH_EVENTS', '2026-02-01')).exit).toBe(0);
    const approved = await why(given);
    expect(approved.trust).toBe('verified');
    expect(approved.text).toContain('OVERRIDE until 2026-02-01 of ENOUGH_EVENTS: few but large');
    expect((await invoke({ ...given, now: Date.UTC(2026, 1, 2) }, 'audit stale')).text).toContain('override expired');
    expect((await why({ ...given, now: Date.UTC(2026, 1, 2) })).trust).toBe('declared');
  });

  it('refuses approval after a second look at the sealed days', async () => {
    const given = copyLake(lake);
    await invoke(given, ['promote', 'suspend', edge, '--reason', 'a pause']);
    await sampleRun(given, { start: '2023-03-01', end: '2023-03-10', strategy_params: { vol_compression_v1: { compression_rv_pct_max: 15 } } });
    expect((await check(given, '--to', 'APPROVED')).failed).toEqual(['HOLDOUT_REUSED']);
    expect((await decide(given, 'APPROVED')).exit).toBe(1);
  });

  it('takes back by a reason, and never returns from the archive', async () => {
    const given = copyLake(lake);
    await invoke(given, ['promote', 'revoke', edge, '--reason', 'wrong data']);
    await invoke(given, ['promote', 'archive', edge, '--reason', 'done']);
    await expect(invoke(given, ['promote', 'suspend', edge, '--reason', 'again'])).rejects.toMatchObject({ code: 'E_GOVERNANCE' });
    expect((await check(given)).from).toBe('ARCHIVED');
  });

  it('leaves a line that a crash cut short out of the ledger, and goes on', async () => {
    const given = copyLake(lake);
    appendFileSync(join(given.dataRoot, 'governance/ledger.jsonl'), '{"seq":12,"at":"20');
    expect((await invoke(given, 'ledger verify')).text).toContain('cut short');
    await invoke(given, ['promote', 'suspend', edge, '--reason', 'a pause']);
    expect((await invoke(given, 'ledger verify')).exit).toBe(0);
    expect(await idOf(given)).toBe(12);
  });
});
