import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cli, cliJson, errorCode, writeFiles } from '../support/cli.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';
import { projectRoot } from '../support/shared.ts';

afterAll(removeFolders);

const begin = async (id: string, folder = temporaryFolder()) => {
  const result = await cli(['strategies', 'new', id, '--plugins', 'units'], { cwd: folder });
  return { folder, ...result, source: () => readFileSync(join(folder, 'units/strategies', `${id}.ts`), 'utf8') };
};

describe('backtest strategies new', () => {
  it('writes a strategy that is found, shown and passes its check', async () => {
    const { folder, exit, stdout } = await begin('my_first');
    expect(exit).toBe(0);
    expect(stdout).toContain('backtest strategies check my_first --plugins units\n');
    const { stdout: shown } = await cli(['strategies', 'show', 'my_first', '--plugins', 'units'], { cwd: folder });
    expect(shown).toContain('enter long: rv_pct_2880 <= rank_max and close > high_96[-1]');
    const { stdout: checked, exit: verdict } = await cli(['strategies', 'check', 'my_first', '--plugins', 'units'], { cwd: folder });
    expect(checked).toMatch(/my_first passes\.\n$/);
    expect(verdict).toBe(0);
  });

  it('writes what CONTRIBUTING.md shows, below a list of every column that may be read', async () => {
    const { source } = await begin('quiet_breakout');
    const text = source();
    expect(readFileSync(join(projectRoot, 'CONTRIBUTING.md'), 'utf8')).toContain(text.slice(text.indexOf('export default')));
    const listed = /Columns: ([\w\s/]+)\./.exec(text)![1]!.split(/[\s/]+/);
    expect(listed).toEqual(expect.arrayContaining(['close', 'funding_rate_scaled', 'rv_pct_2880', 'ret_2688']));
    expect(listed).not.toContain('fp_active');
  });

  it.each<[string, string[], RegExp]>([
    ['no id', [], /strategies new needs a strategy id/],
    ['no folder', ['mine'], /one folder to write to: strategies new mine --plugins my-units/],
    ['two folders', ['mine', '--plugins', 'a', '--plugins', 'b'], /one folder to write to/],
    ['an id that is no file name', ['../mine', '--plugins', 'units'], /\.\.\/mine cannot be an id/],
    ['the id of a built-in strategy', ['trend_28d_v1', '--plugins', 'units'], /there is a strategy trend_28d_v1 already; nothing was written/],
  ])('refuses %s', async (_name, args, message) => {
    const { exit, stderr } = await cli(['strategies', 'new', ...args], { cwd: temporaryFolder() });
    expect([exit, errorCode(stderr)]).toEqual([2, 'E_USAGE']);
    expect(stderr).toMatch(message);
  });

  it('never writes over a file', async () => {
    const { folder, source } = await begin('mine');
    writeFiles(folder, { 'units/strategies/mine.ts': source().replace('rank_max: number(20', 'rank_max: number(10') });
    const { exit, source: after } = await begin('mine', folder);
    expect(exit).toBe(2);
    expect(after()).toContain('number(10');
  });
});

describe('backtest strategies check', () => {
  it('ends with 1 for a strategy that reads a feature of the future', async () => {
    const { folder, source } = await begin('mine');
    const feature = `import { defineFeature } from '@perp/backtest';
export default defineFeature({
  id: 'next_close', summary: '', formula: '', inputs: ['close'], warmup: 0,
  compute: ([close], [out]) => { for (let i = 0; i + 1 < close!.length; i++) out![i] = close![i + 1]!; },
});
`;
    writeFiles(folder, {
      'units/features/next_close.ts': feature,
      'units/strategies/mine.ts': source().replace("column('close').gt(", "column('next_close').gt("),
    });
    const { passed, checks } = await cliJson<{ passed: boolean; checks: { check: string; verdict: string }[] }>(
      ['strategies', 'check', 'mine', '--plugins', 'units'],
      { cwd: folder, exit: 1 },
    );
    expect(passed).toBe(false);
    expect(checks.filter(({ verdict }) => verdict === 'fail').map(({ check }) => check)).toEqual(['look-ahead']);
  });

  it('says what is wrong with one that joins conditions with &&', async () => {
    const { folder, source } = await begin('mine');
    writeFiles(folder, { 'units/strategies/mine.ts': source().replace('isQuiet.and(isBreakout)', 'isQuiet && isBreakout') });
    const { exit, stderr } = await cli(['strategies', 'check', 'mine', '--plugins', 'units'], { cwd: folder });
    expect([exit, errorCode(stderr)]).toEqual([2, 'E_UNIT_INVALID']);
    expect(stderr).toContain('the condition rv_pct_2880 <= rank_max is written and not used');
  });
});
