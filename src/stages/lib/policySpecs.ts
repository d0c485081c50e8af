import type { Feature, Unit } from '../../core/define.ts';
import type { Files } from '../../core/effects.ts';
import { AppError } from '../../core/errors.ts';
import type { Strategy } from '../../core/intent.ts';
import { didYouMean } from '../../core/suggest.ts';
import type { Registry } from '../../registry/discover.ts';
import { type CompiledPolicy, compilePolicy } from '../../research/policy/compile.ts';
import type { PolicyDocument } from '../../research/policy/document.ts';
import { compileStudy } from '../../research/study/compile.ts';
import { type DocumentKind, listDocuments, listStudies, loadDocuments, loadStudies, readDocument, type SpecFolders } from './specs.ts';
import { studyCatalog } from './studyCatalog.ts';

const policies: DocumentKind<PolicyDocument> = {
  name: 'policy study',
  folder: 'policy_studies',
  code: 'E_POLICY',
  guide: 'docs/policy-studies.md',
  schema: async () => (await import('../../research/policy/document.ts')).policyDocument,
};

/** Ids and files of the policy studies, by id. @throws as listDocuments */
export function listPolicies(specs: SpecFolders): Promise<Map<string, string>> {
  return listDocuments(specs, policies);
}

/** Policy studies by id, `all` for every one. @throws as loadDocuments */
export function loadPolicies(specs: SpecFolders, ids: readonly string[]): Promise<PolicyDocument[]> {
  return loadDocuments(specs, policies, ids);
}

/** One policy study. @param id what its file name says, or null for a file of any name */
export function readPolicy(files: Files, file: string, id: string | null): Promise<PolicyDocument> {
  return readDocument(files, policies, { file, id });
}

/**
 * A policy study checked against everything that it names: its parent among the studies, its strategies and columns among the units.
 *
 * @throws E_POLICY, E_FORMULA, E_BAD_PARAM, E_INTENT_UNSUPPORTED; E_STUDY for what its parent lacks
 */
export async function checkPolicy(document: PolicyDocument, registry: Registry, specs: SpecFolders): Promise<CompiledPolicy> {
  const { study } = document.parent;
  const studies = [...(await listStudies(specs)).keys()];
  if (!studies.includes(study))
    throw new AppError('E_POLICY', {
      where: `policy study ${document.id}, parent`,
      problem: `no study is called ${study}${didYouMean(study, studies)}`,
      remedy: 'Name a study of `backtest study list`, or put its document beside the others in the folder of --specs.',
    });
  const [parent] = await loadStudies(specs, [study]);
  const catalog = studyCatalog(await registry.loadAll<Feature>('feature'));
  return compilePolicy(document, {
    parent: compileStudy(parent!, catalog),
    strategies: await registry.loadAll<Strategy & Unit>('strategy'),
    catalog,
  });
}
