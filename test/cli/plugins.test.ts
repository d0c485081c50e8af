import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDuckDb } from '../../src/lake/duckdb.ts';
import { readParquet } from '../../src/lake/readParquet.ts';
import { columnsOf } from '../../src/stages/lib/artifacts.ts';
import { cli, cliJson, filesBelow, type RunDocument, sampleRun, writeFiles } from '../support/cli.ts';
import { readCsv } from '../support/compare.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';

const folder = temporaryFolder();
const dataRoot = join(folder, 'data');
const units = writeFiles(join(folder, 'my-units'), {
  'features/body_share.ts': `import { defineFeature } from '@perp/backtest';
import { share } from './lib/share.ts';

export default defineFeature({
  id: 'body_share',
  summary: 'Share of the bar’s range that its body covers.',
  formula: '|close - open| / (high - low)',
  inputs: ['open', 'high', 'low', 'close'],
  warmup: 0,
  compute: ([open, high, low, close], [out]) => {
    for (let i = 0; i < close!.length; i++) out![i] = share(close![i]! - open![i]!, high![i]! - low![i]!);
  },
});
`,
  'features/lib/share.ts': 'export const share = (body: number, range: number): number => Math.abs(body) / range;\n',
  'strategies/big_body.ts': `import { defineStrategy, integer, number } from '@perp/backtest';

export default defineStrategy({
  id: 'big_body',
  summary: 'Follows bars whose body covers most of their range.',
  params: {
    share_min: number(0.9, { min: 0, max: 1, help: 'Smallest share at which an entry is possible.' }),
    hold_bars: integer(8, { min: 1, max: 96, help: 'Leave after this many bars.' }),
  },
  intent: ({ column, param }) => {
    const isBig = column('body_share').ge(param.share_min);
    return {
      kind: 'bracket',
      entry: { long: isBig.and(column('close').gt(column('open'))), short: isBig.and(column('close').lt(column('open'))) },
      maxHoldBars: param.hold_bars,
    };
  },
});
`,
});
const withUnits = (changes: Record<string, string> = {}) => sampleRun(dataRoot, { plugins: units, strategies: 'big_body', ...changes });
const trades = (run: RunDocument) => readCsv(join(dataRoot, 'lake', 'trades', 'backtests', run.run_id, 'trades_BTCUSDT.csv'));
let first: RunDocument;

beforeAll(async () => {
  first = await cliJson<RunDocument>(withUnits());
});
afterAll(removeFolders);

describe('a strategy and a feature in a folder of the user', () => {
  it('run end to end and trade by their rules', () => {
    const rows = trades(first);
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) {
      expect(row).toMatchObject({ strategy: 'big_body', symbol: 'BTCUSDT' });
      if (row['is_open'] === 'false') expect(row).toMatchObject({ bars_held: '8', exit_reason: 'time' });
    }
    expect(readFileSync(join(dataRoot, first.summary), 'utf8')).toContain('big_body');
  });

  it('the feature’s column is in the feature table with its values', async () => {
    const file = filesBelow(dataRoot).find((name) => name.includes(`${first.run_id}/features/`))!;
    const db = await openDuckDb({ allowedFolders: [dataRoot] });
    try {
      const { numbers, rows } = await readParquet(db, [join(dataRoot, file)], columnsOf('open high low close body_share'));
      expect(rows).toBe(960);
      for (let row = 0; row < rows; row++) {
        const [open, high, low, close] = ['open', 'high', 'low', 'close'].map((name) => numbers[name]![row]!) as [number, number, number, number];
        expect(numbers['body_share']![row]).toBe(Math.abs(close - open) / (high - low));
      }
    } finally {
      await db.close();
    }
  });

  it('its parameters are flags with bounds, and part of the run’s id', async () => {
    const other = await cliJson<RunDocument>(withUnits({ param: 'big_body.hold_bars=3' }));
    expect(other.run_id).not.toBe(first.run_id);
    expect(trades(other).find((row) => row['is_open'] === 'false')).toMatchObject({ bars_held: '3' });
    expect((await cli(withUnits({ param: 'big_body.hold_bars=97' }))).stderr).toContain('97 is outside 1..96');
  });

  it('strategies list and show know them', async () => {
    const listed = await cliJson<{ id: string; origin: string }[]>(['strategies', 'list', '--plugins', units, '--data-root', dataRoot]);
    expect(listed.find(({ id }) => id === 'big_body')).toMatchObject({ origin: 'plugin' });
    const { stdout } = await cli(['strategies', 'show', 'big_body', '--plugins', units, '--data-root', dataRoot]);
    expect(stdout).toContain('enter long: body_share >= share_min and close > open');
    expect(stdout).toContain('leave after hold_bars bars');
  });

  it('a change of comments is no change; a change of what a helper computes starts the next run and says why', async () => {
    const helper = join(units, 'features', 'lib', 'share.ts');
    const text = readFileSync(helper, 'utf8');
    writeFiles(units, { 'features/lib/share.ts': `// Says more than before.\n${text}` });
    expect(await cliJson<RunDocument>(withUnits())).toMatchObject({ run_id: first.run_id, executed: [] });
    writeFiles(units, { 'features/lib/share.ts': text.replace('Math.abs(body) / range', 'Math.min(0.95, Math.abs(body) / range)') });
    const next = await cliJson<RunDocument>(withUnits());
    expect(next).toMatchObject({ run_id: `${first.run_id}-2`, status: 'done' });
    expect(next.reason).toContain('stage features');
  });
});
