import { type Feature, outputsOf } from '../../core/define.ts';
import { baseColumns } from '../../features/lib/computeFeatures.ts';
import type { UncertifiedSubject } from '../../research/certificate/model.ts';
import { referenceGate } from '../../research/certificate/referenceGates.ts';
import { compilePolicy } from '../../research/policy/compile.ts';
import type { PolicyDocument } from '../../research/policy/document.ts';
import { compileStudy } from '../../research/study/compile.ts';
import type { StudyDocument } from '../../research/study/document.ts';
import { unitOf } from '../../research/study/effectUnit.ts';
import { plantBps, plantPlan } from '../../research/surrogate/plant.ts';
import { againstSizes } from '../../research/surrogate/plantAgainst.ts';
import { studyCatalog } from './studyCatalog.ts';
import type { SurrogateUnits } from './surrogateLab.ts';

/** A study or policy that a campaign certifies. */
export interface CampaignSubject {
  readonly kind: 'study' | 'policy';
  readonly id: string;
  readonly version: number;
  readonly digest: string;
  /** Digests of what an answer depends on besides: for a policy its parent's, for a study its own. */
  readonly study: { readonly id: string; readonly digest: string };
  /** The reference system's gate for the same question; null for none. */
  readonly reference: string | null;
  readonly plant: {
    readonly words: string;
    readonly unit: string;
    readonly smallest: number;
    readonly sizes: readonly number[];
    /** What a size is worth to a trade, basis points; null: no return, or measured on each market. */
    readonly bps: (size: number) => number | null;
  };
}

export interface CampaignSubjects {
  readonly subjects: readonly CampaignSubject[];
  readonly uncertified: readonly UncertifiedSubject[];
  /** Documents of the subjects and of the policies' parents. */
  readonly studies: readonly StudyDocument[];
  readonly policies: readonly PolicyDocument[];
}

/**
 * What of the given documents surrogate markets can answer: bars, funding and their features are there, nothing else is.
 *
 * @param parents the policies' parents, whether or not they are among the studies
 * @throws E_STUDY, E_POLICY, E_FORMULA where a document cannot be run at all
 */
export function campaignSubjects(
  { studies, policies, parents }: { studies: readonly StudyDocument[]; policies: readonly PolicyDocument[]; parents: readonly StudyDocument[] },
  units: SurrogateUnits,
): CampaignSubjects {
  const catalog = studyCatalog(units.features);
  const there = columnsThere(units.features);
  const subjects: CampaignSubject[] = [];
  const uncertified: UncertifiedSubject[] = [];
  const usedStudies = new Map<string, StudyDocument>();
  const usedPolicies: PolicyDocument[] = [];
  for (const document of studies) {
    const study = compileStudy(document, catalog);
    const head = { kind: 'study' as const, id: document.id, version: document.version, digest: study.digest };
    const reason = lacking(study.columns, there);
    if (reason !== null) {
      uncertified.push({ ...head, reason });
      continue;
    }
    const plan = plantPlan(study);
    const { primary, smallest_effect: smallest } = document.hypothesis;
    const plant = {
      words: plan.words,
      unit: unitOf(document, primary).words,
      smallest,
      sizes: plan.sizes,
      bps: (size: number) => plantBps(plan, size),
    };
    subjects.push({ ...head, study: { id: head.id, digest: head.digest }, reference: referenceGate(head), plant });
    usedStudies.set(document.id, document);
  }
  for (const document of policies) {
    const parent = compileStudy(
      parents.find(({ id }) => id === document.parent.study)!,
      catalog,
    );
    const policy = compilePolicy(document, { parent, strategies: units.strategies, catalog });
    const head = { kind: 'policy' as const, id: document.id, version: document.version, digest: policy.digest };
    const reason = lacking([...parent.columns, ...policy.columns], there);
    if (reason !== null) {
      uncertified.push({ ...head, reason });
      continue;
    }
    subjects.push({
      ...head,
      study: { id: parent.document.id, digest: parent.digest },
      reference: referenceGate({ ...head, parent: parent.document.id }),
      plant: {
        words: 'drift against the baseline’s trades after the parent’s events, whose study is taken to have passed, basis points per bar',
        unit: 'basis points per trade',
        smallest: document.hypothesis.smallest_effect,
        sizes: againstSizes,
        bps: () => null,
      },
    });
    usedStudies.set(parent.document.id, parent.document);
    usedPolicies.push(document);
  }
  return { subjects, uncertified, studies: [...usedStudies.values()], policies: usedPolicies };
}

function columnsThere(features: ReadonlyMap<string, Feature>): ReadonlySet<string> {
  return new Set([...baseColumns, ...[...features.values()].flatMap((feature) => outputsOf(feature).map(({ name }) => name))]);
}

function lacking(columns: readonly string[], there: ReadonlySet<string>): string | null {
  const missing = [...new Set(columns)].filter((column) => !there.has(column)).sort();
  return missing.length === 0 ? null : `markets made without an edge have bars and funding, not ${missing.join(', ')}`;
}
