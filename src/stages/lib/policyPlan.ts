import { AppError } from '../../core/errors.ts';
import { type CompiledPolicy, compilePolicy } from '../../research/policy/compile.ts';
import { compileStudy } from '../../research/study/compile.ts';
import type { RunConfig } from './runConfig.ts';
import type { StageContext } from './stage.ts';
import { studyCatalog } from './studyCatalog.ts';

/** Ids of the strategies that the run's policy studies act on, sorted. They need not be strategies of the run. */
export function baselineIds({ policies = [] }: Pick<RunConfig, 'policies'>): string[] {
  return [...new Set(policies.flatMap(({ baseline }) => baseline.map(({ strategy }) => strategy)))].sort();
}

/** The run's policy studies, checked against what there is to read and to trade. @throws E_POLICY, E_STUDY, E_FORMULA */
export function compiledPolicies({ config, features, baselines }: Pick<StageContext, 'config' | 'features' | 'baselines'>): CompiledPolicy[] {
  const catalog = studyCatalog(features);
  return (config.policies ?? []).map((document) => {
    const parent = (config.studies ?? []).find(({ id }) => id === document.parent.study);
    if (parent === undefined)
      throw new AppError('E_POLICY', {
        where: `policy study ${document.id}, parent`,
        problem: `the run has no study ${document.parent.study}`,
        remedy: 'A run’s configuration names the parent of each of its policy studies among its studies.',
      });
    return compilePolicy(document, { parent: compileStudy(parent, catalog), strategies: baselines, catalog });
  });
}
