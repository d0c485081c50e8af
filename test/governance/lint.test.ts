import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { edgeProblems } from '../../src/governance/documents/checkEdge.ts';
import { specCodes } from '../../src/governance/documents/codes.ts';
import { type CompiledOverlay, compileOverlay } from '../../src/governance/documents/compileOverlay.ts';
import { specKinds } from '../../src/governance/documents/finding.ts';
import { specJsonSchemas } from '../../src/governance/documents/jsonSchemas.ts';
import { metrics } from '../../src/governance/documents/metrics.ts';
import { parseDocument } from '../../src/governance/documents/parseDocument.ts';
import { openRegistry } from '../../src/registry/discover.ts';
import { targetStrategy } from '../../src/research/testing/policyFixtures.ts';
import { loadSpecBook } from '../../src/stages/lib/governanceSpecs.ts';
import { specFolders } from '../../src/stages/lib/specs.ts';
import { tableUnder } from '../support/documents.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';
import { projectRoot } from '../support/shared.ts';
import { command, effects, failureOf } from './command.ts';
import { forgeries } from './forgeries.ts';
import { schemaPaths } from './schemaPaths.ts';

/** Whatever JSON holds. */
type Json = ReturnType<typeof JSON.parse>;

afterAll(removeFolders);

const kinds = ['overlays', 'edges', 'hypotheses', 'experiments'];
const shipped = (path: string): Json => JSON.parse(readFileSync(join(projectRoot, 'specs', path), 'utf8'));

/** A folder of documents: path below it to text or to plain data. */
function specs(files: Readonly<Record<string, unknown>>): string {
  const folder = temporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

async function codesIn(folder: string, kind: string): Promise<string[]> {
  const { data } = await command([kind, 'lint', '--specs', folder]);
  return (data as Json)['findings'].filter(({ severity }: Json) => severity === 'error').map(({ code, path }: Json) => `${code} ${path}`);
}

describe('the book that comes with the product', () => {
  it.each(kinds)('%s: has no error, and is listed and shown', async (kind) => {
    const lint = await command([kind, 'lint']);
    expect(lint.exit, lint.text).toBe(0);
    const { [kind]: listed, refused } = (await command([kind, 'list'])).data as Json;
    expect(refused).toEqual([]);
    expect(listed.length).toBeGreaterThanOrEqual(2);
    for (const { id, digest } of listed) {
      const shown = await command([kind, 'show', id]);
      expect(shown.data).toMatchObject({ id, digest });
      expect(shown.text).toContain(digest);
    }
  });

  it('is drafts: placeholders without a rule, and nothing that claims more', async () => {
    const { overlays } = (await command(['overlays', 'list'])).data as Json;
    expect(overlays.map(({ claim }: Json) => claim)).toEqual(['DRAFT', 'DRAFT', 'DRAFT']);
    const { findings } = (await command(['overlays', 'lint'])).data as Json;
    expect(findings.map(({ code, severity }: Json) => `${severity} ${code}`)).toEqual(Array(2).fill('warning ACTION_NOT_EXECUTABLE'));
  });

  it('is read once, and cannot be changed afterwards', async () => {
    const book = await loadSpecBook(specFolders(effects.files, null), openRegistry());
    expect(() => Object.assign(book.edges[0]!.document, { status: 'APPROVED' })).toThrow(TypeError);
    expect((await loadSpecBook(specFolders(effects.files, null), openRegistry())).digest).toBe(book.digest);
    expect([...book.compiled.keys()]).toEqual(['vol_shock_relaxation_delay30_v1@1']);
  });
});

describe('references between documents', () => {
  const edge = (change: Json) => ({ ...shipped('edges/vc_core.json'), ...change });

  it('an edge finds overlay and hypothesis of its own folder, and misses what is refused', async () => {
    const overlay = { ...shipped('overlays/vol_shock_relaxation_delay30_v1.json'), name: 'mine' };
    const sound = { 'overlays/mine.json': overlay, 'edges/an_edge.json': edge({ edge_id: 'an_edge', overlays: [{ name: 'mine', version: 1 }] }) };
    expect(await codesIn(specs(sound), 'edges')).toEqual([]);
    const broken = { ...sound, 'overlays/mine.json': { ...overlay, cost_bps_validated: '6' } };
    expect(await codesIn(specs(broken), 'edges')).toEqual(['OVERLAY_UNKNOWN overlays.0']);
    const lost = { 'edges/an_edge.json': edge({ edge_id: 'an_edge', hypothesis: 'vol_compression_expansio' }) };
    expect(await codesIn(specs(lost), 'edges')).toEqual(['HYPOTHESIS_UNKNOWN hypothesis']);
  });

  it('two overlays under one condition conflict where one leaves the other nothing', async () => {
    const base = shipped('overlays/vol_shock_relaxation_delay30_v1.json');
    const made = (name: string, effect: Json, condition = 'close > 1') => ({
      ...base,
      name,
      condition,
      rule: { condition, series: {}, effect, release: null, parent: null },
    });
    const lintOf = (a: Json, b: Json) =>
      codesIn(
        specs({
          'overlays/first.json': { ...a, name: 'first' },
          'overlays/second.json': { ...b, name: 'second' },
          'edges/an_edge.json': edge({ edge_id: 'an_edge', overlays: ['first', 'second'].map((name) => ({ name, version: 1 })) }),
        }),
        'edges',
      );
    const [block, half, delay] = [
      made('b', { kind: 'block' }),
      made('s', { kind: 'size', factor: 0.5 }),
      made('d', { kind: 'delay', bars: 2, onSignalLost: 'drop' }),
    ];
    expect(await lintOf(half, block)).toEqual(['OVERLAY_CONFLICT overlays.1']);
    expect(await lintOf(delay, delay)).toEqual(['OVERLAY_CONFLICT overlays.1']);
    expect(await lintOf(delay, half)).toEqual([]);
    expect(await lintOf(half, made('b', { kind: 'block' }, 'close > 2'))).toEqual([]);
  });

  it('a strategy that names positions cannot be entered without its signal', () => {
    const { document } = parseDocument('overlays', shipped('overlays/vol_shock_relaxation_delay30_v1.json'));
    const columns = { catalog: new Map([['close', { reads: 0 }]]), retrospective: new Set<string>() };
    const compiled = compileOverlay(document!, columns);
    const late = { ...compiled, effect: { kind: 'delay', bars: 30, onSignalLost: 'enter' } as const };
    const own = {
      strategy: { id: 'target_test' },
      params: {},
      signal_fields: ['signal'],
      hypothesis: null,
      overlays: [{ name: late.id, version: 1 }],
    };
    const strategies = new Map([[targetStrategy.id, targetStrategy]]);
    const codes = (overlay: CompiledOverlay) =>
      edgeProblems(
        parseDocument('edges', edge(own)).document!,
        { strategies },
        { hypotheses: new Set(), overlays: new Map([[`${late.id}@1`, overlay]]) },
      );
    expect(codes(compiled)).toEqual([]);
    expect(codes(late).map(({ code, path }) => `${code} ${path}`)).toEqual(['OVERLAY_UNSUPPORTED overlays.0']);
  });

  it('a copy is set aside, other content under one version is an error, the next version stands beside', async () => {
    expect(await codesIn(specs({ 'edges/vc_core.json': edge({}) }), 'edges')).toEqual([]);
    const torn = specs({ 'edges/vc_core.json': edge({ notes: 'mine' }) });
    expect(await codesIn(torn, 'edges')).toEqual(['VERSION_CONFLICT ']);
    // Which of the two was meant cannot be told: neither is used, also not the one that came first.
    expect(await failureOf(['edges', 'show', 'vc_core', '--specs', torn])).toContain('VERSION_CONFLICT');
    const folder = specs({ 'edges/vc_core@2.json': edge({ version: 2, notes: 'mine' }) });
    expect(await codesIn(folder, 'edges')).toEqual([]);
    expect((await command(['edges', 'show', 'vc_core', '--specs', folder])).data).toMatchObject({ version: 2 });
    expect((await command(['edges', 'show', 'vc_core@1', '--specs', folder])).data).toMatchObject({ version: 1 });
  });

  it('an experiment keeps to its hypothesis, its policy and its budget', async () => {
    const text = readFileSync(join(projectRoot, 'specs', 'experiments', 'vc_book.yaml'), 'utf8').replace('id: vc_book', 'id: other');
    const change = (from: string, to: string) => codesIn(specs({ 'experiments/other.yaml': text.replace(from, to) }), 'experiments');
    expect(await change('', '')).toEqual([]);
    expect(await change('trial_budget: 12', 'trial_budget: 4')).toEqual(['BUDGET_EXCEEDED plan']);
    expect(await change('trial_budget: 12', 'trial_budget: 400')).toEqual(['BUDGET_EXCEEDED trial_budget']);
    expect(await change('digest: null', `digest: ${'a'.repeat(64)}`)).toEqual(['DIGEST_MISMATCH hypothesis.digest']);
    expect(await change('version: 1', 'version: 9')).toEqual(['POLICY_UNKNOWN policy']);
    expect(await change('key: core_validation', 'key: discovery')).toEqual(['RUN_DUPLICATE plan.1.key']);
    expect(await change('strategies: [vol_compression_v1] }', 'strategis: [vol_compression_v1] }')).toEqual([
      'CONFIG_UNKNOWN plan.0.config.strategis',
    ]);
  });

  it('a hypothesis keeps to its metric, its search and its ancestors', async () => {
    const text = readFileSync(join(projectRoot, 'specs', 'hypotheses', 'vol_shock_delay.yaml'), 'utf8').replace('id: vol_shock_delay', 'id: other');
    const change = (from: string, to: string) => codesIn(specs({ 'hypotheses/other.yaml': text.replace(from, to) }), 'hypotheses');
    expect(await change('unit: bps_per_day', 'unit: fraction')).toEqual(['UNIT_MISMATCH claim.min_effect.unit']);
    expect(await change('max_trials: 12', 'max_trials: 5')).toEqual(['SEARCH_TOO_LARGE search.max_trials']);
    expect(await change('parents: []', 'parents: [other]')).toEqual(['LINEAGE_CIRCULAR lineage.parents']);
    expect(await change('parents: []', 'parents: [nobody]')).toEqual(['HYPOTHESIS_UNKNOWN lineage.parents.0']);
    expect(await change('code: NEVER_ACTS', 'code: NO_EFFECT')).toEqual(['GATE_DUPLICATE falsifiers.1.code']);
    expect(await change('version: 1', 'version: 3')).toEqual(['PARENT_UNKNOWN event.definition']);
    expect(await change('title: Entries', 'title: &a Entries')).toEqual([]);
    expect(await change('title: Entries', 'title: *b # ')).toEqual(['YAML_SYNTAX ']);
    expect(await change('kind: delay, bars: 8', 'kind: reverse, bars: 8')).toEqual(['ACTION_NOT_EXECUTABLE search.actions.delay_8.kind']);
  });

  it('a policy asks for what it judges', async () => {
    const policy: Json = { ...shipped('policies/edge-default.json'), id: 'mine' };
    const change = (rest: Json) => codesIn(specs({ 'policies/mine.json': { ...policy, ...rest } }), 'experiments');
    expect(await change({})).toEqual([]);
    expect(await change({ accepted_accountings: [{ accounting: 'dream', label: 'none' }] })).toEqual([
      'ACCOUNTING_UNKNOWN accepted_accountings.0.accounting',
    ]);
    expect(await change({ edge_state: 'APPROVED' })).toEqual(['KEY_UNKNOWN edge_state']);
    expect(await change({ required_roles: { CANDIDATE: [], VALIDATED: ['validation'], APPROVED: [] } })).toEqual(
      [...policy['gates'].entries()]
        .filter(([, { role }]: [number, Json]) => role !== 'validation')
        .map(([i]: [number, Json]) => `GATE_UNREACHABLE gates.${i}.role`),
    );
  });
});

describe('the commands', () => {
  it('judge a named file among the others, whatever it is called', async () => {
    const folder = specs({ 'draft of mine.json': { ...shipped('edges/vc_core.json'), edge_id: 'mine', version: 3 } });
    const path = join(folder, 'draft of mine.json');
    expect((await command(['edges', 'lint', path])).data).toEqual({ files: [path], errors: 0, findings: [] });
    writeFileSync(path, '{}');
    const { exit, text } = await command(['edges', 'lint', path]);
    expect(exit).toBe(1);
    expect(text).toContain('KEY_MISSING');
    expect((await command(['edges', 'lint', join(folder, 'absent.json')])).exit).toBe(1);
  });

  it('refuse what they cannot do, and say what can be done', async () => {
    expect(await failureOf(['edges', 'show', 'vc_cor'])).toBe('E_UNKNOWN_UNIT: no edge is called vc_cor; did you mean vc_core?');
    expect(await failureOf(['edges', 'show', 'vc_core@9'])).toContain('E_UNKNOWN_UNIT');
    expect(await failureOf(['edges', 'show'])).toContain('E_USAGE: edges show needs one id');
    expect(await failureOf(['edges', 'show', 'vc_core', 'vc_return_tilt'])).toContain('found vc_return_tilt as well');
    expect(await failureOf(['edges', 'list', 'vc_core'])).toContain('edges list takes no id');
    expect(await failureOf(['hypotheses', 'import', 'x.yaml'])).toContain('E_USAGE');
    expect(await failureOf(['overlays', 'lint', '--out', 'x'])).toContain('E_USAGE');
    expect(await failureOf(['overlays', 'list', '--specs', join(temporaryFolder(), 'absent')])).toContain('E_CONFIG');
    const folder = specs({ 'edges/broken.json': { ...shipped('edges/vc_core.json'), edge_id: 'broken', version: '1' } });
    expect(await failureOf(['edges', 'show', 'broken', '--specs', folder])).toMatch(/E_SPEC: .*broken\.json line 1, version: WRONG_TYPE/);
    expect((await command(['edges', 'list', '--specs', folder])).text).toContain('1 refused');
  });

  it('pass over notes and hidden files, and over nothing else', async () => {
    const folder = specs({ 'edges/README.md': '# mine', 'edges/.keep': '', 'edges/vc_core.yaml': 'a: 1', 'hypotheses/x.json': '{}' });
    expect(await codesIn(folder, 'edges')).toEqual(['FILE_NAME ']);
    expect(await codesIn(folder, 'hypotheses')).toEqual(['FILE_NAME ']);
    mkdirSync(join(folder, 'edges', 'folder.json'));
    expect(await codesIn(folder, 'edges')).toEqual(['FILE_UNREADABLE ', 'FILE_NAME ']);
  });

  it('find every forged overlay in a folder that also has sound ones', async () => {
    const folder = temporaryFolder();
    cpSync(join(projectRoot, 'specs', 'edges'), join(folder, 'edges'), { recursive: true });
    mkdirSync(join(folder, 'overlays'));
    const [forged] = forgeries;
    writeFileSync(join(folder, 'overlays', forged!.file), forged!.bytes);
    const { findings } = (await command(['overlays', 'lint', '--specs', folder])).data as Json;
    expect(findings.filter(({ severity }: Json) => severity === 'error').map(({ file, code }: Json) => [file, code])).toEqual([
      [join(folder, 'overlays', forged!.file), 'EVIDENCE_MISSING'],
    ]);
  });
});

describe('docs/governance.md', () => {
  const titles = { overlays: 'Overlays', edges: 'Edges', hypotheses: 'Hypotheses', experiments: 'Experiments', policies: 'Promotion policies' };

  it.each(specKinds)('lists every key of %s, with its unit', (kind) => {
    const rows = tableUnder('docs/governance.md', titles[kind]);
    expect(rows.map(([key]) => key)).toEqual(schemaPaths(specJsonSchemas()[kind]));
    for (const [key, unit, meaning] of rows) expect([key, unit!.length > 1, meaning!.length > 2]).toEqual([key, true, true]);
  });

  it('lists every metric with its unit, and every code with what to do', () => {
    expect(tableUnder('docs/governance.md', 'Metrics')).toEqual(Object.entries(metrics).map(([id, { unit, help }]) => [id, unit, help]));
    expect(Object.fromEntries(tableUnder('docs/governance.md', 'What lint says'))).toEqual(specCodes);
  });
});
