import { barsPerDay } from '../../core/time.ts';
import type { RandomState } from '../../core/random.ts';
import { fillNormals, quickNormal, quickUniform } from '../../core/normals.ts';

/** Minutes of a bar. */
export const minutesPerBar = 15;

/** What one source of risk (the common factor, or a symbol's own part) does over one month, one value per bar. */
export interface RiskPath {
  /** Log level at each bar's open and at the month's end, [bars + 1]. */
  readonly level: Float64Array;
  /** Standard deviation of the bar's ordinary move, known only with the bar, [bars]. */
  readonly shock: Float64Array;
  /** The jump inside the bar's move, 0 for none, [bars]. */
  readonly jump: Float64Array;
  /** log v of the bar, time of day not included, [bars]. */
  readonly logVolatility: Float64Array;
}

export function allocateRisk(bars: number): RiskPath {
  return { level: new Float64Array(bars + 1), shock: new Float64Array(bars), jump: new Float64Array(bars), logVolatility: new Float64Array(bars) };
}

/** Jumps: chance per bar, typical size in bar volatilities, share that goes down. */
export interface JumpRule {
  readonly chance: number;
  readonly size: number;
  readonly downShare: number;
}

/** A jump's log move, mostly 0. Jumps up are larger where they are rarer, so that jumps have mean zero. */
export function drawJump(rule: JumpRule, sigma: number, stream: RandomState): number {
  if (quickUniform(stream) >= rule.chance) return 0;
  const isDown = quickUniform(stream) < rule.downShare;
  const size = sigma * rule.size * (0.6 + Math.abs(quickNormal(stream)));
  return isDown ? -size : (size * rule.downShare) / (1 - rule.downShare);
}

/** Half of what a level exceeds its band by is gone after 60 days. */
const wallPull = Math.LN2 / (60 * barsPerDay);

/** Drift per bar of a level: none inside the band, towards it outside. This alone keeps ten years of prices believable. */
export function pullToBand(level: number, band: number): number {
  if (level > band) return (band - level) * wallPull;
  return level < -band ? (-band - level) * wallPull : 0;
}

/**
 * Log moves per minute of a whole month: within each bar a Brownian bridge over the bar's move, any jump in one minute. The
 * bars are thus settled before their minutes, which are drawn only where they are wanted.
 *
 * @param moves written, [bars x 15]
 */
export function fillMinuteMoves(path: RiskPath, stream: RandomState, moves: Float64Array): void {
  const { level, shock, jump } = path;
  fillNormals(stream, moves);
  for (let bar = 0; bar < shock.length; bar++) {
    const from = bar * minutesPerBar;
    const to = from + minutesPerBar;
    const step = shock[bar]! / Math.sqrt(minutesPerBar);
    let sum = 0;
    for (let minute = from; minute < to; minute++) sum += moves[minute]!;
    const correction = (level[bar + 1]! - level[bar]! - jump[bar]! - step * sum) / minutesPerBar;
    for (let minute = from; minute < to; minute++) moves[minute] = step * moves[minute]! + correction;
    if (jump[bar] !== 0) moves[from + Math.floor(quickUniform(stream) * minutesPerBar)]! += jump[bar]!;
  }
}
