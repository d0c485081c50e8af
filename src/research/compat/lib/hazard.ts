/** Chance of the first hit at each age, among those not hit before. */
export interface HazardRow {
  readonly age: number;
  readonly at_risk: number;
  readonly hits: number;
  /** NaN where nobody is at risk. */
  readonly hazard: number;
}

/**
 * Hazard at ages 1 to `ages` of first-hit times, as the reference counts: who was never hit stays at risk for ever, whatever the length of its
 * window (S-16), and a time of 0 is in neither count (S-03).
 *
 * @param times bars to the first hit, NaN where there was none, read only
 * @source      research specification section 2
 */
export function hazardTable(times: readonly number[], ages: number): HazardRow[] {
  return Array.from({ length: ages }, (_, index) => {
    const age = index + 1;
    const atRisk = times.filter((time) => Number.isNaN(time) || time >= age).length;
    const hits = times.filter((time) => Math.floor(time) === age).length;
    return { age, at_risk: atRisk, hits, hazard: atRisk === 0 ? Number.NaN : hits / atRisk };
  });
}
