import { AppError } from '../../core/errors.ts';
import { portfolioDigest } from '../../portfolio/document.ts';
import type { RunPortfolio } from '../../stages/lib/portfolioConfig.ts';
import { limitsOf } from '../../stages/lib/portfolioLimits.ts';
import { resolvePortfolio } from '../../stages/lib/portfolioSpecs.ts';
import { openRunRegistry } from '../../stages/lib/runRegistry.ts';
import { specFolders } from '../../stages/lib/specs.ts';
import type { CommandResult, Invocation } from './command.ts';
import { textTable } from './output.ts';
import { pluginsOf, specsOf } from './runRequest.ts';

/** A portfolio document as a run would take it: whole, its edges found, its limits possible. */
export async function showPortfolio(invocation: Invocation): Promise<CommandResult> {
  const { args, flags, effects } = invocation;
  const id = args[1];
  if (id === undefined) throw new AppError('E_USAGE', { problem: 'portfolio show needs a portfolio id; `backtest portfolio list` shows them' });
  await effects.http.close();
  const registry = openRunRegistry(invocation.dataRoot, pluginsOf(flags), effects);
  const portfolio = await resolvePortfolio({ id, modes: [], universe: [], isValidated: false }, registry, specFolders(effects.files, specsOf(flags)));
  const { document } = portfolio;
  const riskShareMax = limitsOf(portfolio).riskShareMax;
  return {
    data: { document, digest: portfolioDigest(document), risk_share_max_in_force: riskShareMax },
    text: description(portfolio, riskShareMax),
  };
}

function description({ document, edges }: RunPortfolio, riskShareMax: number | null): string {
  const { id, version, title, universe, limits, allocator, schedule, throttle, baseline, holdout_days: holdout } = document;
  const known = { ...limits, risk_share_max: riskShareMax, cluster_budgets: undefined };
  const rows = Object.entries(known).flatMap(([name, value]) => (value === undefined ? [] : [[name, value === null ? 'off' : String(value)]]));
  const budgets = Object.entries(limits.cluster_budgets).map(([cluster, budget]) => [`cluster ${cluster}`, String(budget)]);
  return [
    `${id} version ${version}: ${title}`,
    '',
    textTable(
      ['edge', 'v', 'strategy', 'cluster', 'overlays'],
      edges.map(({ document: edge }) => [
        edge.edge_id,
        String(edge.version),
        edge.strategy.id,
        edge.overlap_cluster,
        edge.overlays.map(({ name }) => name).join(', ') || '-',
      ]),
      [1],
    ),
    '',
    textTable(['limit', 'value'], [...rows, ...budgets], [1]),
    '',
    `Universe: ${universe.request}, by the volume of ${universe.lookback_days} days.`,
    `Modes:    ${allocator.modes.join(', ')}; the first is declared, ${baseline} is the baseline.`,
    `Decides:  every ${schedule.every}, over ${allocator.scenario_days} days.`,
    `Throttle: ${throttle === null ? 'none' : `exposures shrink between drawdowns of ${throttle.soft} and ${throttle.hard}`}.`,
    `Holdout:  ${holdout === 0 ? 'none' : `the last ${holdout} days`}.`,
  ].join('\n');
}
