import { AppError } from '../../core/errors.ts';
import type { Invocation } from './command.ts';

/** The run ids of `runs <action>`, exactly as many as it takes. @throws E_USAGE */
export function runArguments(invocation: Invocation, count: 0): [];
export function runArguments(invocation: Invocation, count: 1): [string];
export function runArguments(invocation: Invocation, count: 2): [string, string];
export function runArguments({ args }: Invocation, count: 0 | 1 | 2): string[] {
  const [action, ...ids] = args;
  if (ids.length === count) return ids;
  const needed = ['no run id', 'a run id', 'two run ids'][count]!;
  throw new AppError('E_USAGE', {
    problem:
      ids.length < count
        ? `runs ${action!} needs ${needed}; \`backtest runs list\` shows them`
        : `runs ${action!} takes ${needed}, found ${ids.join(' ')}`,
  });
}
