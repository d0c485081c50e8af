import { abma } from './abma.ts';
import { abmaFunding } from './abma_v2_funding.ts';
import { conditionalExpectancy } from './conditional_expectancy.ts';
import { crossVenueDesync } from './cross_venue_desync.ts';
import { directionalExhaustionAfterForcedFlow } from './directional_exhaustion_after_forced_flow.ts';
import { edgeCandidates } from './edge_candidates.ts';
import { fundingEpisodeEvents } from './funding_episode_events.ts';
import type { ReferenceAnalyzer } from './lib/analyzer.ts';
import { liquidityAbsenceWindow } from './liquidity_absence_window.ts';
import { liquidityRefillLagWindow } from './liquidity_refill_lag_window.ts';
import { liquidityVacuum } from './liquidity_vacuum.ts';
import { phase2 } from './phase2.ts';
import { validateExpectancyTraps } from './validate_expectancy_traps.ts';
import { volAftershockWindow } from './vol_aftershock_window.ts';
import { volShockRelaxation } from './vol_shock_relaxation.ts';

export type { ReferenceAnalyzer, ReferenceOptions } from './lib/analyzer.ts';
export { featureTable, featureTableColumns, type ReferenceFrame } from './lib/frame.ts';
export type { ReferenceFile, ReferenceTable, ReferenceText } from './lib/table.ts';
export { phase2Files, type Phase2Input } from './phase2.ts';

/**
 * The reference's analyzers by id, for `--compat reference`. Frames go through `featureTable` first; those of liquidity_vacuum are clean bars, with
 * volume; abma and abma_v2_funding take their trades and quotes as options.
 */
export const referenceAnalyzers: ReadonlyMap<string, ReferenceAnalyzer> = new Map(
  [
    volShockRelaxation,
    volAftershockWindow,
    liquidityAbsenceWindow,
    liquidityRefillLagWindow,
    directionalExhaustionAfterForcedFlow,
    crossVenueDesync,
    fundingEpisodeEvents,
    liquidityVacuum,
    abma,
    abmaFunding,
    conditionalExpectancy,
    validateExpectancyTraps,
    phase2,
    edgeCandidates,
  ].map((analyzer) => [analyzer.id, analyzer as ReferenceAnalyzer]),
);
