import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkLake, firstDifference, fingerprint, leftovers, verifyLake } from '../support/checkLake.ts';
import { cli, errorCode, filesBelow } from '../support/cli.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';
import { smallRun } from '../support/sweep.ts';

const folder = temporaryFolder();
const disk = join(folder, 'disk');
const isMounted = mount();

afterAll(() => {
  if (isMounted) execFileSync('umount', [disk]);
  removeFolders();
});

/** A disk of its own in memory, where this user may make one. */
function mount(): boolean {
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write('not run here: tests of a full disk need the right to mount a tmpfs\n');
    return false;
  }
}

describe.skipIf(!isMounted)('a disk that is really full', () => {
  const root = join(disk, 'lake');
  const ballast = join(disk, 'ballast');
  /** Leaves so many KiB free, whatever the lake holds. */
  const leave = (kibibytes: number) => {
    rmSync(ballast, { force: true });
    const free = Number(execFileSync('df', ['--output=avail', '-k', disk], { encoding: 'utf8' }).trim().split('\n')[1]);
    writeFileSync(ballast, Buffer.alloc(Math.max(0, free - kibibytes) * 1_024));
  };

  /** What must hold after a run that found the disk full; returns what it said. */
  const runFull = async (args: readonly string[], kibibytes: number): Promise<string> => {
    leave(kibibytes);
    const { exit, stderr } = await cli(args);
    expect([exit, errorCode(stderr)], `${kibibytes} KiB: ${stderr}`).toEqual([4, 'E_DISK_FULL']);
    expect([...(await checkLake(root)), ...(await verifyLake(root))], `${kibibytes} KiB`).toEqual([]);
    expect(leftovers(root), `${kibibytes} KiB`).toEqual([]);
    return stderr;
  };

  it('ends runs with 4 and E_DISK_FULL wherever it fills up, inside DuckDB too, and with space again they finish', async () => {
    const reference = join(folder, 'reference');
    expect((await cli(smallRun(reference))).exit).toBe(0);
    for (const kibibytes of [4, 60, 400, 3_000]) {
      rmSync(root, { recursive: true, force: true });
      await runFull(smallRun(root), kibibytes);
    }
    rmSync(ballast);
    expect((await cli(smallRun(root, 'features'))).exit).toBe(0);
    const table = filesBelow(reference).find((name) => name.includes('strategy_returns'))!;
    const half = Math.round(statSync(join(reference, table)).size / 2_048);
    expect(await runFull(smallRun(root), half + 16)).toContain('strategy_returns');
    rmSync(ballast);
    expect((await cli(smallRun(root))).exit).toBe(0);
    expect(firstDifference(fingerprint(root), fingerprint(reference))).toBeNull();
  });
});
