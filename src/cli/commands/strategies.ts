import { join } from 'node:path';
import { type Feature, outputsOf, type Unit, unitFolders } from '../../core/define.ts';
import { AppError } from '../../core/errors.ts';
import type { Strategy } from '../../core/intent.ts';
import { describe } from '../../core/expression.ts';
import { columnReads, nodesOf } from '../../engine/intentColumns.ts';
import { baseColumns } from '../../features/lib/computeFeatures.ts';
import { retrospectiveColumns } from '../../features/lib/planForStrategies.ts';
import { writeAtomic } from '../../lake/writeAtomic.ts';
import { openRunRegistry } from '../../stages/lib/runRegistry.ts';
import { defineCommand, type Invocation } from '../lib/command.ts';
import { textTable } from '../lib/output.ts';
import { pluginsOf } from '../lib/runRequest.ts';
import { strategyTemplate } from '../lib/strategyTemplate.ts';

export default defineCommand({
  id: 'strategies',
  summary: 'list, show, begin or check strategies',
  task: 'configure',
  about:
    'Lists the strategies that a run can name, or shows one: parameters with defaults and bounds, the columns it reads, and its ' +
    'rules in words, generated from what the engine runs. `new` writes DIR/strategies/ID.ts, a strategy that runs as it is and is ' +
    'there to be edited. `check` tries one on half a year of the sample market: does a value change when the future is taken away, ' +
    'do two computations agree, are declared warm-ups enough. Strategies of your own are found in --plugins folders.',
  args: [
    { name: 'action', help: 'list, show, new or check', choices: ['list', 'show', 'new', 'check'] },
    { name: 'id', help: 'strategy id, for all but list', isOptional: true, completes: 'strategy' },
  ],
  flags: [
    {
      name: 'plugins',
      value: 'DIR',
      help: 'folder with your own units (repeatable); new writes into it',
      repeat: true,
      completes: 'folder',
    },
  ],
  examples: [
    'backtest strategies list',
    'backtest strategies show vol_compression_v1',
    'backtest strategies new my_breakout --plugins my-units',
    'backtest strategies check my_breakout --plugins my-units',
  ],
  no: 'a check of `strategies check` failed',
  seeAlso: ['run', 'config'],
  run: (invocation) => actions[invocation.args[0] as keyof typeof actions](invocation),
});

const actions = { list, show, new: begin, check };

async function list(invocation: Invocation) {
  if (invocation.args[1] !== undefined)
    throw new AppError('E_USAGE', { problem: `strategies list takes no id; for one: strategies show ${invocation.args[1]}` });
  const registry = openRunRegistry(invocation.dataRoot, pluginsOf(invocation.flags), invocation.effects);
  const strategies = [...(await registry.loadAll<Strategy & Unit>('strategy')).values()];
  return {
    data: strategies.map(({ id, summary, params }) => ({ id, summary, params: Object.keys(params), origin: registry.find('strategy', id).origin })),
    text: textTable(
      ['strategy', 'what it does'],
      strategies.map(({ id, summary }) => [id, summary]),
    ),
  };
}

async function show(invocation: Invocation) {
  const id = idOf(invocation);
  const registry = openRunRegistry(invocation.dataRoot, pluginsOf(invocation.flags), invocation.effects);
  const strategy = await registry.load<Strategy & Unit>('strategy', id);
  const params = Object.entries(strategy.params);
  const reads = columnReads(strategy).map(({ name, lag }) => (lag === 0 ? name : `${name}[-${lag}]`));
  const rules = rulesOf(strategy);
  const fingerprint = await registry.fingerprint('strategy', id);
  const range = (param: (typeof params)[number][1]) =>
    'min' in param ? `${param.min}..${param.max}` : param.type === 'boolean' ? 'true, false' : 'text';
  const table = textTable(
    ['parameter', 'default', 'range', 'meaning'],
    params.map(([name, param]) => [name, String(param.default), range(param), param.help]),
    [1],
  );
  return {
    data: {
      id,
      summary: strategy.summary,
      kind: strategy.intent.kind,
      params: Object.fromEntries(params.map(([name, { type, default: value, help }]) => [name, { type, default: value, help }])),
      reads,
      rules,
      fingerprint,
    },
    text: [
      `${id}: ${strategy.summary}`,
      '',
      table,
      '',
      `Reads: ${reads.join(', ')}`,
      '',
      'Rules:',
      ...rules.map((rule) => `  ${rule}`),
      '',
      `Fingerprint: ${fingerprint.slice(0, 16)}`,
    ].join('\n'),
  };
}

/** Writes a strategy to begin with. */
async function begin(invocation: Invocation) {
  const id = idOf(invocation);
  const [folder, ...more] = pluginsOf(invocation.flags);
  if (folder === undefined || more.length > 0)
    throw new AppError('E_USAGE', { problem: `strategies new needs one folder to write to: strategies new ${id} --plugins my-units` });
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(id))
    throw new AppError('E_USAGE', { problem: `${id} cannot be an id: small letters, digits and _ only, a letter first` });
  const path = join(folder, unitFolders.strategy, `${id}.ts`);
  const { files, uniqueName } = invocation.effects;
  const registry = openRunRegistry(invocation.dataRoot, (await files.stat(path)) === null ? [] : [folder], invocation.effects);
  if (registry.ids('strategy').includes(id)) throw new AppError('E_USAGE', { problem: `there is a strategy ${id} already; nothing was written` });
  const features = await registry.loadAll<Feature>('feature');
  const hidden = retrospectiveColumns(features);
  const columns = [...baseColumns, ...[...features.values()].flatMap((feature) => outputsOf(feature).map(({ name }) => name))];
  await writeAtomic(
    files,
    path,
    strategyTemplate(
      id,
      columns.filter((name) => !hidden.has(name)),
    ),
    uniqueName,
  );
  const next = [
    `backtest strategies show ${id} --plugins ${folder}`,
    `backtest strategies check ${id} --plugins ${folder}`,
    `backtest run --plugins ${folder} --strategies ${id} --source sample --symbols BTCUSDT --start 2023-01-01 --end 2023-12-31`,
  ];
  return { data: { id, path, next }, text: [`Wrote ${path}. It runs as it is; edit it, then:`, '', ...next].join('\n') };
}

async function check(invocation: Invocation) {
  const id = idOf(invocation);
  const registry = openRunRegistry(invocation.dataRoot, pluginsOf(invocation.flags), invocation.effects);
  const strategy = await registry.load<Strategy & Unit>('strategy', id);
  // Loaded when asked: it brings the sample market along.
  const { checkStrategy } = await import('../../stages/lib/checkStrategy.ts');
  const checks = checkStrategy(strategy, await registry.loadAll<Feature>('feature'));
  const passed = checks.every(({ verdict }) => verdict !== 'fail');
  const table = textTable(
    ['check', 'verdict', 'what was found'],
    checks.map(({ check: name, verdict, detail }) => [name, verdict, detail]),
  );
  const exit: 0 | 1 = passed ? 0 : 1;
  return { data: { id, passed, checks }, text: `${table}\n\n${id} ${passed ? 'passes' : 'does not pass'}.`, exit };
}

function idOf({ args: [action, id] }: Invocation): string {
  if (id === undefined) throw new AppError('E_USAGE', { problem: `strategies ${action} needs a strategy id, for example vol_compression_v1` });
  return id;
}

/** The intent in words, generated from the same nodes that the engine runs. */
function rulesOf(strategy: Strategy): string[] {
  const { intent } = strategy;
  if (intent.kind !== 'bracket') return nodesOf(strategy).map((node) => `${intent.kind}: ${describe(node)}`);
  const rules: string[] = [];
  const side = (label: string, pair: { long?: unknown; short?: unknown } | undefined) => {
    for (const name of ['long', 'short'] as const) {
      const value = pair?.[name];
      if (value !== undefined)
        rules.push(
          `${label} ${name}: ${typeof value === 'object' && value !== null && 'node' in value ? describe(value.node as never) : String(value)}`,
        );
    }
  };
  const number = (value: unknown) => (typeof value === 'object' && value !== null && 'node' in value ? describe(value.node as never) : String(value));
  side('enter', intent.entry);
  side('stop', intent.stop);
  for (const target of intent.targets ?? []) {
    if ('price' in target) side('target', target.price);
    else rules.push(`target: ${number(target.riskMultiple)} times the risk`);
  }
  if (intent.trailing !== undefined) rules.push(`trailing stop at distance ${number(intent.trailing.distance)}`);
  if (intent.maxHoldBars !== undefined) rules.push(`leave after ${number(intent.maxHoldBars)} bars`);
  for (const rule of intent.exitWhen ?? []) {
    if ('leave' in rule) rules.push(`exit (${rule.reason}): in code`);
    else side(`exit (${rule.reason})`, rule);
  }
  const once = intent.limits?.oncePerDay;
  if (once !== undefined && once !== false) rules.push(`at most one entry per day${typeof once === 'object' ? ` when ${once.param}` : ''}`);
  return rules;
}
