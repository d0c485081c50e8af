import type { Registry } from '../../registry/discover.ts';
import type { RunConfig } from './runConfig.ts';
import type { Stage } from './stage.ts';

/** Stages that the configuration asks for in dependency order, ties by id; up to and including `until` when given. */
export async function wantedStages(registry: Registry, config: RunConfig, until: string | undefined): Promise<Stage[]> {
  const all = await registry.loadAll<Stage>('stage');
  if (until !== undefined) registry.find('stage', until);
  const wanted = [...all.values()].filter((stage) => stage.isWanted?.(config) ?? true);
  const ordered: Stage[] = [];
  const visit = (stage: Stage): void => {
    if (ordered.includes(stage)) return;
    const earlier = wanted.filter(({ precedes = [] }) => precedes.includes(stage.id)).map(({ id }) => id);
    for (const id of [...stage.after, ...earlier].sort()) {
      const needed = wanted.find((candidate) => candidate.id === id);
      if (needed !== undefined) visit(needed);
    }
    ordered.push(stage);
  };
  for (const stage of wanted) visit(stage);
  return until === undefined ? ordered : ordered.slice(0, ordered.findIndex(({ id }) => id === until) + 1);
}
