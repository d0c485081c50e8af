import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import ledger from '../../src/cli/commands/ledger.ts';
import policyCommand from '../../src/cli/commands/policy.ts';
import runs from '../../src/cli/commands/runs.ts';
import type { ParsedFlags } from '../../src/cli/lib/command.ts';
import { isAppError } from '../../src/core/errors.ts';
import type { LedgerEntry } from '../../src/governance/ledger/entry.ts';
import type { CandidateList } from '../../src/research/candidate/rank.ts';
import type { OverlayDraft } from '../../src/research/policy/draftOverlay.ts';
import edgeCandidates from '../../src/stages/edge_candidates.ts';
import type { PolicyVerdictFile } from '../../src/stages/lib/policyFiles.ts';
import type { RunOptions, RunOutcome } from '../../src/stages/lib/runPipeline.ts';
import type { RunRequest } from '../../src/stages/lib/runConfig.ts';
import { writeFiles } from '../support/cli.ts';
import { errorsOf, invocation, verifyAll } from '../support/lake.ts';
import { removeFolders, runInProcess, temporaryFolder, withStage } from '../support/pipeline.ts';
import { busyPlugins, busyStrategy, lenientPolicy, policyRequest, policySpecs } from '../support/policyDocument.ts';

/** Policy studies and candidates, through the pipeline, on a quarter of one symbol of the simulated market. */

const [id, strict] = ['large_move_throttle', 'strict_throttle'];
const plugins = [busyPlugins(temporaryFolder())];
const strictly = (document: Record<string, unknown>) =>
  Object.assign(document, { id: strict, parent: { study: 'large_moves', version: 1 }, hypothesis: { ...(document['hypothesis'] as object), id } });
const specs = policySpecs(temporaryFolder(), lenientPolicy(), lenientPolicy(strictly));
const request: RunRequest = { ...policyRequest, edge_candidates: true };

const run = (dataRoot: string, changes: RunRequest = {}, options: Partial<RunOptions> & { specs?: string } = {}): Promise<RunOutcome> =>
  runInProcess({ ...request, ...changes }, { dataRoot, specs, plugins, ...options });
const codeOf = async (attempt: Promise<unknown>) => {
  const error = await attempt.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return isAppError(error) ? `${error.code}: ${error.message}` : String(error);
};
const manifestOf = ({ manifests }: RunOutcome, stage: string) => manifests.find((manifest) => manifest.stage === stage)!;

const policy = (dataRoot: string, args: readonly string[], flags: ParsedFlags = {}) =>
  policyCommand.run(invocation(dataRoot, args, { specs, plugins, ...flags }));

afterAll(removeFolders);

describe('a run with a policy study', () => {
  const dataRoot = temporaryFolder();
  let outcome: RunOutcome;
  const text = (path: string) => readFileSync(join(dataRoot, path), 'utf8');
  const json = <T>(path: string) => JSON.parse(text(path)) as T;
  const folderOf = (runId: string, policy = id) => `reports/policies/${policy}/v1/${runId}`;
  const log = async () => (await ledger.run(invocation(dataRoot, ['log'], {}))).data as LedgerEntry[];
  const list = () => json<CandidateList>(`reports/edge_candidates/${outcome.runId}/edge_candidates.json`);

  beforeAll(async () => {
    outcome = await run(dataRoot);
  }, 60_000);

  it('runs the parent study too, and keeps both documents whole', () => {
    expect(outcome.record.config.policies!.map((document) => document.id)).toEqual([id]);
    expect(outcome.record.config.studies!.map((document) => document.id)).toEqual(['large_moves']);
    expect(existsSync(join(dataRoot, 'reports', 'studies', 'large_moves', 'v1', outcome.runId, 'verdict.json'))).toBe(true);
  });

  it('leaves every table with its header, strict JSON, a lock and a page', () => {
    const folder = folderOf(outcome.runId);
    for (const name of ['cells', 'bindings', 'throttles', 'stability', 'baseline', 'coverage'])
      expect(text(`${folder}/${name}.csv`).split('\n')[0]).toMatch(/^[a-z_]+(,[a-z_]+)+$/);
    const verdict = json<PolicyVerdictFile>(`${folder}/verdict.json`);
    expect(verdict).toMatchObject({ policy: id, verdict: 'pass', decision: 'promote', promoted: ['fresh.leave'], family: { cells: 2, distinct: 1 } });
    expect(verdict.gates['same.leave']).toEqual({ distinct: 'fail' });
    expect(text(`${folder}/throttles.csv`).split('\n')).toHaveLength(2 + 2 * 199);
    const lock = json<Record<string, unknown>>(`${folder}/policy.lock.json`);
    expect(lock).toMatchObject({
      digest: verdict.digest,
      prior_trials: 0,
      holdout: 'sealed',
      document: { id },
      parent: { document: { id: 'large_moves' } },
    });
    expect(text(`${folder}/report.md`)).toContain('**Promoted: fresh, leave.**');
  });

  it('drafts an overlay for what is promoted, which names the run and applies to nothing', () => {
    const draft = json<OverlayDraft>(`${folderOf(outcome.runId)}/overlays/${id}__fresh__leave.json`);
    expect(draft).toMatchObject({ name: `${id}__fresh__leave`, status: 'DRAFT', event: 'large_moves', cost_bps_validated: 6 });
    expect(draft.run_ids_evidence.map((evidence) => evidence.run_id)).toEqual([outcome.runId, outcome.runId]);
    expect(draft.origin.bindings.some(({ flattened_positions: left }) => left > 0)).toBe(true);
  });

  it('shows both in report and summary, with links that lead somewhere', () => {
    const page = text(`reports/runs/${outcome.runId}/report.html`);
    const links = [...page.matchAll(/href="(\.\.\/\.\.\/(?:policies|edge_candidates)\/[^"]+)"/g)].map((match) => match[1]!);
    expect(new Set(links).size).toBeGreaterThanOrEqual(3);
    for (const link of links) expect(existsSync(join(dataRoot, 'reports', 'runs', outcome.runId, link)), link).toBe(true);
    expect(text(`reports/runs/${outcome.runId}/summary.md`)).toMatch(/## Policies\n\n- PASS large_move_throttle: promoted fresh, leave; 1 trial/);
  });

  it('lists what was found by class, with gates, effect and sample size as the studies wrote them', () => {
    const found = list();
    expect(found).toMatchObject({ run_id: outcome.runId, status: 'candidates' });
    expect(found.studies.map(({ source, subject, candidates }) => [source, subject, candidates])).toEqual([
      ['policy', id, 1],
      ['study', 'large_moves', 1],
    ]);
    const [cellFound, study] = found.candidates as [CandidateList['candidates'][number], CandidateList['candidates'][number]];
    const cell = json<PolicyVerdictFile>(`${folderOf(outcome.runId)}/verdict.json`).cells[0]!;
    expect(cellFound).toMatchObject({
      candidate: 'fresh.leave',
      rank: 1,
      status: 'pass',
      effect: cell.difference_bps,
      ci_low: cell.ci_low_bps,
      p: cell.p,
      n_events: cell.changed_trades,
      source_path: folderOf(outcome.runId),
    });
    expect(cellFound.gates.pass).toEqual(expect.arrayContaining(['throttles', 'A_interval', 'D_friction']));
    expect(study).toMatchObject({ class: 'study/risk_difference/share of moments', candidate: 'next', rank: 1 });
    expect(study.gates.inconclusive).toContain('surrogate_markets');
    const rows = text(`reports/edge_candidates/${outcome.runId}/edge_candidates.csv`).trimEnd().split('\n');
    expect(rows).toHaveLength(1 + found.candidates.length);
  });

  it('counts the cells with positions of their own as trials, once', async () => {
    const entries = await log();
    expect(entries.map(({ body }) => (body.t === 'TRIALS' ? `${body.kind} ${body.subject} ${body.trials}` : body.t)).sort()).toEqual([
      'backtest vol_compression_v1 1',
      `policy ${id} 1`,
      'study large_moves 1',
    ]);
    expect((await run(dataRoot)).executed).toEqual([]);
    expect(await log()).toEqual(entries);
  });

  it('is what `policy run` with the same flags finds done, and prints as text and as data', async () => {
    const { source, start, end } = policyRequest;
    const { data, text: printed, exit } = await policy(dataRoot, ['run', id], { source, symbols: 'BTCUSDT', start, end, 'edge-candidates': true });
    expect(exit ?? 0).toBe(0);
    expect(printed).toMatch(/^Promoted: fresh, leave\.\n/);
    expect(printed).toMatch(/pass +A_interval: /);
    expect(data).toMatchObject({
      run_id: outcome.runId,
      policy: id,
      decision: 'promote',
      overlays: [expect.stringMatching(/fresh__leave\.json$/) as string],
    });
    expect(JSON.parse(JSON.stringify(data))).toEqual(data);
  });

  it('forced, finds what it found before although its own trial is in the ledger', async () => {
    const before = manifestOf(outcome, 'policy').outputs;
    const again = await run(dataRoot, {}, { force: true });
    expect(again.record.prior_trials).toEqual({ [id]: 0 });
    expect(manifestOf(again, 'policy').outputs).toEqual(before);
  }, 60_000);

  it('counts what was tried before in the number that it is judged by, is verified, and reproduced to the same tree on two threads without that ledger', async () => {
    const other = await run(dataRoot, { policy: [id, strict], end: '2024-01-30' });
    expect(other.runId).not.toBe(outcome.runId);
    // Both share a hypothesis: the trial of the first run counts, and so do the two cells that the same run tries beside each.
    expect(other.record.prior_trials).toEqual({ [id]: 3, [strict]: 3 });
    expect(json<PolicyVerdictFile>(`${folderOf(other.runId)}/verdict.json`).family.prior).toBe(3);
    const nothing = json<PolicyVerdictFile>(`${folderOf(other.runId, strict)}/verdict.json`);
    expect(nothing).toMatchObject({ verdict: 'inconclusive', decision: 'freeze', family: { cells: 0, prior: 3 } });
    expect(nothing.missing[0]).toMatch(/^the parent study large_moves version 1 ended /);
    expect(text(`${folderOf(other.runId, strict)}/report.md`)).toContain('**Nothing was tried.** the parent study');
    // Nothing was tried, so nothing is in the ledger.
    expect((await log()).some(({ body }) => body.t === 'TRIALS' && body.subject === strict)).toBe(false);
    const reproduced = await runs.run(invocation(dataRoot, ['reproduce', other.runId], { workers: '2', plugins }));
    expect(reproduced.data).toMatchObject({ isEqual: true });
    expect(errorsOf(await verifyAll(dataRoot, { runId: other.runId }))).toEqual([]);
  }, 60_000);

  it('goes on with the number that it was judged by, and another cost of the backtest is no other trial of the policy', async () => {
    const before = await log();
    const first = await run(dataRoot, { cost_bps: 7 }, { until: 'policy' });
    expect(first.record).toMatchObject({ status: 'running', prior_trials: { [id]: 1 } });
    const { executed, manifests, record } = await run(dataRoot, { cost_bps: 7 }, { workers: 2 });
    expect(executed).toEqual(['edge_candidates', 'backtest', 'report']);
    expect(record.prior_trials).toEqual({ [id]: 1 });
    expect(manifests.find(({ stage }) => stage === 'policy')).toEqual(manifestOf(first, 'policy'));
    const added = (await log()).slice(before.length).map(({ body }) => (body.t === 'TRIALS' ? body.kind : body.t));
    expect(added).not.toContain('policy');
  }, 60_000);

  it('opens the holdout of a policy study once', async () => {
    const opened = await run(dataRoot, { open_holdout: [id] }, { until: 'policy' });
    expect(json<Record<string, unknown>>(`${folderOf(opened.runId)}/policy.lock.json`)['holdout']).toBe('open');
    expect((await log()).some(({ body }) => body.t === 'HOLDOUT_OPENED' && body.subject === id && body.run_id === opened.runId)).toBe(true);
    expect(await codeOf(run(dataRoot, { open_holdout: [id], end: '2024-01-30' }))).toContain('E_HOLDOUT');
    expect(await codeOf(run(dataRoot, { open_holdout: ['nothing'] }))).toContain('the run has no such study');
  }, 60_000);

  it('never empties a list of candidates without being forced to', async () => {
    const path = `reports/edge_candidates/alone/edge_candidates.json`;
    const filled = JSON.stringify({ candidates: [{}] });
    writeFiles(dataRoot, { [path]: filled });
    const alone = () => withStage(edgeCandidates, { ...request, policy: [] }, { dataRoot }, async (_, result) => result);
    expect(await codeOf(alone())).toContain(`E_RESULT_EMPTIED: ${path} holds 1 candidates`);
    expect(text(path)).toBe(filled);
    writeFileSync(join(dataRoot, path), JSON.stringify({ candidates: [] }));
    const { effective, findings } = await alone();
    expect(effective).toEqual({ status: 'no_study' });
    expect(findings.map(({ code }) => code)).toEqual(['CANDIDATES_NO_STUDY']);
    expect(json<CandidateList>(path)).toMatchObject({ status: 'no_study', studies: [], candidates: [] });
  });
});

describe('the policy command', () => {
  const command = (args: readonly string[]) => policy(temporaryFolder(), args);

  it('lists, shows and checks documents, those of --specs too', async () => {
    const { data, text } = await command(['list']);
    expect((data as { id: string }[]).map((row) => row.id)).toEqual([id, strict, 'vol_shock_throttle']);
    expect(text).toContain('vol_shock_relaxation');
    const shown = await command(['show', id]);
    expect(shown.text).toContain('fresh: event.age > 0 and event.age <= 8');
    expect(shown.data).toMatchObject({ document: { id }, cells: 2 });
    expect((await command(['validate', join(specs, 'policy_studies', `${id}.yaml`)])).text).toContain('is valid, digest');
  });
});

describe('wrong inputs are refused before anything is made', () => {
  const broken = (change: (document: Record<string, unknown>) => void) => policySpecs(temporaryFolder(), lenientPolicy(change));
  it.each<[string, () => string, string]>([
    ['a policy study that does not exist', () => policySpecs(temporaryFolder()), 'E_UNKNOWN_UNIT: no policy study is called large_move_throttle'],
    [
      'a parent that does not exist',
      () => broken((d) => (d['parent'] = { study: 'large_move', version: 1 })),
      'no study is called large_move; did you mean large_moves?',
    ],
    ['another version of the parent', () => broken((d) => (d['parent'] = { study: 'large_moves', version: 2 })), 'it names large_moves version 2'],
    [
      'a strategy that does not exist',
      () => broken((d) => (d['baseline'] = [{ strategy: 'bussy_test' }])),
      `no strategy is called bussy_test; did you mean ${busyStrategy}?`,
    ],
    ['an unknown key, with its line', () => broken((d) => (d['actoins'] = {})), 'policy_studies/large_move_throttle.yaml'],
    ['an id that is not the file’s name', () => broken((d) => (d['title'] = '')), 'line 4'],
  ])('%s', async (_, folder, message) => {
    const dataRoot = temporaryFolder();
    expect(await codeOf(run(dataRoot, {}, { specs: folder() }))).toContain(message);
    expect(existsSync(join(dataRoot, 'runs'))).toBe(false);
  });
});
