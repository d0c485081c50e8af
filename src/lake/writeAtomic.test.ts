import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Files } from '../core/effects.ts';
import { createFiles, uniqueName } from './realEffects.ts';
import { failingFiles, testFolder } from './testFixtures.ts';
import { publishTemp, tempPathFor, writeAtomic } from './writeAtomic.ts';

const folder = await testFolder();
const files = createFiles();

test('writes the bytes, makes the folders and reports size and hash', async () => {
  const path = join(folder, 'a', 'b', 'file.txt');
  expect(await writeAtomic(files, path, 'abc', uniqueName)).toEqual({
    bytes: 3,
    sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  });
  expect(await readFile(path, 'utf8')).toBe('abc');
  expect(await readdir(join(folder, 'a', 'b'))).toEqual(['file.txt']);
});

test('writes an empty file', async () => {
  const path = join(folder, 'empty');
  expect((await writeAtomic(files, path, new Uint8Array(0), uniqueName)).bytes).toBe(0);
  expect(await readFile(path, 'utf8')).toBe('');
});

test('continues after short writes', async () => {
  const path = join(folder, 'short');
  const text = 'x'.repeat(1000) + 'end';
  await writeAtomic(
    withWrite((bytes, write) => write(bytes.subarray(0, 7))),
    path,
    text,
    uniqueName,
  );
  expect(await readFile(path, 'utf8')).toBe(text);
});

test('refuses a system that writes nothing or claims bytes it did not write', async () => {
  const path = join(folder, 'lying');
  await expect(
    writeAtomic(
      withWrite(async () => 0),
      path,
      'abc',
      uniqueName,
    ),
  ).rejects.toMatchObject({ code: 'E_FILE' });
  await expect(
    writeAtomic(
      withWrite(async (bytes) => bytes.length),
      path,
      'abc',
      uniqueName,
    ),
  ).rejects.toMatchObject({ code: 'E_FILE' });
  expect(await files.stat(path)).toBeNull();
});

test('syncs the content before the rename and the folder after it', async () => {
  const log: string[] = [];
  const recording = new Proxy(files, {
    get:
      (target, name: keyof Files) =>
      async (...args: string[]) => {
        log.push(name);
        const result: unknown = await (target[name] as (...args: string[]) => Promise<unknown>)(...args);
        if (name !== 'create') return result;
        const handle = result as Awaited<ReturnType<Files['create']>>;
        return { write: handle.write, sync: () => (log.push('sync'), handle.sync()), close: () => (log.push('close'), handle.close()) };
      },
  });
  await writeAtomic(recording, join(folder, 'order'), 'abc', uniqueName);
  expect(log.filter((name) => name !== 'stat')).toEqual(['create', 'sync', 'close', 'rename', 'syncPath']);
});

test('leaves the old content and no temp file whichever operation fails', async () => {
  const path = join(folder, 'kept', 'file');
  await writeAtomic(files, path, 'old', uniqueName);
  for (const operation of ['create', 'write', 'sync', 'rename'] as const) {
    const failing = failingFiles(files, [operation], 1, 'ENOSPC');
    await expect(writeAtomic(failing, path, 'new', uniqueName)).rejects.toThrow('ENOSPC');
    expect(await readdir(join(folder, 'kept'))).toEqual(['file']);
    expect(await readFile(path, 'utf8')).toBe('old');
  }
});

test('publishes a temp file with its hash, or removes it', async () => {
  const path = join(folder, 'published');
  const temp = tempPathFor(path, uniqueName);
  await writeFile(temp, 'abc');
  expect(await publishTemp(files, temp, path)).toMatchObject({ bytes: 3 });
  const empty = tempPathFor(path, uniqueName);
  await writeFile(empty, '');
  await expect(publishTemp(files, empty, path)).rejects.toMatchObject({ code: 'E_FILE' });
  expect(await files.stat(empty)).toBeNull();
  expect(await readFile(path, 'utf8')).toBe('abc');
});

type Write = (bytes: Uint8Array) => Promise<number>;

function withWrite(replacement: (bytes: Uint8Array, write: Write) => Promise<number>): Files {
  return {
    ...files,
    async create(path) {
      const handle = await files.create(path);
      return { ...handle, write: (bytes) => replacement(bytes, handle.write) };
    },
  };
}
