import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { overlayDocument } from '../../../test/support/overlayDocument.ts';
import type { Feature } from '../../core/define.ts';
import { createEffects } from '../../lake/realEffects.ts';
import { compileStudy } from '../../research/study/compile.ts';
import { createHttp } from '../../venues/http.ts';
import { extraColumns, extraColumnsRead, extraDatasetsRead, extraTablesRead } from './extraColumns.ts';
import { extraRules } from './extraDatasets.ts';
import { extraTableColumns } from './extraTables.ts';
import type { RunPortfolio } from './portfolioConfig.ts';
import { openRunRegistry } from './runRegistry.ts';
import { loadStudies, specFolders } from './specs.ts';
import { studyCatalog } from './studyCatalog.ts';

it('what a run fetches for a study is what the compiled study reads, for every study that comes with the product', async () => {
  const effects = createEffects({ http: createHttp() });
  const features = await openRunRegistry(tmpdir(), [], effects).loadAll<Feature>('feature');
  const documents = await loadStudies(specFolders(effects.files, null), ['all']);
  const read = documents.map((document) => [document.id, extraColumnsRead({ studies: [document] })]);
  const compiled = documents.map((document) => [
    document.id,
    compileStudy(document, studyCatalog(features)).columns.filter((name) => document.clock !== '1s' && Object.hasOwn(extraColumns, name)),
  ]);
  expect(read).toEqual(compiled);
  expect(read.filter(([, names]) => names!.length > 0).length).toBeGreaterThan(1);
});

it('what a run fetches for the overlays of its portfolio’s edges is what they read', () => {
  const portfolio = { overlays: [overlayDocument('crowded', { condition: 'open_interest > lag(spot.close, 1)' })], overlayParents: [] };
  const config = { portfolio: portfolio as unknown as RunPortfolio };
  expect(extraColumnsRead(config)).toEqual(['open_interest', 'spot.close']);
  expect(extraDatasetsRead(config)).toEqual(['metrics', 'spot_15m']);
});

it('a run without studies reads nothing of the kind', () => {
  expect([extraColumnsRead({}), extraTablesRead({}), extraDatasetsRead({ studies: [] })]).toEqual([[], [], []]);
});

it('every column stands in a table of the run, and every table but that of the bars themselves has a rule that cannot end a run', () => {
  for (const [name, { table, column }] of Object.entries(extraColumns)) {
    expect(
      extraTableColumns[table].map((spec) => spec.name),
      name,
    ).toContain(column);
    if (table !== 'trading') expect(extraRules[table].isOptional, name).toBe(true);
  }
});
