import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFailpoints, parseFailpoint, withFailpoints, writeCount } from './failpoints.ts';
import { createFiles, uniqueName } from './realEffects.ts';
import { testFolder } from './testFixtures.ts';
import { writeAtomic } from './writeAtomic.ts';

const folder = await testFolder();
const files = createFiles();

test('understands a number, an operation and a fault', () => {
  expect(parseFailpoint('7')).toEqual({ n: 7, operation: null, fault: 'kill' });
  expect(parseFailpoint('rename:3')).toEqual({ n: 3, operation: 'rename', fault: 'kill' });
  expect(parseFailpoint('7:enospc')).toEqual({ n: 7, operation: null, fault: 'enospc' });
  expect(parseFailpoint('write:2:short')).toEqual({ n: 2, operation: 'write', fault: 'short' });
  for (const text of ['', '0', '-1', 'x', '1:2', '1:boom', 'read:1', 'kill', '1:kill:2', '1e3'])
    expect(() => parseFailpoint(text), text).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
});

test('counts every operation that changes the disk, and no other', async () => {
  const failpoints = openFailpoints(null);
  const counted = failpoints.wrap(files);
  const path = join(folder, 'counted', 'file');
  await writeAtomic(counted, path, 'abc', uniqueName);
  await counted.link(path, `${path}2`);
  await counted.remove(`${path}2`);
  await counted.appendLine(`${path}.log`, 'line');
  await counted.read(path);
  await counted.stat(path);
  await counted.list(folder);
  const operations = failpoints.trace().map((line) => line.split(' ')[0]);
  expect(operations).toEqual(['folder', 'sync', 'create', 'write', 'sync', 'rename', 'sync', 'link', 'remove', 'append']);
  expect(failpoints.count()).toBe(10);
  await writeCount(files, join(folder, 'count'), failpoints);
  await writeCount(files, join(folder, 'count'), failpoints);
  expect((await readFile(join(folder, 'count'), 'utf8')).split('\n')).toEqual(['10', ...failpoints.trace(), '']);
});

test('fails the n-th operation with the system error, once, and leaves the old content', async () => {
  const path = join(folder, 'failed', 'file');
  await writeAtomic(files, path, 'old', uniqueName);
  const codes = { enospc: 'E_DISK_FULL', edquot: 'E_DISK_FULL', eio: 'E_FILE', emfile: 'E_FILE' } as const;
  for (const [fault, code] of Object.entries(codes)) {
    for (let n = 1; n <= 4; n++) {
      const failing = withFailpoints(files, parseFailpoint(`${n}:${fault}`));
      await expect(writeAtomic(failing, path, 'new content', uniqueName), `${n}:${fault}`).rejects.toMatchObject({ code, exit: 4 });
      expect(await readdir(join(folder, 'failed'))).toEqual(['file']);
      expect(await readFile(path, 'utf8')).toBe('old');
    }
  }
  const third = withFailpoints(files, parseFailpoint('write:2:enospc'));
  await writeAtomic(third, path, 'one', uniqueName);
  await expect(writeAtomic(third, path, 'two', uniqueName)).rejects.toMatchObject({ code: 'E_DISK_FULL' });
  await writeAtomic(third, path, 'three', uniqueName);
  expect(await readFile(path, 'utf8')).toBe('three');
});

test('writes short where it is told to, and the writer goes on', async () => {
  const path = join(folder, 'short');
  const failpoints = withFailpoints(files, parseFailpoint('write:1:short'));
  const handle = await failpoints.create(path);
  expect(await handle.write(Buffer.from('abcdef'))).toBe(3);
  await handle.close();
  await writeAtomic(withFailpoints(files, parseFailpoint('2:short')), path, 'abcdef', uniqueName);
  expect(await readFile(path, 'utf8')).toBe('abcdef');
});
