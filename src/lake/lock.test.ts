import { execFileSync, spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Clock } from '../core/effects.ts';
import { acquireLock } from './lock.ts';
import { type ProcessIdentity, processProbe } from './processIdentity.ts';
import { createFiles, uniqueName } from './realEffects.ts';
import { testFolder } from './testFixtures.ts';

const folder = await testFolder();
const files = createFiles();
const self = processProbe.self();
const onLinux = process.platform === 'linux';
let count = 0;

/** Time passes only while somebody sleeps, and then without waiting. */
function fakeClock(): Clock {
  let now = 0;
  return {
    now: () => now,
    elapsed: () => now,
    sleep: async (ms) => {
      now += ms;
      await new Promise(setImmediate);
    },
  };
}

const newPath = () => join(folder, `lake-${(count += 1)}`, '.lock');
const take = (path: string, more: Partial<Parameters<typeof acquireLock>[0]> = {}) =>
  acquireLock({ files, clock: fakeClock(), path, uniqueName, timeoutMs: 1000, ...more });

async function plant(path: string, content: ProcessIdentity | string): Promise<void> {
  await files.makeFolder(join(path, '..'));
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify({ ...content, nonce: 'planted' }));
}

test('takes and releases, leaving nothing behind', async () => {
  const path = newPath();
  const lock = await take(path);
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject(self);
  await lock.release();
  await lock.release();
  expect(await readdir(join(path, '..'))).toEqual([]);
  await (await take(path)).release();
});

test('waits for a living holder, then names it', async () => {
  const path = newPath();
  const lock = await take(path);
  const clock = fakeClock();
  await expect(take(path, { clock })).rejects.toMatchObject({
    code: 'E_LOCKED',
    exit: 4,
    message: expect.stringContaining(`process ${process.pid}`),
  });
  expect(clock.elapsed()).toBe(1000);
  const waiting = take(path, { timeoutMs: 1e9 });
  await lock.release();
  await (await waiting).release();
  expect(await readdir(join(path, '..'))).toEqual([]);
});

test('stops waiting when interrupted', async () => {
  const path = newPath();
  await take(path);
  const stop = new AbortController();
  stop.abort();
  await expect(take(path, { signal: stop.signal })).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
});

test('takes over from a dead process, a reused process number and an earlier boot', async () => {
  const dead = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
  const holders: ProcessIdentity[] = [{ ...self, pid: dead }];
  if (onLinux) holders.push({ ...self, start: '1' }, { ...self, boot: 'another-boot' });
  for (const holder of holders) {
    const path = newPath();
    await plant(path, holder);
    await (await take(path)).release();
    expect(await readdir(join(path, '..')), JSON.stringify(holder)).toEqual([]);
  }
});

test('takes over a claim whose claimant died too', async () => {
  const path = newPath();
  const dead = (nonce: string) => JSON.stringify({ pid: 1, start: null, boot: null, nonce });
  const probe = { self: () => self, isAlive: ({ pid }: ProcessIdentity) => pid !== 1 };
  await plant(path, dead('holder'));
  const { sha256 } = await import('../core/canonicalJson.ts');
  await writeFile(`${path}.dead-${sha256(dead('holder')).slice(0, 16)}`, dead('claimant'));
  await (await take(path, { probe })).release();
  expect(await readdir(join(path, '..'))).toEqual([]);
});

test('refuses garbage at once, says what to do and does not remove it', async () => {
  for (const garbage of ['', 'noise', '{}', 'null', '{"pid":-1}', 'x'.repeat(1_000_000), '{"pid":1']) {
    const path = newPath();
    await plant(path, garbage);
    await expect(take(path), garbage.slice(0, 20)).rejects.toMatchObject({
      code: 'E_LOCKED',
      message: expect.stringContaining(`${path} is unreadable; delete it`),
    });
    expect(await readdir(join(path, '..'))).toEqual(['.lock']);
  }
});

test('does not release a lock that is no longer ours', async () => {
  const path = newPath();
  const lock = await take(path);
  await plant(path, { ...self, pid: process.ppid });
  await lock.release();
  expect(await readdir(join(path, '..'))).toEqual(['.lock']);
});

test('lets exactly one of twenty take over a dead lock, time after time', async () => {
  for (let round = 0; round < 20; round++) {
    const path = newPath();
    await plant(path, { pid: 1, start: null, boot: null });
    const probe = { self: () => self, isAlive: ({ pid }: ProcessIdentity) => pid !== 1 };
    let holding = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const lock = await take(path, { probe, timeoutMs: 1e9 });
        most = Math.max(most, (holding += 1));
        await new Promise(setImmediate);
        holding -= 1;
        await lock.release();
      }),
    );
    expect(most).toBe(1);
    expect(await readdir(join(path, '..'))).toEqual([]);
  }
});

test.skipIf(!onLinux)('counts a killed child that nobody waited for as dead, and a living one as alive', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8');
  const identity = { ...self, pid: child.pid!, start: stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]! };
  expect(processProbe.isAlive(identity)).toBe(true);
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  expect(processProbe.isAlive(identity)).toBe(false);
});
