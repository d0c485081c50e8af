import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import type { Files, WriteHandle } from '../core/effects.ts';
import { AppError } from '../core/errors.ts';
import { fileError } from './fileErrors.ts';

/** Operations that change the disk; reads are not counted. */
export const failpointOperations = ['folder', 'create', 'write', 'sync', 'rename', 'link', 'remove', 'append'] as const;
export type FailpointOperation = (typeof failpointOperations)[number];

/** `kill` ends the process with SIGKILL, `short` writes half of the bytes, the others fail with the system error of that name. */
const faults = ['kill', 'short', 'enospc', 'edquot', 'eio', 'emfile'] as const;
export type Fault = (typeof faults)[number];

/** What happens before (or instead of) the n-th operation, counted from 1 over all threads. */
export interface FailpointPlan {
  readonly n: number;
  /** Only these operations count; null for all. */
  readonly operation: FailpointOperation | null;
  readonly fault: Fault;
}

export interface Failpoints {
  /** The same files with every operation counted and the planned one failing. */
  wrap(files: Files): Files;
  /** Operations so far. */
  count(): number;
  /** Operation and path of each, in order; of this thread only. */
  trace(): readonly string[];
}

interface SharedPlan {
  readonly plan: FailpointPlan | null;
  /** One count of all threads. */
  readonly counter: Int32Array;
}

const environmentKey = 'backtest.failpoints';

/**
 * The plan that a text states: `7`, `rename:3`, `7:enospc`, `write:3:short`.
 *
 * @throws E_USAGE when it states none
 */
export function parseFailpoint(text: string): FailpointPlan {
  const match = /^(?:([a-z]+):)?([1-9]\d{0,8})(?::([a-z]+))?$/.exec(text);
  const operation = (match?.[1] ?? null) as FailpointOperation | null;
  const fault = (match?.[3] ?? 'kill') as Fault;
  if (match === null || (operation !== null && !failpointOperations.includes(operation)) || !faults.includes(fault)) {
    const forms = `[OPERATION:]N[:FAULT] with operations ${failpointOperations.join(', ')} and faults ${faults.join(', ')}`;
    throw new AppError('E_USAGE', { problem: `failpoint ${JSON.stringify(text)}: expected ${forms}` });
  }
  return { n: Number(match[2]), operation, fault };
}

/** Failpoints of this process; worker threads started later find them by `inheritedFailpoints`. */
export function openFailpoints(plan: FailpointPlan | null): Failpoints {
  const shared: SharedPlan = { plan, counter: new Int32Array(new SharedArrayBuffer(4)) };
  setEnvironmentData(environmentKey, shared);
  return failpointsOf(shared);
}

/** The failpoints that the main thread opened, in a worker thread; null when there are none. */
export function inheritedFailpoints(): Failpoints | null {
  const shared = getEnvironmentData(environmentKey) as unknown as SharedPlan | undefined;
  return shared === undefined ? null : failpointsOf(shared);
}

/** Failpoints for one test: nothing is shared with other threads. */
export function withFailpoints(files: Files, plan: FailpointPlan): Files {
  return failpointsOf({ plan, counter: new Int32Array(1) }).wrap(files);
}

/** Writes the number of operations and their trace to a file, replacing an older one. */
export async function writeCount(files: Files, path: string, failpoints: Failpoints): Promise<void> {
  await files.remove(path);
  const handle = await files.create(path);
  try {
    const content = Buffer.from(`${failpoints.count()}\n${failpoints.trace().join('\n')}\n`);
    for (let written = 0; written < content.length;) written += await handle.write(content.subarray(written));
  } finally {
    await handle.close();
  }
}

function failpointsOf({ plan, counter }: SharedPlan): Failpoints {
  const trace: string[] = [];
  /** Counts one operation; the fault when it is the planned one. */
  const count = (operation: FailpointOperation, path: string): Fault | null => {
    if (plan !== null && plan.operation !== null && plan.operation !== operation) return null;
    trace.push(`${operation} ${path}`);
    const n = Atomics.add(counter, 0, 1) + 1;
    return plan?.n === n ? plan.fault : null;
  };
  return { wrap: (files) => wrapFiles(files, count), count: () => Atomics.load(counter, 0), trace: () => trace };
}

type Count = (operation: FailpointOperation, path: string) => Fault | null;

function wrapFiles(files: Files, count: Count): Files {
  const guard = async (operation: FailpointOperation, action: string, path: string): Promise<void> => strike(count(operation, path), action, path);
  return {
    ...files,
    makeFolder: async (folder) => (await guard('folder', 'make the folder', folder), files.makeFolder(folder)),
    create: async (path) => (await guard('create', 'create', path), wrapHandle(await files.create(path), path, count)),
    syncPath: async (path) => (await guard('sync', 'flush', path), files.syncPath(path)),
    rename: async (from, to) => (await guard('rename', 'rename', from), files.rename(from, to)),
    link: async (from, to) => (await guard('link', 'link', to), files.link(from, to)),
    remove: async (path) => (await guard('remove', 'remove', path), files.remove(path)),
    appendLine: async (path, line) => (await guard('append', 'append to', path), files.appendLine(path, line)),
  };
}

function wrapHandle(handle: WriteHandle, path: string, count: Count): WriteHandle {
  return {
    async write(bytes) {
      const fault = count('write', path);
      if (fault === null) return handle.write(bytes);
      const half = bytes.subarray(0, Math.max(1, bytes.byteLength >> 1));
      if (fault === 'short') return handle.write(half);
      // A disk that fills up or breaks takes what it can first.
      if (fault !== 'kill') await handle.write(half);
      return strike(fault, 'write', path) as Promise<never>;
    },
    async sync() {
      await strike(count('sync', path), 'flush', path);
      await handle.sync();
    },
    close: () => handle.close(),
  };
}

/** Kills the process or throws the system's error; nothing for no fault, nor for a short write where nothing is written. */
async function strike(fault: Fault | null, action: string, path: string): Promise<void> {
  if (fault === null || fault === 'short') return;
  if (fault === 'kill') {
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => {});
  }
  const code = fault.toUpperCase();
  throw fileError(action, path, Object.assign(new Error(`${code}: failpoint`), { code }));
}
