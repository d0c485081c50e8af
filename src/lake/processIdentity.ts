import { readFileSync } from 'node:fs';

/** What tells one process from every other that ever had its number. Times unknown on this system are null. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in clock ticks since boot. */
  readonly start: string | null;
  readonly boot: string | null;
}

export interface ProcessProbe {
  /** This process. */
  self(): ProcessIdentity;
  isAlive(identity: ProcessIdentity): boolean;
}

/** Asks /proc where there is one, else signal 0. In doubt a process counts as alive. */
export const processProbe: ProcessProbe = {
  self: () => ({ pid: process.pid, start: startOf(process.pid)?.start ?? null, boot: bootId() }),
  isAlive({ pid, start, boot }) {
    const now = bootId();
    if (boot !== null && now !== null && boot !== now) return false;
    if (!acceptsSignals(pid)) return false;
    const found = startOf(pid);
    if (found === null) return true;
    return !found.isZombie && (start === null || start === found.start);
  },
};

function bootId(): string | null {
  return readText('/proc/sys/kernel/random/boot_id')?.trim() ?? null;
}

/** Field 22 and the state of /proc/<pid>/stat; the command name before them may hold spaces and parentheses. */
function startOf(pid: number): { start: string; isZombie: boolean } | null {
  const text = readText(`/proc/${pid}/stat`);
  if (text === null) return null;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const start = fields[19];
  return start === undefined ? null : { start, isZombie: fields[0] === 'Z' || fields[0] === 'X' };
}

function acceptsSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
}
