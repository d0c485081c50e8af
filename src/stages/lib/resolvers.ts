import type { Unit } from '../../core/define.ts';
import type { Strategy } from '../../core/intent.ts';
import { resolveParams } from '../../core/params.ts';
import type { Registry } from '../../registry/discover.ts';
import { resolveOverlays } from './overlaySpecs.ts';
import { checkPolicy, loadPolicies } from './policySpecs.ts';
import { resolvePortfolio } from './portfolioSpecs.ts';
import type { Resolvers } from './runConfig.ts';
import { loadStudies, type SpecFolders } from './specs.ts';

/** Names of a request looked up where they are known: units in the registry, documents in their folders. */
export function resolversOf(registry: Registry, specs: SpecFolders): Resolvers {
  return {
    strategy: async (id, given) => {
      registry.find('strategy', id);
      return resolveParams(id, (await registry.load<Strategy & Unit>('strategy', id)).params, given);
    },
    // Ticks of a window are gigabytes: a study of seconds is not among all, it has to be named.
    studies: async (ids) => (await loadStudies(specs, ids)).filter(({ id, clock }) => clock !== '1s' || ids.includes(id)),
    policies: async (ids) => {
      const documents = await loadPolicies(specs, ids);
      for (const document of documents) await checkPolicy(document, registry, specs);
      return documents;
    },
    overlays: (names) => resolveOverlays(names, registry, specs),
    portfolio: (asked) => resolvePortfolio(asked, registry, specs),
  };
}
