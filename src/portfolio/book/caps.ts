/** Largest exposures, fractions of capital; null switches one off. */
export interface ExposureCaps {
  readonly symbolMax: number | null;
  readonly grossMax: number | null;
  readonly netMax: number | null;
}

/**
 * Scales target exposures down, each by its own factor in 0..1, until all caps hold: first each symbol to its cap, then all together to the gross
 * cap, then the heavier side to the net cap. What cannot be traded now keeps its exposure and uses up its part of gross and net.
 *
 * @param exposures [symbols] targets, replaced by what the caps leave of them
 * @param factors   [symbols] overwritten with what each target was multiplied by
 * @param isFixed   [symbols] 1 where the exposure is given and not a target
 * @source governance specification 18.5
 */
export function applyCaps(exposures: Float64Array, factors: Float64Array, { caps, isFixed }: { caps: ExposureCaps; isFixed: Uint8Array }): void {
  const count = exposures.length;
  factors.fill(1);
  if (caps.symbolMax !== null)
    for (let s = 0; s < count; s++) if (isFixed[s] === 0) scale(exposures, factors, s, ratio(caps.symbolMax, Math.abs(exposures[s]!)));
  if (caps.grossMax !== null) {
    let [free, fixed] = [0, 0];
    for (let s = 0; s < count; s++) {
      if (isFixed[s] === 1) fixed += Math.abs(exposures[s]!);
      else free += Math.abs(exposures[s]!);
    }
    const factor = ratio(Math.max(0, caps.grossMax - fixed), free);
    if (factor < 1) for (let s = 0; s < count; s++) if (isFixed[s] === 0) scale(exposures, factors, s, factor);
  }
  if (caps.netMax !== null) boundNet(exposures, factors, { netMax: caps.netMax, isFixed });
}

function boundNet(exposures: Float64Array, factors: Float64Array, { netMax, isFixed }: { netMax: number; isFixed: Uint8Array }): void {
  let net = 0;
  for (const exposure of exposures) net += exposure;
  if (Math.abs(net) <= netMax) return;
  const side = Math.sign(net);
  let heavy = 0;
  for (let s = 0; s < exposures.length; s++) if (isFixed[s] === 0 && exposures[s]! * side > 0) heavy += Math.abs(exposures[s]!);
  const factor = heavy === 0 ? 1 : Math.max(0, heavy - (Math.abs(net) - netMax)) / heavy;
  for (let s = 0; s < exposures.length; s++) if (isFixed[s] === 0 && exposures[s]! * side > 0) scale(exposures, factors, s, factor);
}

function ratio(cap: number, size: number): number {
  return size > cap ? cap / size : 1;
}

function scale(exposures: Float64Array, factors: Float64Array, s: number, factor: number): void {
  exposures[s]! *= factor;
  factors[s]! *= factor;
}
