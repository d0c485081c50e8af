import { Piscina, transferableSymbol, valueSymbol } from 'piscina';
import { isAppError } from '../../core/errors.ts';
import { inheritedFailpoints } from '../../lake/failpoints.ts';
import { createEffects } from '../../lake/realEffects.ts';
import { createHttp } from '../../venues/http.ts';
import { type OpenContext, openContext } from './openContext.ts';
import type { Stage } from './stage.ts';
import type { SymbolAnswer, SymbolTask } from './symbolRunner.ts';

const real = createEffects({ http: createHttp() });
const failpoints = inheritedFailpoints();
const effects = failpoints === null ? real : { ...real, files: failpoints.wrap(real.files) };
let current: { key: string; opened: OpenContext } | null = null;

/** Entry of a worker thread: one symbol of one stage. Columns of the answer are moved, not copied. */
export default async function runSymbol(task: SymbolTask): Promise<SymbolAnswer> {
  try {
    const { context } = await contextOf(task);
    const stage = await context.registry.load<Stage>('stage', task.stage);
    const result = await stage.perSymbol!({ ...context, upstream: task.upstream }, task.symbol);
    const buffers: ArrayBuffer[] = [];
    const answer = { result: { ...result, payload: detach(result.payload, buffers) } };
    return Piscina.move({ [transferableSymbol]: buffers, [valueSymbol]: answer }) as unknown as SymbolAnswer;
  } catch (error) {
    if (isAppError(error)) return { code: error.code, details: error.details };
    return { message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

async function contextOf(task: SymbolTask): Promise<OpenContext> {
  const key = `${task.runId} ${task.dataRoot}`;
  if (current?.key !== key) {
    await current?.opened.close();
    const { runId, config, dataRoot, plugins, upstream } = task;
    const opened = await openContext({
      runId,
      config,
      dataRoot,
      plugins,
      upstream,
      archiveUrl: null,
      effects,
      signal: new AbortController().signal,
      note: () => {},
    });
    current = { key, opened };
  }
  return current.opened;
}

/** The value with every column in a buffer of its own, so that a view never drags a whole file's memory along. */
function detach(value: unknown, buffers: ArrayBuffer[]): unknown {
  if (ArrayBuffer.isView(value)) {
    const own = (value as Float64Array).byteLength === value.buffer.byteLength ? value : (value as Float64Array).slice();
    buffers.push(own.buffer as ArrayBuffer);
    return own;
  }
  if (Array.isArray(value)) return value.map((item) => detach(item, buffers));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, detach(item, buffers)]));
  return value;
}
