import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cli, errorCode, expectNothingHalfMade, featureFile, filesBelow, sampleRun, strategyFile, writeFiles } from '../support/cli.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';

afterAll(removeFolders);

const folder = temporaryFolder();
const isQuietDay = "{ kind: 'bracket', entry: { long: column('close').gt(column('close').lag(1)) }, maxHoldBars: 4 }";

writeFiles(join(folder, 'configs'), {
  'broken.yaml': 'symbols: [BTCUSDT\nseed: }\n',
  'unknown.yaml': 'symbols: BTCUSDT\n# a comment\nstrategis: [vol_compression_v1]\n',
  'twice.yaml': 'symbols: BTCUSDT\nsymbols: ETHUSDT\n',
  'list.yaml': '- BTCUSDT\n- ETHUSDT\n',
  'alias.yaml': 'symbols: &a [BTCUSDT]\nstrategies: *a\n',
  'type.yaml': 'allow_missing_funding: maybe\n',
  'day.yaml': 'start: 2023-02-30\n',
  'params.yaml': 'strategy_params:\n  vol_compression_v2:\n    max_hold_bars: 3\n',
  'unused.yaml': 'seed: 1\nstrategy_params:\n  vol_compression_momentum_v1:\n    max_hold_bars: 3\n',
  'bounds.yaml': 'strategy_params:\n  vol_compression_v1:\n    exit_rv_pct_revert: 40\n    max_hold_bars: 0\n',
  'unknown_param.yaml': 'strategy_params:\n  vol_compression_v1: { max_hold_bar: 3 }\n',
  'not_a_mapping.yaml': 'strategy_params: [vol_compression_v1]\n',
  'negative.yaml': 'seed: 1\nfee_bps_per_side: -1\n',
  'source.yaml': 'seed: 1\n\nsource: sampel\n',
  'strategy.yaml': 'strategies:\n  - vol_compresion_v1\n',
  'symbol.yaml': '# symbols of the venue\nsymbols:\n  - BTC-USDT\n',
  'sound.yaml': 'fee_bps_per_side: 3\n',
});
writeFiles(join(folder, 'vectors'), { 'empty.json': '{"vectors":[]}', 'other.json': '{"rows":[]}', 'broken.json': '{"vectors":[' });
writeFiles(join(folder, 'plugins'), {
  'wrong_id/strategies/one.ts': strategyFile('two', isQuietDay),
  'unbranded/strategies/one.ts': "export default { id: 'one' };\n",
  'syntax/strategies/one.ts': 'const x = 1;\nexport default ((;\n',
  'import/strategies/one.ts': "import { x } from './absent.ts';\nexport default x;\n",
  'throws/strategies/one.ts': "throw new Error('not today');\n",
  'built_in_id/strategies/vol_compression_v1.ts': strategyFile('vol_compression_v1', isQuietDay),
  'twice_a/strategies/one.ts': strategyFile('one', isQuietDay),
  'twice_b/strategies/one.ts': strategyFile('one', isQuietDay),
  'look_ahead/strategies/one.ts': strategyFile('one', "{ kind: 'bracket', entry: { long: column('close').lag(-1).gt(0) } }"),
  'unknown_column/strategies/one.ts': strategyFile('one', "{ kind: 'bracket', entry: { long: column('rv_97').gt(1) } }"),
  'retrospective/strategies/one.ts': strategyFile('one', "{ kind: 'bracket', entry: { long: column('fp_active').gt(0) } }"),
  'gap_length/strategies/one.ts': strategyFile('one', "{ kind: 'bracket', entry: { long: column('gap_len').gt(0) } }"),
  'limit/strategies/one.ts': strategyFile(
    'one',
    "{ kind: 'bracket', entry: { long: column('close').gt(0), order: { type: 'limit', price: { long: column('low') }, lifetimeBars: 4 } } }",
  ),
  'too_large/strategies/one.ts': strategyFile('one', "{ kind: 'target', position: column('close') }"),
  'cycle/features/a_1.ts': featureFile('a_1', ['b_1'], ''),
  'cycle/features/b_1.ts': featureFile('b_1', ['a_1'], ''),
  'cycle/strategies/one.ts': strategyFile('one', "{ kind: 'bracket', entry: { long: column('a_1').gt(1) } }"),
  'input/features/a_1.ts': featureFile('a_1', ['clos'], ''),
  'input/strategies/one.ts': strategyFile('one', "{ kind: 'bracket', entry: { long: column('a_1').gt(1) } }"),
  'fails/features/a_1.ts': featureFile('a_1', ['close'], "throw new Error('boom');"),
  'fails/strategies/one.ts': strategyFile('one', "{ kind: 'bracket', entry: { long: column('a_1').gt(1) } }"),
});
mkdirSync(join(folder, 'plugins', 'no_units'));

interface Wrong {
  /** What is wrong, to be read after "refuses". */
  readonly what: string;
  readonly args: readonly string[];
  readonly code: string;
  /** Parts of the message and of what to do next. */
  readonly says: readonly string[];
  readonly exit?: number;
}

let roots = 0;
const dataRoot = () => join(folder, 'roots', String(roots++));
const run = (what: string, changes: Readonly<Record<string, string>>, code: string, ...says: string[]): Wrong => ({
  what,
  args: sampleRun(dataRoot(), changes),
  code,
  says,
});
const plain = (what: string, args: readonly string[], code: string, ...says: string[]): Wrong => ({
  what,
  args: [...args, '--data-root', dataRoot()],
  code,
  says,
});
const param = (what: string, value: string, code: string, ...says: string[]) => run(what, { param: value }, code, ...says);
const config = (what: string, name: string, ...says: string[]) => run(what, { config: join(folder, 'configs', name) }, 'E_CONFIG', name, ...says);
const file = (name: string) => join(folder, 'configs', name);
/** Symbols and days of a run whose other flags are the case's own. */
const day = ['--symbols', 'BTCUSDT', '--start', '2023-01-01', '--end', '2023-01-02'];
const inConfig = (what: string, name: string, code: string, ...says: string[]) => run(what, { config: file(name) }, code, ...says);
const plugin = (what: string, name: string, code: string, ...says: string[]) =>
  run(what, { plugins: join(folder, 'plugins', name), strategies: 'one' }, code, ...says);

async function expectRefusal({ args, code, says, exit = 2 }: Wrong): Promise<void> {
  const result = await cli(args, { cwd: folder });
  expect(errorCode(result.stderr), result.stderr).toBe(code);
  expect(result.exit).toBe(exit);
  for (const part of says) expect(result.stderr).toContain(part);
  expect(result.stderr).toMatch(/\n {2}next: ./);
  expect(result.stderr).not.toMatch(/\n\s+at /);
  expect(result.stdout).toBe('');
  expectNothingHalfMade(args[args.indexOf('--data-root') + 1]!);
}

describe('a wrong command line ends with 2, says what is wrong and what to do, and leaves nothing: it refuses', () => {
  const twice = (flag: string, value: string): string[] => [...sampleRun(dataRoot()), `--${flag}`, value];
  const stage = (id: string) => ['stage', id, '--source', 'sample', '--symbols', 'BTCUSDT', '--start', '2023-01-01', '--end', '2023-01-02'];
  const commands: Wrong[] = [
    plain('an unknown command, suggesting one', ['rnu'], 'E_USAGE', 'rnu', 'did you mean run?'),
    plain('the beginning of a command, suggesting the whole', ['conf'], 'E_USAGE', 'did you mean config?'),
    plain('a command in the singular, suggesting the plural', ['strategy', 'list'], 'E_USAGE', 'did you mean strategies?'),
    plain('an unknown command like no other, listing all', ['zzzzzz'], 'E_USAGE', 'run, runs, stage, strategies'),
    { what: 'a flag before the command', args: ['--data-root', dataRoot(), 'runs', 'list'], code: 'E_USAGE', says: ['flags follow it', 'runs list'] },
    plain('an unknown action, suggesting one', ['runs', 'lst'], 'E_USAGE', 'there is no action lst; did you mean list?', 'list, show'),
    plain('an unknown shell, suggesting one', ['completion', 'bsh'], 'E_USAGE', 'did you mean bash?', 'powershell'),
    plain('runs without an action', ['runs'], 'E_USAGE', 'runs needs <action>', 'list, show'),
    plain('strategies without an action', ['strategies'], 'E_USAGE', 'strategies needs <action>'),
    plain('vectors without a file', ['vectors'], 'E_USAGE', 'vectors needs <file>'),
    plain('runs show without an id', ['runs', 'show'], 'E_USAGE', 'needs a run id', 'backtest runs list'),
    plain('runs diff with one id', ['runs', 'diff', 'one'], 'E_USAGE', 'needs two run ids'),
    plain('runs list with an id', ['runs', 'list', 'one'], 'E_USAGE', 'takes no run id, found one'),
    plain('strategies list with an id', ['strategies', 'list', 'vol_compression_v1'], 'E_USAGE', 'strategies show vol_compression_v1'),
    plain('an empty id', ['strategies', 'show', ''], 'E_USAGE', 'strategies needs <id>'),
    plain('a folder as vector file', ['vectors', folder], 'E_USAGE', 'there is no file'),
    { what: 'an unknown flag alone', args: ['--versions'], code: 'E_USAGE', says: ['did you mean --version?'] },
    plain('one id too many', ['runs', 'diff', 'a', 'b', 'c'], 'E_USAGE', 'at most 3 arguments', 'found c'),
    plain('runs show of an unknown id', ['runs', 'show', 'nope'], 'E_RUN_UNKNOWN', 'nope', 'none'),
    plain('runs show of an id that is a path', ['runs', 'show', '../nope'], 'E_USAGE', '../nope'),
    plain('verify of an unknown run', ['verify', '--run-id', 'nope'], 'E_RUN_UNKNOWN', 'nope'),
    plain('runs export without a folder', ['runs', 'export', 'nope'], 'E_USAGE', '--to DIR'),
    plain('a flag of another action', ['runs', 'show', 'nope', '--deep'], 'E_USAGE', '--deep is for runs verify, not for runs show'),
    plain('strategies show of an unknown id, suggesting one', ['strategies', 'show', 'vol_compression_v'], 'E_UNKNOWN_UNIT', 'vol_compression_v1?'),
    plain('an unknown stage, suggesting one', stage('clena'), 'E_UNKNOWN_UNIT', 'did you mean clean?'),
    plain('an absent plugin folder', ['strategies', 'list', '--plugins', join(folder, 'nowhere')], 'E_UNIT_INVALID', 'does not exist'),
  ];
  const flags: Wrong[] = [
    plain('an unknown flag, suggesting one', ['run', '--symbls', 'BTCUSDT'], 'E_USAGE', 'no flag --symbls; did you mean --symbols?'),
    plain('a flag with an underscore', ['run', '--fees_bps', '4'], 'E_USAGE', 'did you mean --fees-bps?'),
    plain('a flag in capitals', ['run', '--Symbols', 'BTCUSDT'], 'E_USAGE', 'did you mean --symbols?'),
    plain('a flag with one dash', ['run', '-symbols', 'BTCUSDT'], 'E_USAGE', 'no flag -symbols; did you mean --symbols?'),
    plain('an unknown flag with its value inside', ['run', '--strat=2023-01-01'], 'E_USAGE', 'no flag --strat;'),
    plain('a misspelled flag of every command', ['doctor', '--jsn'], 'E_USAGE', 'did you mean --json?'),
    run('an unknown flag like no other', { zzzzzz: '1' }, 'E_USAGE', '--zzzzzz'),
    plain('a stray argument', ['run', 'extra'], 'E_USAGE', 'run takes no arguments, found extra'),
    plain('a flag without its dashes', ['run', 'symbols', 'BTCUSDT'], 'E_USAGE', 'did you mean --symbols?'),
    plain('a flag after the end of flags', ['run', '--', 'symbols', 'BTCUSDT'], 'E_USAGE', 'found symbols; did you mean --symbols?'),
    plain('symbols without their flag', ['run', 'BTCUSDT,ETHUSDT'], 'E_USAGE', 'symbols follow --symbols'),
    plain('a blank in a list of symbols', ['run', '--symbols', 'BTCUSDT,', 'ETHUSDT'], 'E_USAGE', 'found ETHUSDT', 'no blanks'),
    { what: 'a flag at the end without its value', args: [...sampleRun(dataRoot()), '--seed'], code: 'E_USAGE', says: ['--seed needs a value (N)'] },
    plain('a flag in the place of a value', ['run', '--symbols', '--start', '2023-01-01'], 'E_USAGE', '--symbols needs a value (A,B), found --start'),
    plain(
      'nothing after an equals sign',
      ['run', '--symbols', 'BTCUSDT', '--start='],
      'E_USAGE',
      '--start needs a value (YYYY-MM-DD), found nothing',
    ),
    run('an empty date', { end: '' }, 'E_USAGE', '--end needs a value'),
    run('an empty list of strategies', { strategies: '' }, 'E_USAGE', '--strategies needs a value'),
    { what: 'an empty data root', args: sampleRun(''), code: 'E_USAGE', says: ['--data-root'] },
    { what: 'a switch with a value', args: [...sampleRun(dataRoot()), '--force=1'], code: 'E_USAGE', says: ['--force takes no value, found "1"'] },
    { what: 'a switch followed by a value', args: [...sampleRun(dataRoot()), '--force', '1'], code: 'E_USAGE', says: ['no arguments, found 1'] },
    { what: 'a flag given twice', args: twice('start', '2023-01-05'), code: 'E_USAGE', says: ['--start is given twice'] },
    {
      what: 'a parameter given twice',
      args: [...twice('param', 'vol_compression_v1.max_hold_bars=3'), '--param', 'vol_compression_v1.max_hold_bars=4'],
      code: 'E_USAGE',
      says: ['vol_compression_v1.max_hold_bars is given twice: 3 and 4'],
    },
    run('an all-in cost beside a fee', { 'cost-bps': '6', 'fees-bps': '4' }, 'E_USAGE', '--cost-bps and --fees-bps contradict each other'),
    run('an all-in cost beside slippage', { 'cost-bps': '6', 'slippage-bps': '4' }, 'E_USAGE', '--cost-bps and --slippage-bps contradict'),
    run('a server for the sample market', { 'archive-url': 'http://127.0.0.1:1' }, 'E_USAGE', 'the sample market asks no server'),
    run('a seed for the venue', { source: 'binance', seed: '3' }, 'E_USAGE', 'only the sample market has a seed'),
    {
      what: 'a refresh of nothing',
      args: [...sampleRun(dataRoot()), '--refresh', '--skip-ingest-ohlcv', '--skip-ingest-funding'],
      code: 'E_USAGE',
      says: ['nothing is left to ask again for'],
    },
  ];
  const values: Wrong[] = [
    plain('a run without dates', ['run', '--symbols', 'BTCUSDT'], 'E_BAD_DATE', '--start', 'YYYY-MM-DD'),
    plain('a run without symbols', ['run', '--start', '2023-01-01', '--end', '2023-01-02'], 'E_USAGE', '--symbols'),
    run('30 February, suggesting the last of the month', { start: '2023-02-30' }, 'E_BAD_DATE', '--start', 'did you mean 2023-02-28?'),
    run('a date with slashes, suggesting dashes', { start: '2023/01/01' }, 'E_BAD_DATE', '2023/01/01', 'did you mean 2023-01-01?'),
    run('a date without zeros', { start: '2023-1-5' }, 'E_BAD_DATE', 'did you mean 2023-01-05?'),
    run('a date without dashes', { start: '20230105' }, 'E_BAD_DATE', 'did you mean 2023-01-05?'),
    run('a time of day', { start: '2023-01-01T00:00:00Z' }, 'E_BAD_DATE', 'did you mean 2023-01-01?'),
    run('a date in words', { start: 'yesterday' }, 'E_BAD_DATE', '"yesterday" is not a calendar day'),
    run('a year that cannot be meant', { end: '9999-12-31' }, 'E_BAD_DATE', '9999-12-31 lies outside', '2099-12-31'),
    run('month 13', { end: '2023-13-01' }, 'E_BAD_DATE', '2023-13-01'),
    run('an end before the start', { end: '2022-12-31' }, 'E_BAD_DATE', '--end', '2022-12-31', '2023-01-01'),
    run('a symbol with a dash, suggesting it without', { symbols: 'BTC-USDT' }, 'E_BAD_SYMBOL', 'BTC-USDT', 'did you mean BTCUSDT?'),
    run('a symbol with a slash', { symbols: 'eth/usdt' }, 'E_BAD_SYMBOL', 'did you mean ETHUSDT?'),
    run('a symbol that is a path', { symbols: '../../etc' }, 'E_BAD_SYMBOL'),
    run('one bad symbol among good ones', { symbols: 'BTCUSDT,bad!' }, 'E_BAD_SYMBOL', 'BAD!'),
    run('no symbol between commas', { symbols: ',' }, 'E_CONFIG', '--symbols', 'no name'),
    run('an unknown strategy, suggesting one', { strategies: 'vol_compresion_v1' }, 'E_UNKNOWN_UNIT', 'did you mean vol_compression_v1?'),
    param('an unknown parameter, suggesting one', 'vol_compression_v1.max_hold_bar=3', 'E_BAD_PARAM', 'did you mean max_hold_bars?'),
    param('a parameter out of bounds', 'vol_compression_v1.max_hold_bars=0', 'E_BAD_PARAM', '0 is outside 1..2880'),
    param('a fraction for a whole number', 'vol_compression_v1.max_hold_bars=1.5', 'E_BAD_PARAM', 'whole number'),
    param('text for a number', 'vol_compression_v1.max_hold_bars=many', 'E_BAD_PARAM', '"many"'),
    param('nothing for a number', 'vol_compression_v1.max_hold_bars=', 'E_BAD_PARAM', 'expected a number'),
    param('a parameter of a name that every object has', 'constructor.x=1', 'E_CONFIG', 'no strategy is called constructor'),
    param('yes for true', 'vol_compression_v1.one_trade_per_day=yes', 'E_BAD_PARAM', 'true or false'),
    param('a time zone on Mars', 'vol_compression_v1.trade_day_timezone=Mars/Base', 'E_BAD_PARAM', 'Mars/Base', 'Europe/Berlin'),
    param('a malformed --param', 'max_hold_bars', 'E_USAGE', 'STRATEGY.NAME=VALUE'),
    param(
      'a parameter of no strategy, suggesting one',
      'vol_compression_v2.max_hold_bars=3',
      'E_CONFIG',
      '--param',
      'did you mean vol_compression_v1?',
    ),
    param('a parameter of a strategy that is not run', 'vol_compression_momentum_v1.max_hold_bars=3', 'E_CONFIG', 'not part of the run'),
    run('an unknown source, suggesting one', { source: 'sampel' }, 'E_UNKNOWN_UNIT', 'did you mean sample?'),
    run('an unknown accounting', { accounting: 'scren' }, 'E_UNKNOWN_UNIT', 'did you mean screen?'),
    run('an unknown --compat, suggesting one', { compat: 'referenz' }, 'E_CONFIG', '--compat', 'did you mean reference?'),
    run('a negative fee', { 'fees-bps': '-1' }, 'E_CONFIG', '--fees-bps: -1 is outside 0..1000'),
    run('negative slippage', { 'slippage-bps': '-0.5' }, 'E_CONFIG', '--slippage-bps: -0.5 is outside'),
    run('a negative cost', { 'cost-bps': '-3' }, 'E_CONFIG', '--cost-bps: -3 is outside'),
    run('text for a cost', { 'cost-bps': 'free' }, 'E_CONFIG', '"free"'),
    run('a cost in hexadecimal', { 'cost-bps': '0x10' }, 'E_CONFIG', 'expected a number, got "0x10"'),
    run('a decimal comma', { 'fees-bps': '4,5' }, 'E_CONFIG', '"4,5"'),
    run('no equity', { 'initial-equity': '0' }, 'E_CONFIG', '--initial-equity: 0 is outside'),
    run('a negative seed', { seed: '-1' }, 'E_CONFIG', '--seed'),
    run('a fraction as seed', { seed: '1.5' }, 'E_CONFIG', '--seed: expected a whole number'),
    run('no workers', { workers: '0' }, 'E_USAGE', '--workers', 'at least 1'),
    run('half a worker', { workers: '1.5' }, 'E_USAGE', '--workers'),
    run('a negative lock time-out', { 'lock-timeout': '-1' }, 'E_USAGE', '--lock-timeout', 'at least 0'),
    run('a lock time-out in words', { 'lock-timeout': 'soon' }, 'E_USAGE', '"soon"'),
    run('a run id with capitals and spaces', { 'run-id': 'My Run' }, 'E_USAGE', 'My Run', 'did you mean my-run?'),
    run('a run id that is a path', { 'run-id': '../x' }, 'E_USAGE', '../x'),
    run('an archive address of another protocol', { source: 'binance', 'archive-url': 'ftp://host' }, 'E_USAGE', 'ftp://host'),
  ];
  const configs: Wrong[] = [
    config('an absent configuration file', 'absent.yaml', 'no such file'),
    run('a folder as configuration file', { config: join(folder, 'configs') }, 'E_CONFIG', 'it is not a file'),
    config('a file that is not YAML, naming the line', 'broken.yaml', 'line 2'),
    config('an unknown key, with line, column and suggestion', 'unknown.yaml', 'line 3, column 1', 'strategis', 'did you mean strategies?'),
    config('a key given twice, naming the line', 'twice.yaml', 'line 2', 'unique'),
    config('a list in the place of a mapping', 'list.yaml', 'mapping'),
    config('YAML aliases', 'alias.yaml', 'aliases'),
    config('a wrong type, naming the line', 'type.yaml', 'line 1, column 1', 'allow_missing_funding', '"maybe"'),
    config('a negative cost, naming the line', 'negative.yaml', 'line 2, column 1', 'fee_bps_per_side', '-1 is outside'),
    config('parameters of no strategy, with the line and a suggestion', 'params.yaml', 'line 2, column 3', 'did you mean vol_compression_v1?'),
    config('parameters of a strategy that is not run, naming the line', 'unused.yaml', 'line 3, column 3', 'not part of the run'),
    config('a list in the place of parameters', 'not_a_mapping.yaml', 'line 1, column 1', 'expected a mapping'),
    {
      what: 'what is wrong in the first of two files, naming that file',
      args: [...sampleRun(dataRoot()), '--config', file('type.yaml'), '--config', file('sound.yaml')],
      code: 'E_CONFIG',
      says: ['type.yaml line 1'],
    },
    inConfig('a parameter out of bounds, naming the line', 'bounds.yaml', 'E_BAD_PARAM', '0 is outside 1..2880', 'bounds.yaml line 4, column 5'),
    inConfig('an unknown parameter, with the line and a suggestion', 'unknown_param.yaml', 'E_BAD_PARAM', 'max_hold_bars?', 'line 2, column 25'),
    inConfig('an unknown strategy, naming the line', 'strategy.yaml', 'E_UNKNOWN_UNIT', 'vol_compression_v1?', 'strategy.yaml line 1'),
    plain('an unknown source, naming the line', ['run', ...day, '--config', file('source.yaml')], 'E_UNKNOWN_UNIT', 'sample?', 'source.yaml line 3'),
    plain('a bad symbol, naming the line', ['run', ...day.slice(2), '--config', file('symbol.yaml')], 'E_BAD_SYMBOL', 'symbol.yaml line 2'),
    plain(
      'a bad day, naming the line',
      ['run', ...day.slice(0, 2), ...day.slice(4), '--config', file('day.yaml')],
      'E_BAD_DATE',
      'day.yaml line 1',
      '2023-02-28?',
    ),
    plain('a wrong configuration also when it is only shown', ['config', 'show', '--config', file('bounds.yaml')], 'E_BAD_PARAM', 'line 4'),
    plain('run flags where keys are listed', ['config', 'keys', '--seed', '1'], 'E_USAGE', '--seed is for config show'),
  ];
  const files: Wrong[] = [
    plain('an absent vector file', ['vectors', join(folder, 'absent.json')], 'E_USAGE', 'absent.json'),
    plain('a vector file that is not JSON', ['vectors', join(folder, 'vectors', 'broken.json')], 'E_USAGE', 'is not JSON'),
    plain('a vector file without vectors', ['vectors', join(folder, 'vectors', 'empty.json')], 'E_USAGE', 'no vectors'),
    plain('JSON that is no vector file', ['vectors', join(folder, 'vectors', 'other.json')], 'E_USAGE', '`vectors`'),
  ];
  const wrong = [...commands, ...flags, ...values, ...configs, ...files];
  it('at least forty of them', () => expect(wrong.length).toBeGreaterThanOrEqual(40));
  it.each(wrong)('$what', expectRefusal);
});

describe('a wrong unit of the user is named before any data are fetched: it refuses', () => {
  const wrong: Wrong[] = [
    plugin('an absent plugin folder', 'absent', 'E_UNIT_INVALID', 'does not exist'),
    plugin('a folder without units', 'no_units', 'E_UNIT_INVALID', 'no units', 'strategies/'),
    plugin('an id that is not the file name', 'wrong_id', 'E_UNIT_INVALID', 'strategies/one.ts', 'its id is two'),
    plugin('an export that define... did not make', 'unbranded', 'E_UNIT_INVALID', 'strategies/one.ts', 'define function'),
    plugin('a syntax error, naming line and column', 'syntax', 'E_UNIT_INVALID', 'one.ts', 'line 2, column 18'),
    plugin('an import that is not there', 'import', 'E_UNIT_INVALID', './absent.ts', 'line 1'),
    plugin('a file that throws when imported', 'throws', 'E_UNIT_INVALID', 'strategies/one.ts', 'not today'),
    run('an id of a built-in strategy', { plugins: join(folder, 'plugins', 'built_in_id') }, 'E_UNIT_DUPLICATE', 'vol_compression_v1', 'Rename'),
    plugin('a negative lag', 'look_ahead', 'E_UNIT_INVALID', 'cannot look ahead'),
    plugin('an unknown column, suggesting one', 'unknown_column', 'E_COLUMN_UNKNOWN', 'strategy one', 'did you mean rv_96?'),
    plugin('a feature’s unknown input, suggesting one', 'input', 'E_COLUMN_UNKNOWN', 'feature a_1', 'did you mean close?'),
    plugin('a retrospective column', 'retrospective', 'E_COLUMN_RETROSPECTIVE', 'fp_active', 'look ahead'),
    plugin('the length of a gap', 'gap_length', 'E_COLUMN_RETROSPECTIVE', 'gap_len'),
    plugin('features that read each other', 'cycle', 'E_FEATURE_CYCLE', 'a_1 -> b_1 -> a_1'),
    plugin('a limit order under screen', 'limit', 'E_INTENT_UNSUPPORTED', 'entry.order limit', 'screen'),
  ];
  it.each(wrong)('$what', async (refusal) => {
    await expectRefusal(refusal);
    const root = refusal.args[refusal.args.indexOf('--data-root') + 1]!;
    expect(filesBelow(root).filter((name) => !name.startsWith('cache'))).toEqual([]);
  });

  it('one id in two plugin folders', async () => {
    const args = [...sampleRun(dataRoot()), ...['twice_a', 'twice_b'].flatMap((name) => ['--plugins', join(folder, 'plugins', name)])];
    await expectRefusal({ what: '', args, code: 'E_UNIT_DUPLICATE', says: ['twice_a/strategies/one.ts', 'twice_b/strategies/one.ts'] });
  });
});

describe('a unit that goes wrong on data is named as the user’s, not as a defect of the product', () => {
  it.each([
    plugin('a position beyond 1', 'too_large', 'E_POSITION_INVALID', 'strategy one', 'BTCUSDT', '2023-01-01T00:00:00Z'),
    plugin('a feature that throws', 'fails', 'E_UNIT_INVALID', 'a_1', 'boom'),
  ])('$what', expectRefusal);
});

describe('data that are not there end with 3', () => {
  it.each([
    { ...run('a window after the source’s end', { start: '2032-01-01', end: '2032-01-31' }, 'E_NO_DATA', 'BTCUSDT', '2032-01-01'), exit: 3 },
    { ...run('a window before the source’s start', { start: '2018-01-01', end: '2018-01-31' }, 'E_NO_DATA', 'begins at 2019-09-01'), exit: 3 },
  ])('$what', expectRefusal);

  it.each([
    ['--skip-ingest-ohlcv', 'E_NO_DATA', 'Run once without --skip-ingest-ohlcv'],
    ['--skip-ingest-funding', 'E_FUNDING_MISSING', '--allow-missing-funding'],
  ])('%s on an empty lake', async (flag, code, hint) => {
    await expectRefusal({ what: '', args: [...sampleRun(dataRoot()), flag], code, says: [hint], exit: 3 });
  });
});

describe('a data root that is a file', () => {
  it('ends with 4 and leaves the file alone', async () => {
    const file = join(writeFiles(folder, { 'file.txt': 'mine' }), 'file.txt');
    const result = await cli(sampleRun(file));
    expect([result.exit, errorCode(result.stderr)]).toEqual([4, 'E_FILE']);
    expect(existsSync(file)).toBe(true);
  });
});
