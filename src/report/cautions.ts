import type { Severity } from '../core/findings.ts';
import { autocorrelation } from './diagnosis/autocorrelation.ts';
import { compatibility } from './diagnosis/compatibility.ts';
import { concentration } from './diagnosis/concentration.ts';
import { costFragility } from './diagnosis/costFragility.ts';
import { dataFindings } from './diagnosis/dataFindings.ts';
import { deadPeriods } from './diagnosis/deadPeriods.ts';
import { dominance } from './diagnosis/dominance.ts';
import { equityNegative } from './diagnosis/equityNegative.ts';
import { fewTrades } from './diagnosis/fewTrades.ts';
import { flaggedData } from './diagnosis/flaggedData.ts';
import { fundingExcluded } from './diagnosis/fundingExcluded.ts';
import { fundingShare } from './diagnosis/fundingShare.ts';
import { grossLoss } from './diagnosis/grossLoss.ts';
import { latency } from './diagnosis/latency.ts';
import { leverage } from './diagnosis/leverage.ts';
import { longHolds } from './diagnosis/longHolds.ts';
import { lowExposure } from './diagnosis/lowExposure.ts';
import { notEvidence } from './diagnosis/notEvidence.ts';
import { openTrades } from './diagnosis/openTrades.ts';
import { overlayTrust } from './diagnosis/overlayTrust.ts';
import { parameterBounds } from './diagnosis/parameterBounds.ts';
import type { Caution, Rule } from './diagnosis/rule.ts';
import { sharpeInterval } from './diagnosis/sharpeInterval.ts';
import { shortSample } from './diagnosis/shortSample.ts';
import type { ReportModel } from './model.ts';

export type { Caution, Evidence } from './diagnosis/rule.ts';

/** Every rule of the diagnosis; among cautions of one severity the order here is the order shown. */
const rules: readonly Rule[] = [
  overlayTrust,
  equityNegative,
  latency,
  fewTrades,
  sharpeInterval,
  autocorrelation,
  grossLoss,
  costFragility,
  dominance,
  concentration,
  flaggedData,
  deadPeriods,
  parameterBounds,
  fundingShare,
  openTrades,
  longHolds,
  lowExposure,
  shortSample,
  notEvidence,
  compatibility,
  fundingExcluded,
  leverage,
  dataFindings,
];

const rank: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** A model is asked several times while one report is written. */
const known = new WeakMap<ReportModel, readonly Caution[]>();

/** Everything that limits what the run supports, the most severe first. */
export function cautionsOf(model: ReportModel): readonly Caution[] {
  const before = known.get(model);
  if (before !== undefined) return before;
  const found = rules.flatMap((rule) => rule(model) ?? []).sort((a, b) => rank[a.severity] - rank[b.severity]);
  known.set(model, found);
  return found;
}
