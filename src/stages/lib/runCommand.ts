import type { ParamSchema } from '../../core/params.ts';
import { requestOf, type RunConfig } from './runConfig.ts';
import { type RunKey, type RunKeyName, runKeyNames, runKeys } from './runKeys.ts';

/**
 * The arguments of the command that makes the same run: a flag for whatever is not the default.
 *
 * @param strategies parameters of each strategy, and whether its file comes from a `--plugins` folder
 */
export function runCommandOf(config: RunConfig, strategies: readonly { id: string; params: ParamSchema; isPlugin: boolean }[]): string[] {
  const request = requestOf(config);
  const parts: string[] = ['backtest run'];
  for (const name of runKeyNames) if (name !== 'strategy_params' && isNeeded(name, request, config)) parts.push(flagOf(name, request[name]));
  for (const { id, params } of config.strategies) {
    const schema = strategies.find((strategy) => strategy.id === id)?.params ?? {};
    for (const [key, value] of Object.entries(params)) if (schema[key]?.default !== value) parts.push(`--param ${quoted(`${id}.${key}=${value}`)}`);
  }
  if (strategies.some(({ isPlugin }) => isPlugin)) parts.push('--plugins DIR');
  return parts;
}

function isNeeded(name: RunKeyName, request: Readonly<Record<RunKeyName, unknown>>, { costBps, feeBps, slippageBps, source }: RunConfig): boolean {
  // An all-in cost stands instead of fee and slippage; a seed belongs to the sample market alone.
  const isSum = costBps === feeBps + slippageBps;
  if (name === 'cost_bps') return !isSum;
  if ((name === 'fee_bps_per_side' || name === 'slippage_bps_per_fill') && !isSum) return false;
  if (name === 'seed' && source !== 'sample') return false;
  return String(request[name]) !== String((runKeys[name] as RunKey).default);
}

function flagOf(name: RunKeyName, value: unknown): string {
  const { flag } = runKeys[name];
  return value === true ? `--${flag}` : `--${flag} ${quoted(String(value))}`;
}

/** As a shell takes it. */
function quoted(text: string): string {
  return /^[\w.,:/=+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
