import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command, CommandResult } from '../../src/cli/lib/command.ts';
import { parseCommand } from '../../src/cli/lib/parse.ts';
import type { Effects } from '../../src/core/effects.ts';
import { createEffects } from '../../src/lake/realEffects.ts';
import { openRegistry } from '../../src/registry/discover.ts';
import { createHttp } from '../../src/venues/http.ts';
import { runInProcess, temporaryFolder } from './pipeline.ts';

/** A data root with its documents, and commands that are run on them in this process at a time of the test's choosing. */
export interface GovernedLake {
  readonly dataRoot: string;
  readonly specs: string;
  /** Epoch ms that the next command sees. */
  now: number;
}

export const hypothesisText = `id: calm_precedes_moves
title: Compression precedes expansion
mechanism: Stops gather outside a narrow range, and who is stopped out pays.
event: { family: vol_compression, definition: null }
claim: { metric: net_effect, direction: increase, min_effect: { value: 0.1, unit: bps_per_day } }
search: { series: {}, conditions: {}, actions: {}, max_trials: 8 }
splits:
  discovery: ['2022-01-01', '2022-12-28']
  validation: ['2023-01-01', '2023-02-20']
  holdout: ['2023-02-24', '2023-03-15']
  purge_days: 2
universe: { symbols: [BTCUSDT] }
costs: { fee_bps_per_side: 4, slippage_bps_per_fill: 2 }
falsifiers:
  - { code: NO_EFFECT, metric: net_effect, unit: bps_per_day, role: validation, op: '>', threshold: 0 }
lineage: { parents: [], family_key: vol_compression|entry|15m }
`;

export const edgeDocument = {
  edge_id: 'calm_breakout',
  version: 1,
  title: 'Breakout from calm',
  hypothesis: 'calm_precedes_moves',
  strategy: { id: 'vol_compression_v1' },
  params: { compression_rv_pct_max: 30, one_trade_per_day: false },
  overlays: [],
  signal_fields: ['high_96', 'low_96', 'range_96', 'range_med_480', 'rv_pct_2880'],
  cost_floor: { fee_bps_per_side: 4, slippage_bps_per_fill: 2 },
  validity: { from: '2020-01-01', to: null },
  sizing: { unit: 'gross1' },
  overlap_cluster: 'vol_compression',
  status: 'DRAFT',
  tuning: 'locked',
  notes: '',
};

const gate = (code: string, metric: string, rest: object) => ({ code, metric, role: 'validation', op: '>', threshold: -1000, ...rest });

/** Thresholds that the sample market's noise passes; those of a real policy are another matter. */
export const policyDocument = {
  id: 'lenient-edge',
  version: 1,
  title: 'For tests',
  subject: 'edge',
  required_roles: { CANDIDATE: [], VALIDATED: ['validation', 'placebo'], APPROVED: ['holdout'] },
  gates: [
    gate('NET_EFFECT', 'net_effect', { unit: 'bps_per_day' }),
    gate('ENOUGH_EVENTS', 'n_events', { unit: 'count', op: '>=', threshold: 1 }),
    gate('FDR', 'fdr_q', { unit: 'prob', op: '<=', threshold: 1 }),
    gate('DSR', 'deflated_sharpe_probability', { unit: 'prob', op: '>=', threshold: 0 }),
    gate('PLACEBO', 'placebo_pass_rate', { unit: 'fraction', role: 'placebo', op: '<=', threshold: 1 }),
    gate('HOLDOUT_EFFECT', 'net_effect', { unit: 'bps_per_day', role: 'holdout' }),
  ],
  own_constraints: true,
  freshness_days: 180,
  accepted_accountings: [{ accounting: 'screen', label: 'closes only, for tests' }],
  overridable: ['ENOUGH_EVENTS', 'EVIDENCE_INCOMPLETE', 'PLACEBO'],
  notes: '',
};

/** Writes documents into the folder of a lake; plain objects become JSON. */
export function writeSpecs({ specs }: GovernedLake, files: Readonly<Record<string, string | object>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(specs, name)), { recursive: true });
    writeFileSync(join(specs, name), typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`);
  }
}

export function newLake(): GovernedLake {
  const folder = temporaryFolder();
  const lake: GovernedLake = { dataRoot: join(folder, 'data'), specs: join(folder, 'specs'), now: Date.UTC(2026, 0, 5, 12) };
  writeSpecs(lake, {
    'hypotheses/calm_precedes_moves.yaml': hypothesisText,
    'edges/calm_breakout.json': edgeDocument,
    'policies/lenient-edge.json': policyDocument,
  });
  return lake;
}

/** The same lake again, for a test that damages it. */
export function copyLake({ dataRoot, specs, now }: GovernedLake): GovernedLake {
  const folder = temporaryFolder();
  cpSync(dataRoot, join(folder, 'data'), { recursive: true });
  cpSync(specs, join(folder, 'specs'), { recursive: true });
  return { dataRoot: join(folder, 'data'), specs: join(folder, 'specs'), now };
}

const registry = openRegistry();

function effectsAt(lake: GovernedLake): Effects {
  const effects = createEffects({ http: createHttp() });
  return { ...effects, clock: { ...effects.clock, now: () => lake.now } };
}

/** A command line as the program would run it: `exit` and what it prints, or the error that it ends with. */
export async function invoke(lake: GovernedLake, line: string | readonly string[]): Promise<CommandResult & { readonly exit: 0 | 1 }> {
  const [id, ...argv] = typeof line === 'string' ? line.split(' ') : line;
  const command = await registry.load<Command>('command', id!);
  const takesSpecs = command.flags?.find(({ name }) => name === 'specs');
  const isTaken = takesSpecs !== undefined && (takesSpecs.only === undefined || takesSpecs.only.includes(argv[0]!));
  const parsed = await parseCommand(command, [...argv, ...(isTaken ? ['--specs', lake.specs] : [])]);
  if (parsed.kind === 'help') throw new Error('a test asked for help');
  const { args, flags } = parsed;
  const result = await command.run({
    args,
    flags,
    dataRoot: lake.dataRoot,
    effects: effectsAt(lake),
    signal: new AbortController().signal,
    note: () => {},
  });
  return { ...result, exit: result.exit ?? 0 };
}

/** A day of the sample market's edge; returns the id of the run. */
export async function sampleRun(lake: GovernedLake, request: Readonly<Record<string, unknown>>): Promise<string> {
  const outcome = await runInProcess(
    {
      source: 'sample',
      symbols: ['BTCUSDT'],
      strategies: ['vol_compression_v1'],
      strategy_params: { vol_compression_v1: edgeDocument.params },
      ...request,
    },
    { dataRoot: lake.dataRoot, effects: effectsAt(lake), specs: lake.specs },
  );
  return outcome.runId;
}

export const edge = 'edge:calm_breakout';
export const policy = ['--policy', 'lenient-edge'];

export const validationDays = { start: '2023-01-01', end: '2023-02-20' };
export const holdoutDays = { start: '2023-02-24', end: '2023-03-15', warmup: true };

/** The whole way from a hypothesis to an approval. @param ids edges that trade alike: the same two runs are evidence of each */
export async function approve(lake: GovernedLake, ids: readonly string[] = ['calm_breakout']): Promise<{ validation: string; holdout: string }> {
  const edges = ids.map((id) => `edge:${id}`);
  await invoke(lake, 'hypotheses register calm_precedes_moves');
  for (const id of ids) await invoke(lake, `edges register ${id}`);
  for (const subject of edges) await decide(lake, 'CANDIDATE', subject);
  const validation = await sampleRun(lake, validationDays);
  for (const subject of edges) {
    await invoke(lake, `evidence attach ${subject} --run ${validation} --role validation`);
    await invoke(lake, `evidence attach ${subject} --run ${validation} --role placebo`);
    await decide(lake, 'VALIDATED', subject);
  }
  const holdout = await sampleRun(lake, holdoutDays);
  for (const subject of edges) {
    await invoke(lake, `evidence attach ${subject} --run ${holdout} --role holdout`);
    await decide(lake, 'APPROVED', subject);
  }
  return { validation, holdout };
}

export function decide(lake: GovernedLake, to: string, subject = edge): ReturnType<typeof invoke> {
  return invoke(lake, ['promote', 'decide', subject, '--to', to, ...policy]);
}

/** A file of a lake as text. */
export function textOf({ dataRoot }: GovernedLake, path: string): string {
  return readFileSync(join(dataRoot, path), 'utf8');
}
