import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../core/canonicalJson.ts';
import { createFiles } from './realEffects.ts';
import { testFolder } from './testFixtures.ts';
import { checkFile, isInsidePath } from './verifyFiles.ts';

describe('checkFile', () => {
  it('tells a file that is as recorded from one that is gone, resized, changed or a folder', async () => {
    const root = await testFolder();
    writeFileSync(join(root, 'a'), 'abc');
    mkdirSync(join(root, 'folder'));
    const check = (path: string, text: string, bytes?: number) =>
      checkFile(createFiles(), root, { path, sha256: sha256(text), ...(bytes === undefined ? {} : { bytes }) });
    expect(await check('a', 'abc', 3)).toBeNull();
    expect(await check('a', 'abc')).toBeNull();
    expect(await check('a', 'abc', 4)).toMatchObject({ kind: 'size', message: 'expected 4 bytes, found 3', observed: 3, allowed: 4 });
    expect(await check('a', 'abd', 3)).toMatchObject({ kind: 'content', observed: sha256('abc') });
    expect(await check('b', 'abc', 3)).toMatchObject({ kind: 'missing', message: 'the file is missing' });
    expect(await check('folder', 'abc')).toMatchObject({ kind: 'missing', message: 'expected a file, found a folder' });
  });
});

describe('isInsidePath', () => {
  it.each(['lake/raw/a.parquet', 'a', 'a/.tmp-1'])('accepts %s', (path) => {
    expect(isInsidePath(path)).toBe(true);
  });

  it.each(['', '/etc/passwd', '../a', 'a/../../b', 'a//b', 'a/./b', 'C:/a', 'a\\b', 'a\0b', 7, null])('refuses %j', (path) => {
    expect(isInsidePath(path)).toBe(false);
  });
});
