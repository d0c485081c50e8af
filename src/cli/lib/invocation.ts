import type { Clock } from '../../core/effects.ts';
import { exitCodes } from '../../core/errors.ts';
import { createEffects } from '../../lake/realEffects.ts';
import { createHttp } from '../../venues/http.ts';
import type { Invocation, ParsedFlags } from './command.ts';

/** What the process knows about its surroundings. */
export interface Surroundings {
  readonly dataRoot: string;
  /** True when stderr can redraw a line. */
  readonly isTerminal: boolean;
  /** Called when a signal came and the work did not stop in time; must end the process with the code. */
  readonly abandon: (code: number) => void;
}

export interface OpenInvocation {
  readonly invocation: Invocation;
  /** Clears a progress line that is still open, so that what follows begins on a line of its own. */
  closeLine(): void;
}

/** Work that has not stopped this long after a signal is left; stored data are whole at any instant. */
const patienceMs = 1_200;
const redrawMs = 80;
const plainLineMs = 10_000;

/** The real surroundings of a command: effects, a signal that Ctrl-C and SIGTERM raise, progress on stderr. */
export function openInvocation(
  parsed: { readonly args: readonly string[]; readonly flags: ParsedFlags },
  { dataRoot, isTerminal, abandon }: Surroundings,
): OpenInvocation {
  const effects = createEffects({ http: createHttp() });
  const line = parsed.flags['quiet'] === true ? silent : progressLine(effects.clock, isTerminal);
  const signal = abortOnSignals(abandon);
  return { invocation: { ...parsed, dataRoot, effects, signal, note: line.note }, closeLine: line.close };
}

/** The first signal asks the work to stop, a second one or too long a wait ends the process. */
function abortOnSignals(abandon: (code: number) => void): AbortSignal {
  const controller = new AbortController();
  const stop = (code: number) => {
    if (controller.signal.aborted) process.exit(code);
    process.exitCode = code;
    controller.abort();
    setTimeout(() => abandon(code), patienceMs).unref();
  };
  process.on('SIGINT', () => stop(exitCodes.interrupted));
  process.on('SIGTERM', () => stop(exitCodes.terminated));
  return controller.signal;
}

interface Line {
  readonly note: Invocation['note'];
  close(): void;
}

const silent: Line = { note: () => {}, close: () => {} };

/**
 * Writes notes to stderr. Transient ones overwrite each other on a terminal; elsewhere one is written as a plain line
 * when nothing has been for a while, so that a log shows that work goes on.
 */
function progressLine(clock: Clock, isTerminal: boolean): Line {
  const clear = '\r\u001B[2K';
  let isOpen = false;
  let last = clock.elapsed();
  const plain = (text: string) => {
    process.stderr.write(`${isOpen ? clear : ''}${text}\n`);
    isOpen = false;
    last = clock.elapsed();
  };
  const redraw = (text: string) => {
    process.stderr.write(`${clear}${text.slice(0, (process.stderr.columns ?? 80) - 1)}`);
    isOpen = true;
    last = clock.elapsed();
  };
  return {
    note(text, options) {
      if (options?.isTransient !== true) plain(text);
      else if (isTerminal && (!isOpen || clock.elapsed() - last >= redrawMs)) redraw(text);
      else if (!isTerminal && clock.elapsed() - last >= plainLineMs) plain(text);
    },
    close() {
      if (isOpen) process.stderr.write(clear);
      isOpen = false;
    },
  };
}
