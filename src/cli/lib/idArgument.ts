import { AppError } from '../../core/errors.ts';
import type { Invocation } from './command.ts';

/** The n-th run id of `runs <action>`. @throws E_USAGE when it was left out */
export function idArgument(invocation: Invocation, place: 1 | 2 = 1): string {
  const id = invocation.args[place];
  if (id !== undefined) return id;
  const what = place === 1 ? 'a run id' : 'two run ids';
  throw new AppError('E_USAGE', { problem: `runs ${invocation.args[0]} needs ${what}; \`backtest runs list\` shows them` });
}
