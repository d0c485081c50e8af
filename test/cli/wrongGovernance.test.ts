import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isAppError } from '../../src/core/errors.ts';
import { filesBelow } from '../support/cli.ts';
import { type GovernedLake, invoke, newLake, writeSpecs } from '../support/governance.ts';
import { removeFolders } from '../support/pipeline.ts';

afterAll(removeFolders);

const lake = newLake();
const overlay = 'vol_shock_relaxation_delay30_v1';
const shipped = (name: string) => readFileSync(join(import.meta.dirname, '../../specs', name), 'utf8');
const drafted = JSON.parse(shipped(`overlays/${overlay}.json`)) as { rule: object };
const withCondition = (name: string, condition: string) => ({ ...drafted, name, condition, rule: { ...drafted.rule, condition } });

writeSpecs(lake, {
  'overlays/broken_v1.json': '{"name": "broken_v1",',
  'overlays/absent_v1.json': withCondition('absent_v1', 'rv_97 > 0.5'),
  'overlays/late_v1.json': withCondition('late_v1', 'fp_active > 0'),
  'overlays/rejected_v1.json': { ...drafted, name: 'rejected_v1', status: 'REJECTED' },
  'policy_studies/orphan.yaml': shipped('policy_studies/vol_shock_throttle.yaml')
    .replace(/^id: .*$/m, 'id: orphan')
    .replace('study: vol_shock_relaxation', 'study: vol_shock_relaxatio'),
  'policy_studies/torn.yaml': 'id: [torn\nversion: }\n',
  'portfolios/other.yaml': shipped('portfolios/starter.yaml')
    .replace(/^id: .*$/m, 'id: other')
    .replace('vc_core', 'vc_cor'),
});

type Wrong = readonly [what: string, line: string, code: string, ...says: string[]];

const sample = '--source sample --symbols BTCUSDT --start 2023-01-01 --end 2023-01-02';
const run = (what: string, flags: string, code: string, ...says: string[]): Wrong => [what, `run ${sample} ${flags}`, code, ...says];

async function errorOf(given: GovernedLake, line: string): Promise<{ code: string; text: string; exit: number }> {
  try {
    await invoke(given, line);
  } catch (error) {
    if (isAppError(error)) return { code: error.code, text: `${error.message}\n${error.hint}`, exit: error.exit };
    throw error;
  }
  throw new Error(`${line} was not refused`);
}

const overlays: Wrong[] = [
  run('an unknown overlay, suggesting one', '--overlays vol_shock_relaxation_delay30', 'E_UNKNOWN_UNIT', `did you mean ${overlay}?`),
  run('a version that is not there', `--overlays ${overlay}@9`, 'E_UNKNOWN_UNIT', `${overlay}@9`),
  run('a list of overlays without a name', '--overlays ,', 'E_CONFIG', '--overlays', 'no name'),
  run('an overlay without a rule', '--overlays vol_aftershock_window_rerisk_placeholder_v1', 'E_SPEC', 'no rule'),
  run('broken JSON, naming the file', '--overlays broken_v1', 'E_SPEC', 'broken_v1.json', 'JSON_SYNTAX'),
  run('an overlay on a column that is not there, suggesting one', '--overlays absent_v1', 'E_SPEC', 'did you mean rv_96?'),
  run('an overlay that looks ahead', '--overlays late_v1', 'E_SPEC', 'CONDITION_NOT_CAUSAL'),
  run('an overlay that calls itself rejected', '--overlays rejected_v1', 'E_SPEC', 'REJECTED'),
  run('an unknown level of trust, suggesting one', `--overlays ${overlay} --trust recrded`, 'E_CONFIG', 'did you mean recorded?'),
  run('a draft where an approval is asked for', `--overlays ${overlay} --trust recorded`, 'E_TRUST', 'is declared', 'promote check'),
];
const policies: Wrong[] = [
  run('an unknown policy study, suggesting one', '--policy vol_shock_throtle', 'E_UNKNOWN_UNIT', 'did you mean vol_shock_throttle?'),
  run('a policy study without its parent, suggesting one', '--policy orphan', 'E_POLICY', 'did you mean vol_shock_relaxation?'),
  run('a policy study that is no YAML, naming the line', '--policy torn', 'E_CONFIG', 'torn.yaml line 2'),
  run('a list of policy studies without a name', '--policy ,', 'E_CONFIG', '--policy'),
  run('an opening of what the run has not', '--open-holdout starter', 'E_USAGE', 'add --studies, --policy or --portfolio'),
  ['policy list with an id', 'policy list vol_shock_throttle', 'E_USAGE', 'policy list takes nothing more, found vol_shock_throttle'],
];
const portfolios: Wrong[] = [
  run('modes without a portfolio', '--portfolio-modes hrp', 'E_CONFIG', '--portfolio-modes', 'add --portfolio'),
  run('a universe without a portfolio', '--portfolio-symbols TOP2', 'E_CONFIG', '--portfolio-symbols', 'add --portfolio'),
  run('a document without a portfolio', '--portfolio-spec other', 'E_CONFIG', '--portfolio-spec', 'add --portfolio'),
  run('an unknown document, suggesting one', '--portfolio --portfolio-spec startr', 'E_UNKNOWN_UNIT', 'did you mean starter?'),
  run('a document with an unknown edge, suggesting one', '--portfolio --portfolio-spec other', 'E_UNKNOWN_UNIT', 'did you mean vc_core?'),
  run('an unknown mode, suggesting one', '--portfolio --portfolio-modes equalweight', 'E_UNKNOWN_UNIT', 'did you mean equal_weight?'),
  run('a list of modes without a name', '--validate-portfolio --portfolio-modes ,', 'E_CONFIG', '--portfolio-modes'),
  run('the largest none', '--portfolio --portfolio-symbols TOP0', 'E_CONFIG', 'TOP0 is outside TOP1..TOP500'),
  run('the largest without a number', '--portfolio --portfolio-symbols TOP', 'E_CONFIG', 'TOP is without a number'),
  run('a misspelled holdout, suggesting it', '--portfolio --open-holdout startr', 'E_USAGE', 'did you mean starter?'),
  ['universe resolve with a symbol', `universe resolve BTCUSDT ${sample}`, 'E_USAGE', 'symbols follow --symbols'],
  ['universe explain without one', `universe explain ${sample}`, 'E_USAGE', 'needs a symbol'],
  ['portfolio solve with a day', `portfolio solve 2023-01-02 ${sample}`, 'E_USAGE', 'takes nothing more, found 2023-01-02'],
  ['portfolio explain of no day', `portfolio explain 2023-01-40 ${sample}`, 'E_USAGE', 'YYYY-MM-DD'],
];
const subjects: Wrong[] = [
  ['a subject without its kind', 'promote check calm_breakout', 'E_USAGE', 'KIND:ID'],
  ['a subject of an unknown kind', 'promote check edg:calm_breakout', 'E_USAGE', 'edge, overlay or portfolio'],
  ['an unknown subject, suggesting one', 'promote check edge:calm_breakou', 'E_UNKNOWN_UNIT', 'did you mean calm_breakout?'],
  ['an unknown state, suggesting one', 'promote check edge:calm_breakout --to APROVED', 'E_USAGE', 'did you mean APPROVED?'],
  ['a policy for another kind', 'promote check edge:calm_breakout --policy overlay-default', 'E_USAGE', 'the subject is an edge'],
  ['an unknown role, suggesting one', 'evidence attach edge:calm_breakout --run x --role validaton', 'E_USAGE', 'did you mean validation?'],
  ['a suspension without a reason', 'promote suspend edge:calm_breakout', 'E_USAGE', 'needs --reason'],
  ['an audit of the whole book with a subject', 'audit drift edge:calm_breakout', 'E_USAGE', 'takes nothing more'],
  ['the end of what never began', 'hypotheses close calm_precedes_moves --outcome REFUTED --reason x', 'E_GOVERNANCE', 'hypotheses register'],
  ['a certificate of nothing', `certify --studies none --policy none ${sample}`, 'E_USAGE', 'nothing is left to certify'],
  ['a certificate of a portfolio', `certify --portfolio ${sample}`, 'E_USAGE', 'no flag --portfolio'],
];

describe('the research commands end with 2, say what is wrong and what to do, and leave nothing: they refuse', () => {
  it.each([...overlays, ...policies, ...portfolios, ...subjects])('%s', async (_, line, code, ...says) => {
    const error = await errorOf(lake, line);
    expect([error.code, error.exit], error.text).toEqual([code, 2]);
    for (const part of says) expect(error.text).toContain(part);
    expect(filesBelow(lake.dataRoot).filter((name) => !name.startsWith('cache'))).toEqual([]);
  });
});

describe('a broken ledger', () => {
  it('is no ground for an answer, and nothing is written', async () => {
    const given = newLake();
    await invoke(given, 'hypotheses register calm_precedes_moves');
    await invoke(given, 'edges register calm_breakout');
    const file = join(given.dataRoot, 'governance/ledger.jsonl');
    writeFileSync(file, readFileSync(file, 'utf8').replace('calm_breakout', 'calm_breakouT'));
    const before = filesBelow(given.dataRoot);
    const asked = ['promote check edge:calm_breakout', 'promote decide edge:calm_breakout --to CANDIDATE', 'evidence verify', 'audit stale'];
    for (const line of [...asked, 'audit why-not edge:calm_breakout', 'audit coverage', 'ledger export', 'ledger checkpoint'])
      expect(await errorOf(given, line), line).toMatchObject({ code: 'E_LEDGER', exit: 3, text: expect.stringContaining('entry 2 was changed') });
    expect(filesBelow(given.dataRoot)).toEqual(before);
    const drift = await invoke(given, 'audit drift');
    expect([drift.exit, drift.data]).toEqual([1, [expect.objectContaining({ kind: 'ledger' })]]);
    expect(existsSync(join(given.dataRoot, 'reports'))).toBe(false);
  });
});
