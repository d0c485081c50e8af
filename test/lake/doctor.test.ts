import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import doctor from '../../src/cli/commands/doctor.ts';
import { checkClock, checkDataRoot, checkLock, checkNode, type Check } from '../../src/cli/lib/doctorChecks.ts';
import { canonicalJson } from '../../src/core/canonicalJson.ts';
import { processProbe } from '../../src/lake/processIdentity.ts';
import { effects, invocation } from '../support/lake.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';

const examine = async (dataRoot: string, flags: Record<string, string | readonly string[]> = {}) => {
  const { data, text, exit } = await doctor.run(invocation(dataRoot, [], flags));
  return { checks: (data as { checks: Check[] }).checks, text, exit };
};
const lockText = (holder: object) => `${canonicalJson({ ...holder, nonce: 'x' })}\n`;

describe('doctor', () => {
  afterAll(removeFolders);

  it('finds nothing wrong with this machine and an empty data root', async () => {
    const { checks, text, exit } = await examine(temporaryFolder());
    expect(checks.filter(({ state }) => state === 'fail')).toEqual([]);
    expect(checks.map(({ id }) => id)).toEqual(['node', 'duckdb', 'data root', 'disk', 'file system', 'clock', 'lock', 'leftovers']);
    expect(exit).toBe(0);
    expect(text).toMatch(/^ok {4}node +version \d+\.\d+\.\d+, >=20\.19 is needed$/m);
  });

  it('warns of a data root that is not there and fails on one that is a file', async () => {
    const root = temporaryFolder();
    expect((await examine(join(root, 'absent'))).checks).toContainEqual(expect.objectContaining({ id: 'data root', state: 'warn' }));
    writeFileSync(join(root, 'file'), '');
    const { checks, exit } = await examine(join(root, 'file'));
    expect(checks).toContainEqual(
      expect.objectContaining({ id: 'data root', state: 'fail', next: expect.stringContaining('--data-root') as string }),
    );
    expect(exit).toBe(1);
  });

  it.runIf(process.getuid?.() !== 0)('fails on a data root that may not be written', async () => {
    const root = temporaryFolder();
    chmodSync(root, 0o500);
    const [writable] = await checkDataRoot(effects, root);
    chmodSync(root, 0o700);
    expect(writable).toMatchObject({ state: 'fail' });
  });

  it.each([
    [50 * 2 ** 20, 'fail'],
    [2 ** 30, 'warn'],
    [10 * 2 ** 30, 'ok'],
  ])('judges %d free bytes as %s', async (available, state) => {
    const files = { ...effects.files, space: () => Promise.resolve({ total: 2 ** 40, available }) };
    const checks = await checkDataRoot({ ...effects, files }, temporaryFolder());
    expect(checks).toContainEqual(expect.objectContaining({ id: 'disk', state }));
  });

  it.each([
    ['20.18.9', 'fail'],
    ['20.19.0', 'ok'],
    ['20.20.2', 'ok'],
    ['24.0.0', 'ok'],
    ['18.20.0', 'fail'],
  ])('judges Node %s as %s', async (version, state) => {
    expect(await checkNode(effects.files, version)).toMatchObject({ state });
  });

  it('warns of a clock in another age', () => {
    expect(checkClock(Date.UTC(2016, 0, 1)).state).toBe('warn');
    expect(checkClock(Date.UTC(2036, 0, 1)).state).toBe('ok');
    expect(checkClock(Date.UTC(2136, 0, 1)).state).toBe('warn');
  });

  it('tells a free, held, stale and unreadable lock apart', async () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'lake'));
    const states = [];
    for (const text of [lockText(processProbe.self()), lockText({ pid: 999_999_999, start: null, boot: null }), 'noise']) {
      writeFileSync(join(root, 'lake/.lock'), text);
      states.push(await checkLock(effects.files, root));
    }
    expect(states.map(({ state }) => state)).toEqual(['ok', 'ok', 'fail']);
    expect(states.map(({ message }) => message)).toEqual([
      `process ${process.pid} writes to the lake`,
      expect.stringContaining('process 999999999, which is gone'),
      expect.stringContaining('unreadable'),
    ]);
  });

  it('warns of leftovers and names the command that removes them', async () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'lake'));
    writeFileSync(join(root, 'lake/.tmp-999999999-ab'), 'xyz');
    const { checks, exit } = await examine(root);
    expect(checks).toContainEqual({
      id: 'leftovers',
      state: 'warn',
      message: '1 of interrupted processes, 3 B',
      next: 'backtest gc --apply removes them.',
    });
    expect(exit).toBe(0);
  });

  it('loads plugin folders and fails on one that does not compile', async () => {
    const root = temporaryFolder();
    const folder = join(root, 'units');
    mkdirSync(join(folder, 'features'), { recursive: true });
    const source = `import { defineFeature } from '@perp/backtest';
      export default defineFeature({ id: 'twice', summary: 's', formula: 'f', inputs: ['close'], warmup: 0, compute: () => {} });`;
    writeFileSync(join(folder, 'features/twice.ts'), source);
    expect((await examine(root, { plugins: [folder] })).checks).toContainEqual(
      expect.objectContaining({ id: 'plugins', state: 'ok', message: expect.stringContaining('feature twice') as string }),
    );
    writeFileSync(join(folder, 'features/twice.ts'), 'export default {{');
    const { checks, exit } = await examine(root, { plugins: [folder] });
    expect(checks).toContainEqual(expect.objectContaining({ id: 'plugins', state: 'fail' }));
    expect(exit).toBe(1);
  });
});
