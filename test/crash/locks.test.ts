import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { processProbe } from '../../src/lake/processIdentity.ts';
import { cli, errorCode } from '../support/cli.ts';
import { leftovers } from '../support/checkLake.ts';
import { lockOf, serialTree, startTogether, tinyStage } from '../support/locks.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';

const folder = temporaryFolder();
afterAll(removeFolders);

function plant(name: string, content: string | Buffer): string {
  const root = join(folder, name);
  mkdirSync(dirname(lockOf(root)), { recursive: true });
  writeFileSync(lockOf(root), content);
  return root;
}

describe('a lock that was left behind', () => {
  const self = processProbe.self();
  const holder = (changes: object) => `${JSON.stringify({ ...self, nonce: 'planted', ...changes })}\n`;

  it.skipIf(process.platform !== 'linux')('by a dead process, a reused process number or another boot is taken over', async () => {
    const dead = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
    const living = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const locks = { dead: holder({ pid: dead }), reused: holder({ pid: living.pid, start: '1' }), rebooted: holder({ boot: 'another' }) };
    try {
      for (const [name, content] of Object.entries(locks)) {
        const root = plant(name, content);
        const { exit, stderr } = await cli(tinyStage(root, 'mine', '0'));
        expect(exit, `${name}: ${stderr}`).toBe(0);
        expect(leftovers(root), name).toEqual([]);
      }
    } finally {
      living.kill('SIGKILL');
    }
  });

  it('by a living process makes the next run end with 4 naming it', async () => {
    const root = plant('living', holder({}));
    const { exit, stderr } = await cli(tinyStage(root, 'mine', '0'));
    expect([exit, errorCode(stderr)]).toEqual([4, 'E_LOCKED']);
    expect(stderr).toContain(`process ${process.pid}`);
  });

  it('unreadable is refused at once, named and left as it is', async () => {
    const garbage = {
      empty: Buffer.alloc(0),
      noise: Buffer.alloc(1_000_000, 'n0ise'),
      half: Buffer.from(holder({}).slice(0, 20)),
      zeros: Buffer.alloc(90),
    };
    for (const [name, content] of Object.entries(garbage)) {
      const root = plant(name, content);
      const { exit, stderr } = await cli(tinyStage(root, 'mine'));
      expect([exit, errorCode(stderr)], name).toEqual([4, 'E_LOCKED']);
      expect(stderr, name).toContain(lockOf(root));
      expect(readFileSync(lockOf(root)).equals(content), name).toBe(true);
      expect(leftovers(root), name).toEqual(['lake/.lock']);
    }
  });
});

describe('runs started together on one lake', () => {
  it('write one at a time and leave what serial runs leave', async () => {
    const expected = await serialTree(join(folder, 'serial'), 5);
    for (const round of [1, 2]) expect(await startTogether(join(folder, `round-${round}`), 5, expected)).toEqual([]);
  });
});
