import { stringify } from 'yaml';
import { spentTrials } from '../../governance/lifecycle/families.ts';
import { experimentIndex, graveyard } from '../../governance/registry/experimentIndex.ts';
import { writeAtomic } from '../../lake/writeAtomic.ts';
import { checkEvidence } from './governanceEvidence.ts';
import type { GovernanceTools } from './governanceState.ts';
import { readDecisions } from './governanceStore.ts';
import { runIds } from './readRun.ts';
import type { EvidenceHealth } from '../../governance/records.ts';

const note = '# Made from the ledger by `backtest ledger export`; an edit here changes nothing and goes with the next.\n';

const pagePath = 'reports/governance/index.html';

/** Writes the ledger as people read it: governance/experiments.yaml, graveyard.yaml and a page. @returns their paths below the data root */
export async function writeIndex(tools: GovernanceTools): Promise<string[]> {
  const { files, uniqueName } = tools.audit.effects;
  const health = new Map<string, EvidenceHealth>();
  for (const record of tools.state.subjects.values())
    for (const piece of await checkEvidence(tools, record, { now: tools.now, freshnessDays: null })) health.set(piece.evidence.id, piece.health);
  const kept = await readDecisions(files, tools.paths);
  const decisions = new Map([...kept].map(([digest, { id }]) => [digest, id]));
  const runs = new Set(await runIds(files, tools.paths));
  const index = experimentIndex(tools.state, { health, decisions, runs });
  const graves = graveyard(tools.state, (id) => spentTrials(tools.state, new Set([id])));
  const written = { 'governance/experiments.yaml': index, 'governance/graveyard.yaml': { unsupported: graves } };
  for (const [path, value] of Object.entries(written))
    await writeAtomic(files, `${tools.paths.root}/${path}`, note + stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 }), uniqueName);
  const { renderRegistry } = await import('../../report/governance/renderRegistry.ts');
  const page = renderRegistry({ index, graves, decisions: [...kept.values()].sort((a, b) => (a.id < b.id ? -1 : 1)) });
  await writeAtomic(files, `${tools.paths.root}/${pagePath}`, page, uniqueName);
  return [...Object.keys(written), pagePath];
}
