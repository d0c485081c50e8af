import { hashOf, prettyJson } from '../core/canonicalJson.ts';
import { type Gate, judgeGates, verdictOf } from '../portfolio/gates/lib/defineGate.ts';
import { writeText } from './lib/artifacts.ts';
import { readGateInput } from './lib/portfolioVerdict.ts';
import { subjectOfRun } from './lib/portfolioSubject.ts';
import { verdictMarkdown } from './lib/portfolioText.ts';
import { defineStage } from './lib/stage.ts';

export default defineStage({
  id: 'validate_portfolio',
  summary: 'judges the portfolio by the gates of its document',
  after: ['portfolio', 'backtest', 'studies', 'policy', 'edge_candidates', 'reference_studies'],
  isWanted: ({ portfolio }) => portfolio?.isValidated === true,
  parameters: ({ portfolio, seed }, { trials, trust }) => ({ gates: portfolio!.document.gates, seed, trials, trust }),
  units: (context) => context.registry.ids('gate').map((id) => `gate/${id}`),
  finish: async (context) => {
    const gates = [...(await context.registry.loadAll<Gate>('gate')).values()];
    const { input, summary, inputs } = await readGateInput(context);
    const results = judgeGates(gates, input);
    const verdict = verdictOf(results);
    const policy = hashOf({ gates: input.policy, ids: results.map(({ id }) => id) });
    const record = {
      run_id: context.runId,
      subject: subjectOfRun(context.config.portfolio!),
      selected_mode: input.mode,
      verdict,
      policy,
      universe: hashOf(summary.universe),
      edges: context.config.portfolio!.edges.map(({ document }) => ({ edge_id: document.edge_id, version: document.version })),
      splits: summary.splits,
      gates: Object.fromEntries(results.map(({ id: gate, status, ...result }) => [gate, { pass: status === 'pass', status, ...result }])),
    };
    const folder = context.paths.portfolioReport(context.runId);
    const outputs = [
      await writeText(context, `${folder}/verdict.json`, prettyJson(record)),
      await writeText(context, `${folder}/verdict.md`, verdictMarkdown(verdict, input.mode, results)),
    ];
    const count = (status: string) => results.filter((result) => result.status === status).length;
    return {
      inputs,
      outputs,
      effective: { verdict, policy },
      counts: { pass: count('pass'), fail: count('fail'), inconclusive: count('inconclusive') },
      findings: [],
    };
  },
});
