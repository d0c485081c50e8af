import { AppError } from '../../core/errors.ts';
import type { Unit } from '../../core/define.ts';
import type { Strategy } from '../../core/intent.ts';
import { describe } from '../../core/expression.ts';
import { columnReads, nodesOf } from '../../engine/intentColumns.ts';
import { openRunRegistry } from '../../stages/lib/openContext.ts';
import { defineCommand, type Invocation } from '../lib/command.ts';
import { textTable } from '../lib/output.ts';
import { pluginsOf } from '../lib/runRequest.ts';

export default defineCommand({
  id: 'strategies',
  summary: 'list strategies, or show one with its parameters and rules',
  args: [
    { name: 'action', help: 'list or show', choices: ['list', 'show'] },
    { name: 'id', help: 'strategy id, for show', isOptional: true },
  ],
  flags: [{ name: 'plugins', value: 'DIR', help: 'folder with your own units (repeatable)', repeat: true }],
  examples: ['backtest strategies list', 'backtest strategies show vol_compression_v1'],
  run: (invocation) => (invocation.args[0] === 'list' ? list(invocation) : show(invocation)),
});

async function list(invocation: Invocation) {
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
  const id = invocation.args[1];
  if (id === undefined) throw new AppError('E_USAGE', { problem: 'strategies show needs a strategy id, for example vol_compression_v1' });
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
