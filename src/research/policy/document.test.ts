import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { builtInFeatures, builtInStrategies } from '../../library/units.ts';
import { AppError } from '../../core/errors.ts';
import { studyCatalog } from '../../stages/lib/studyCatalog.ts';
import { projectRoot } from '../../../test/support/shared.ts';
import { compileStudy } from '../study/compile.ts';
import { studyDocument } from '../study/document.ts';
import { testPolicy } from '../testing/policyFixtures.ts';
import { compilePolicy } from './compile.ts';
import { policyDocument } from './document.ts';

const problem = (change: (document: Record<string, unknown>) => void): string => {
  try {
    testPolicy(change);
    return 'no error';
  } catch (error) {
    return error instanceof AppError ? `${error.message} ${error.hint}` : String(error);
  }
};
const add = (part: string, key: string, value: unknown) => (document: Record<string, unknown>) =>
  ((document[part] as Record<string, unknown>)[key] = value);

describe('a policy document', () => {
  it('reads the events of its parent and columns that are known at their bar', () => {
    const policy = testPolicy(add('conditions', 'down', 'event.active == 1 or event.direction < 0 and hour() >= 8'));
    expect(policy.conditions.map(({ id }) => id)).toEqual(['fresh', 'stale', 'wild', 'down']);
    expect(policy.columns).toEqual(['close', 'signal']);
  });

  it.each<[string, (document: Record<string, unknown>) => void, string]>([
    ['a strategy that does not exist', (document) => (document['baseline'] = [{ strategy: 'signal_tset' }]), 'did you mean signal_test?'],
    ['a strategy twice', (document) => (document['baseline'] = [{ strategy: 'signal_test' }, { strategy: 'signal_test' }]), 'stands there twice'],
    [
      'a parameter that does not exist',
      (document) => (document['baseline'] = [{ strategy: 'signal_test', params: { rest: 1 } }]),
      'no such parameter',
    ],
    ['another version of the parent', (document) => (document['parent'] = { study: 'large_moves', version: 2 }), 'it names large_moves version 2'],
    ['a column that nothing provides', add('conditions', 'odd', 'event.agee > 3'), 'did you mean event.age?'],
    ['a name of the sample, not of the market', add('conditions', 'mine', 'symbol == 1'), 'is called symbol'],
    ['a number for a condition', add('conditions', 'odd', 'event.age'), 'expected a condition, this is a number'],
    ['a series that nothing uses', add('series', 'idle', 'close'), 'nothing uses it'],
    ['a series with the name of a column', add('series', 'close', 'volume'), 'the name close is taken'],
    ['an accounting that does not exist', (document) => (document['accounting'] = 'scren'), 'screen'],
    ['more conditions than it announces', (document) => (document['budget'] = { max_conditions: 2 }), '3 conditions, the budget allows 2'],
    ['more actions than it announces', (document) => (document['budget'] = { max_actions: 1 }), '3 actions, the budget allows 1'],
    [
      'a cell whose overlay could not be named',
      (document) => ((document['conditions'] = { ['c'.repeat(64)]: 'level > 3' }), (document['actions'] = { ['a'.repeat(64)]: { block: {} } })),
      'would have a name of',
    ],
    ['more cells than it announces', (document) => (document['budget'] = { max_trials: 8 }), '9 cells, the budget allows 8'],
    ['three promotions', (document) => (document['promotion'] = { max: 3 }), 'promotion'],
    ['an action of two kinds', add('actions', 'both', { block: {}, flatten: {} }), 'actions'],
    ['a factor above 1', add('actions', 'more', { size: { factor: 1.5 } }), 'actions'],
    [
      'an entry without its signal for a strategy that names positions',
      (document) => {
        document['baseline'] = [{ strategy: 'target_test' }];
        add('actions', 'late', { delay: { bars: 4, on_signal_lost: 'enter' } })(document);
      },
      'cannot be entered without their signal',
    ],
  ])('is refused with %s', (_, change, text) => {
    expect(problem(change)).toContain(text);
  });

  it('has another digest when it or its parent changes', () => {
    expect(testPolicy().digest).toBe(testPolicy().digest);
    expect(testPolicy((document) => (document['costs'] = { cost_bps: 7 })).digest).not.toBe(testPolicy().digest);
  });
});

describe('the policy studies that come with the product', async () => {
  const folder = join(projectRoot, 'specs');
  const read = (path: string): unknown => parse(readFileSync(join(folder, path), 'utf8'));
  const catalog = studyCatalog(await builtInFeatures());
  const strategies = new Map((await builtInStrategies()).entries());
  const files = readdirSync(join(folder, 'policy_studies'));

  it.each(files)('%s compiles', (file) => {
    const document = policyDocument.parse(read(`policy_studies/${file}`));
    expect(`${document.id}.yaml`).toBe(file);
    const parent = compileStudy(studyDocument.parse(read(`studies/${document.parent.study}.yaml`)), catalog);
    expect(compilePolicy(document, { parent, strategies, catalog }).conditions.length).toBeGreaterThan(0);
  });
});
