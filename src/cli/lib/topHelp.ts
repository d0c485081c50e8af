import type { UnitEntry } from '../../registry/discover.ts';
import type { Task } from './command.ts';

const sample = '--source sample --symbols BTCUSDT,ETHUSDT --start 2023-01-01 --end 2024-12-31';

/** Headings of the tasks in the order shown, each with a first command to try. */
const headings: Readonly<Record<Task | 'more', readonly [title: string, first: string | null]>> = {
  run: ['Run a backtest', `backtest run ${sample}`],
  configure: ['Choose and configure', 'backtest strategies show vol_compression_v1'],
  results: ['Look at results', 'backtest runs list'],
  research: ['Research and governance', 'backtest study list'],
  checks: ['Check what is stored', 'backtest verify'],
  tools: ['Tools', 'backtest doctor'],
  more: ['More', null],
};

/** What `backtest --help` prints, from the unit index alone so that no command has to be imported. */
export function topHelp(commands: readonly UnitEntry[]): string {
  const width = Math.max(...commands.map(({ id }) => id.length));
  const sections = (Object.keys(headings) as (keyof typeof headings)[]).flatMap((task) => {
    const own = commands.filter((command) => taskOf(command) === task);
    if (own.length === 0) return [];
    const [title, first] = headings[task];
    const rows = own.flatMap(({ id, summary }) =>
      wrap(summary ?? '', 96 - width).map((line, index) => `  ${(index === 0 ? id : '').padEnd(width)}  ${line}`.trimEnd()),
    );
    return [`${title}:`, ...rows, ...(first === null ? [] : [`  ${''.padEnd(width)}  try: ${first}`]), ''];
  });
  return [
    'backtest: research and backtesting for crypto perpetual futures on 15-minute bars',
    '',
    'Usage: backtest <command> [arguments] [flags]',
    '',
    ...sections,
    'New here? The first command above runs the whole pipeline on a simulated market, without network,',
    'and names the HTML report that it wrote. Help on one command: backtest <command> --help',
    '',
  ].join('\n');
}

/** The same as data. */
export function topHelpData(commands: readonly UnitEntry[]): unknown {
  return { commands: commands.map((command) => ({ command: command.id, summary: command.summary ?? '', task: taskOf(command) })) };
}

function taskOf({ task }: UnitEntry): Task | 'more' {
  return task !== undefined && Object.hasOwn(headings, task) ? (task as Task) : 'more';
}

/** Words in lines of at most `columns` characters. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
