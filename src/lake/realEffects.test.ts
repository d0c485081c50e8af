import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { errnoOf, fileError } from './fileErrors.ts';
import { createClock, createEffects, createFiles, uniqueName } from './realEffects.ts';
import { testFolder } from './testFixtures.ts';

const folder = await testFolder();
const files = createFiles();
const failed = (code: string) => Object.assign(new Error(code), { code });

test('maps the system errors to disk full, permission and file problems, cause kept', () => {
  const codes = ['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS', 'EIO', 'EMFILE'].map((code) => fileError('write', '/x', failed(code)));
  expect(codes.map(({ code }) => code)).toEqual(['E_DISK_FULL', 'E_DISK_FULL', 'E_PERMISSION', 'E_PERMISSION', 'E_PERMISSION', 'E_FILE', 'E_FILE']);
  expect(codes.map((error) => errnoOf(error))).toEqual(['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS', 'EIO', 'EMFILE']);
  expect(fileError('read', '/y', codes[0])).toBe(codes[0]);
});

test('reads whole files, files without a stated size included', async () => {
  await writeFile(join(folder, 'file'), 'content');
  expect((await files.read(join(folder, 'file'))).toString()).toBe('content');
  await writeFile(join(folder, 'empty'), '');
  expect((await files.read(join(folder, 'empty'))).length).toBe(0);
  if (process.platform === 'linux') expect((await files.read('/proc/self/stat')).length).toBeGreaterThan(10);
  await expect(files.read(join(folder, 'absent'))).rejects.toMatchObject({ code: 'E_FILE', exit: 4 });
});

test('lists names sorted, and an absent folder as empty', async () => {
  await mkdir(join(folder, 'list'));
  for (const name of ['b', 'a', 'Z']) await writeFile(join(folder, 'list', name), '');
  expect(await files.list(join(folder, 'list'))).toEqual(['Z', 'a', 'b']);
  expect(await files.list(join(folder, 'none'))).toEqual([]);
  await expect(files.list(join(folder, 'file'))).rejects.toMatchObject({ code: 'E_FILE' });
});

test('creates only new files and links only to new names', async () => {
  const path = join(folder, 'new');
  const handle = await files.create(path);
  expect(await handle.write(Buffer.from('abc'))).toBe(3);
  await handle.sync();
  await handle.close();
  expect(errnoOf(await files.create(path).catch((error: unknown) => error))).toBe('EEXIST');
  await files.link(path, join(folder, 'linked'));
  expect(errnoOf(await files.link(path, join(folder, 'linked')).catch((error: unknown) => error))).toBe('EEXIST');
  expect(await files.stat(join(folder, 'linked'))).toEqual({ size: 3, isFile: true, isDirectory: false });
});

test('removes files and full folders, and does not mind absence', async () => {
  await files.makeFolder(join(folder, 'deep', 'er'));
  await files.remove(join(folder, 'deep'));
  await files.remove(join(folder, 'deep'));
  expect(await files.stat(join(folder, 'deep'))).toBeNull();
  expect(await files.stat(join(folder, 'file', 'below'))).toBeNull();
});

test('appends lines and makes the folder of a new log', async () => {
  const path = join(folder, 'logs', 'x.log');
  await files.appendLine(path, 'one');
  await files.appendLine(path, 'two');
  expect(await readFile(path, 'utf8')).toBe('one\ntwo\n');
});

test.skipIf(process.getuid?.() === 0)('names the path it may not write to', async () => {
  const closed = join(folder, 'closed');
  await mkdir(closed);
  await chmod(closed, 0o500);
  await expect(files.create(join(closed, 'x'))).rejects.toMatchObject({ code: 'E_PERMISSION', details: { path: join(closed, 'x') } });
});

test('sleeps until its signal aborts', async () => {
  const clock = createClock();
  const stop = new AbortController();
  const sleeping = clock.sleep(60_000, stop.signal);
  stop.abort();
  await expect(sleeping).rejects.toMatchObject({ code: 'E_INTERRUPTED', exit: 130 });
  await clock.sleep(1);
  expect(clock.elapsed()).toBeGreaterThan(0);
  expect(clock.now()).toBeGreaterThan(1.6e12);
});

test('makes names that do not repeat', () => {
  const names = new Set(Array.from({ length: 10_000 }, () => createEffects({ http: undefined as never }).uniqueName()));
  expect(names.size).toBe(10_000);
  expect(uniqueName()).toMatch(/^\d+-[0-9a-f]{16}$/);
});
