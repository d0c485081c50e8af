import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cli } from '../support/cli.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';

afterAll(removeFolders);

describe('a certificate of the built program', () => {
  it('is the same file from one thread and from three', async () => {
    const certificateOf = async (workers: string): Promise<string> => {
      const dataRoot = temporaryFolder();
      const asked = '--studies vol_shock_relaxation --source sample --symbols BTCUSDT,ETHUSDT --start 2023-01-01 --end 2023-12-31';
      const size = '--paths 19 --nulls 2 --reference-nulls 1 --planted 1';
      const args = `certify ${asked} ${size} --data-root ${dataRoot} --workers ${workers}`.split(' ');
      const { exit, stderr } = await cli(args);
      expect(exit, stderr).toBe(0);
      return readFileSync(join(dataRoot, 'reports', 'certificate', 'certificate.json'), 'utf8');
    };
    expect(await certificateOf('3')).toBe(await certificateOf('1'));
  }, 900_000);
});
