import type { UnitEntry } from '../../registry/discover.ts';

/** What `backtest --help` prints, from the unit index alone so that nothing has to be imported. */
export function topHelp(commands: readonly UnitEntry[]): string {
  const width = Math.max(...commands.map(({ id }) => id.length));
  return [
    'backtest: research and backtesting for crypto perpetual futures on 15-minute bars',
    '',
    'Usage: backtest <command> [arguments] [flags]',
    '',
    'Commands:',
    ...commands.map(({ id, summary }) => `  ${id.padEnd(width)}  ${summary ?? ''}`.trimEnd()),
    '',
    'First run, no network:',
    '  backtest run --source sample --symbols BTCUSDT,ETHUSDT --start 2023-01-01 --end 2024-12-31',
    '',
    'Help on one command: backtest <command> --help',
    '',
  ].join('\n');
}
