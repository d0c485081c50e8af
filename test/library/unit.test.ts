import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleUnit } from '../../src/registry/fingerprint.ts';
import { projectRoot } from '../support/shared.ts';

describe('a unit that imports the library', () => {
  it('carries only what it uses of it, so that its fingerprint does not change when something else does', async () => {
    const unit = join(projectRoot, 'examples', 'units', 'strategies', 'range_fade.ts');
    const { code } = await bundleUnit(unit, join(projectRoot, 'src', 'index.ts'));
    expect(code).toContain('range_place_96');
    expect(code).not.toMatch(/read_parquet|erfc|Neumaier|stop_price/);
    expect(code.length).toBeLessThan(20_000);
  });
});
