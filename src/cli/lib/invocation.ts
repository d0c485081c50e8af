import { createEffects } from '../../lake/realEffects.ts';
import { exitCodes } from '../../core/errors.ts';
import { createHttp } from '../../venues/http.ts';
import type { Invocation, ParsedFlags } from './command.ts';

/** The real surroundings of a command: effects, a signal that Ctrl-C and SIGTERM raise, progress on stderr. */
export function openInvocation(parsed: { readonly args: readonly string[]; readonly flags: ParsedFlags }, dataRoot: string): Invocation {
  const controller = new AbortController();
  let isStopping = false;
  const stop = (code: number) => {
    if (isStopping) process.exit(code);
    isStopping = true;
    process.exitCode = code;
    controller.abort();
  };
  process.on('SIGINT', () => stop(exitCodes.interrupted));
  process.on('SIGTERM', () => stop(exitCodes.terminated));
  return {
    ...parsed,
    dataRoot,
    effects: createEffects({ http: createHttp() }),
    signal: controller.signal,
    note: parsed.flags['quiet'] === true ? () => {} : progressLine(),
  };
}

/** Writes notes to stderr; transient ones overwrite each other on a terminal and are left out elsewhere. */
function progressLine(): Invocation['note'] {
  const isTerminal = process.stderr.isTTY;
  let isOpen = false;
  return (text, options) => {
    if (options?.isTransient === true) {
      if (!isTerminal) return;
      process.stderr.write(`\r\u001B[2K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`);
      isOpen = true;
      return;
    }
    process.stderr.write(`${isOpen ? '\r\u001B[2K' : ''}${text}\n`);
    isOpen = false;
  };
}
