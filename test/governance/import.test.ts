import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type ImportCode, importCodes } from '../../src/governance/compat/importFinding.ts';
import { importOverlay } from '../../src/governance/compat/importOverlay.ts';
import { readReferenceCondition } from '../../src/governance/compat/referenceCondition.ts';
import type { ImportResult } from '../../src/stages/lib/governanceImport.ts';
import { tableUnder } from '../support/documents.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';
import { projectRoot } from '../support/shared.ts';
import { command, failureOf } from './command.ts';

/** Governance specification 21.10: the three overlays and three edges of the reference system, with everything that is wrong with them. */

/** Whatever JSON holds. */
type Json = ReturnType<typeof JSON.parse>;

const reference = join(projectRoot, 'test', 'governance', 'reference');
const files = readdirSync(join(reference, 'edges')).map((name) => join(reference, 'edges', name));
const folder = temporaryFolder();
const dataRoot = join(folder, 'data');
const out = (kind: string) => join(folder, 'specs', kind);

interface ImportData {
  readonly imported: number;
  readonly failed: number;
  readonly results: readonly ImportResult[];
}

const overlays = (await command(['overlays', 'import', ...files, '--out', out('overlays')], dataRoot)).data as ImportData;
const edges = (await command(['edges', 'import', join(reference, 'pipeline.yaml'), '--out', out('edges')], dataRoot)).data as ImportData;
afterAll(removeFolders);

const named = ({ results }: ImportData, name: string) => results.find((result) => result.name === name)!;
const codesOf = (result: ImportResult) => [...new Set(result.findings.map(({ code }) => code))].sort();

describe('the overlays of the reference system', () => {
  const delay = named(overlays, 'vol_shock_relaxation_delay30_v1');

  it('come in as drafts, whatever they say', () => {
    expect([overlays.imported, overlays.failed]).toEqual([3, 0]);
    expect(overlays.results.map(({ document }) => document!.status)).toEqual(['DRAFT', 'DRAFT', 'DRAFT']);
  });

  it('report all that is known about the approved one', () => {
    expect(codesOf(delay)).toEqual([
      'ACTION_UNIT',
      'CLAIM_DROPPED',
      'CONDITION_EX_POST',
      'CONDITION_UNTESTED',
      'EVENT_SCOPE_ASSUMED',
      'EVIDENCE_HASH_LABEL',
      'EVIDENCE_NOT_FOUND',
      'NEVER_EXECUTED',
      'STATUS_NOT_CARRIED',
      'UNIT_PERCENT',
    ]);
    expect(delay.findings.filter(({ code }) => code === 'EVIDENCE_NOT_FOUND').map(({ message }) => message.split(': ')[1])).toEqual([
      'baseline_2021_2022_phase2_promotion',
      'baseline_2021_2022_survivability_a',
      'baseline_2021_2022_survivability_b',
    ]);
  });

  it('put bars since onset against the median duration of completed events in place of what was known afterwards', () => {
    const { rule } = delay.document as Json;
    expect(rule.effect).toEqual({ kind: 'delay', bars: 30, onSignalLost: 'drop' });
    expect(rule.condition).toBe('active and (age <= 0.33 * typical_duration or hour() >= 8 and hour() <= 15)');
    expect(rule.series).toMatchObject({ age: 'since(onset, 960)', typical_duration: 'median_where(age, ended, 2880)' });
    expect(rule.parent).toBeNull();
  });

  it('leave placeholders without a rule', () => {
    for (const name of ['vol_aftershock_window_rerisk_placeholder_v1', 'liquidity_refill_lag_window_placeholder_v1']) {
      const result = named(overlays, name);
      expect((result.document as Json)['rule']).toBeNull();
      expect(codesOf(result)).toEqual(['ACTION_NONE', 'CLAIM_DROPPED', 'LIMIT_MISSING']);
    }
  });

  it('say what became of every key of the file', () => {
    for (const { source, fields } of overlays.results) {
      const told = fields.map(({ field }) => field);
      for (const key of Object.keys(JSON.parse(readFileSync(source, 'utf8')) as object))
        expect(
          told.some((field) => field === key || field.startsWith(`${key}.`)),
          `${source} ${key}`,
        ).toBe(true);
    }
  });

  it('are sound documents where they are written, and no approved ones', async () => {
    const { exit, data } = await command(['overlays', 'lint', '--specs', join(folder, 'specs')], dataRoot);
    expect(exit, JSON.stringify(data)).toBe(0);
    const list = (await command(['overlays', 'list', '--specs', join(folder, 'specs')], dataRoot)).data as Json;
    expect(new Set(list['overlays'].map(({ claim }: Json) => claim))).toEqual(new Set(['DRAFT']));
  });
});

describe('the edges of the reference system', () => {
  it('come in as drafts of the next version, with everything reported', () => {
    expect([edges.imported, edges.failed]).toEqual([3, 0]);
    for (const result of edges.results) {
      expect(result.document).toMatchObject({ status: 'DRAFT', version: 2, cost_floor: { fee_bps_per_side: 4, slippage_bps_per_fill: 2 } });
      expect(result.document).toMatchObject({ validity: { from: '2020-01-01', to: null }, tuning: 'locked', hypothesis: null });
      expect(codesOf(result)).toEqual(
        expect.arrayContaining([
          'CLAIM_DROPPED',
          'EVIDENCE_HASH_LABEL',
          'EVIDENCE_NOT_CARRIED',
          'EVIDENCE_NOT_FOUND',
          'FIELD_NOT_ENFORCED',
          'HYPOTHESIS_NONE',
          'STATUS_NOT_CARRIED',
          'STRATEGY_VARIANT',
        ] satisfies ImportCode[]),
      );
    }
  });

  it('trade what the shipped ones trade', async () => {
    for (const result of edges.results) {
      const { document } = (await command(['edges', 'show', result.name])).data as { document: Json };
      const imported = result.document as Json;
      for (const key of ['strategy', 'params', 'cost_floor', 'validity', 'sizing', 'overlays']) expect(imported[key], key).toEqual(document[key]);
      expect(imported['signal_fields'].toSorted()).toEqual(document['signal_fields']);
    }
    expect(codesOf(named(edges, 'vc_return_tilt'))).toContain('NEVER_EXECUTED');
  });

  it('are sound documents where they are written', async () => {
    expect((await command(['edges', 'lint', '--specs', join(folder, 'specs')], dataRoot)).exit).toBe(0);
  });
});

describe('an import', () => {
  it('twice writes the same files, and never over others', async () => {
    const again = (await command(['edges', 'import', join(reference, 'pipeline.yaml'), '--out', out('edges')], dataRoot)).data as ImportData;
    expect(again).toEqual(edges);
    writeFileSync(join(out('edges'), 'vc_core.json'), '{}');
    expect(await failureOf(['edges', 'import', join(reference, 'pipeline.yaml'), '--out', out('edges')])).toContain('another document of this name');
    expect(readFileSync(join(out('edges'), 'vc_core.json'), 'utf8')).toBe('{}');
  });

  it('of bad files says no, and takes nothing from the good ones', async () => {
    const bad = join(folder, 'bad');
    mkdirSync(bad);
    writeFileSync(join(bad, 'broken.json'), '{"name": ');
    writeFileSync(join(bad, 'list.json'), '[1]');
    writeFileSync(join(bad, 'bare.json'), '{"name": "x"}');
    const line = ['overlays', 'import', ...['broken', 'list', 'bare'].map((name) => join(bad, `${name}.json`)), ...files.slice(0, 1)];
    const { exit, data } = await command(line, dataRoot);
    expect(exit).toBe(1);
    expect(data).toMatchObject({ imported: 1, failed: 3 });
    for (const result of (data as ImportData).results.slice(0, 3)) expect(codesOf(result)).toContain('NOT_IMPORTED');
    writeFileSync(join(bad, 'other.yaml'), 'symbols: [BTCUSDT]\n');
    expect((await command(['edges', 'import', join(bad, 'other.yaml')], dataRoot)).data).toMatchObject({ imported: 0, failed: 1 });
    expect(await failureOf(['overlays', 'import', join(bad, 'absent.json')])).toContain('E_CONFIG');
    expect(await failureOf(['overlays', 'import'])).toContain('E_USAGE');
  });

  it('of a candidate with a delay in seconds leaves it without a rule: bars are 15 minutes', () => {
    const text = JSON.parse(
      readFileSync(
        files.find((file) => file.includes('delay30'))!,
        'utf8',
      ),
    );
    const { document, findings } = importOverlay(
      { ...text, status: 'DRAFT', name: 'abma_funding_boundary_delay_300s', action: 'delay_entry_by_seconds: 300', owner: 'me' },
      { source: 'candidate.json', hasRun: () => true },
    );
    expect(document!.rule).toBeNull();
    expect(findings.map(({ code }) => code)).toEqual(expect.arrayContaining(['ACTION_UNREADABLE', 'FIELD_UNKNOWN', 'EVIDENCE_HASH_LABEL']));
    expect(findings.map(({ code }) => code)).not.toContain('EVIDENCE_NOT_FOUND');
  });

  it('documents every code', () => {
    const listed = Object.fromEntries(tableUnder('docs/governance.md', 'What an import says').map(([code, meaning]) => [code, meaning]));
    expect(listed).toEqual(importCodes);
  });
});

describe('conditions in words', () => {
  it.each([
    ['fractional_age ≤ 0.33 OR EU-session hour within 8..15', '(age <= 0.33 * typical_duration or hour() >= 8 and hour() <= 15)'],
    ['(fractional_age<=0.33) or (session_eu)', '(age <= 0.33 * typical_duration or hour() >= 8 and hour() <= 15)'],
    ['fractional_age_0_33 || hour between 8 and 15', '(age <= 0.33 * typical_duration or hour() >= 8 and hour() <= 15)'],
    ['hour in [0, 7] and fractional_age > 0.66', 'hour() >= 0 and hour() <= 7 and age > 0.66 * typical_duration'],
    ['session_us and (fractional_age <= 0.5 or hour >= 20)', 'hour() >= 16 and hour() <= 23 and (age <= 0.5 * typical_duration or hour() >= 20)'],
    ['true', '1 == 1'],
    ['volatility is high', null],
    ['hour within 20..40', null],
    ['fractional_age <= 0.33 or whatever', null],
  ])('%s', (text, formula) => {
    expect(readReferenceCondition(text).formula).toBe(formula);
  });
});
