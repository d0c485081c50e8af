import { dayMs } from '../../core/time.ts';
import type { DayRange } from '../../portfolio/universe/membership.ts';
import { type RunConfig, windowOf } from './runConfig.ts';

/** Which days of a run its portfolio may see. */
export interface PortfolioDays extends DayRange {
  readonly holdout: 'none' | 'sealed' | 'opened';
  /** Days at the end of the run's window that are sealed or were. */
  readonly holdoutDays: number;
}

/** The days of the run without a sealed holdout: nothing of it is loaded into the portfolio. */
export function portfolioDays(config: RunConfig): PortfolioDays {
  const { start, end } = windowOf(config);
  const all = Math.round((end - start) / dayMs);
  const { document } = config.portfolio!;
  const holdoutDays = Math.min(document.holdout_days, all - 1);
  if (holdoutDays === 0) return { firstDay: start, days: all, holdout: 'none', holdoutDays };
  const isOpen = (config.openHoldout ?? []).includes(document.id);
  return { firstDay: start, days: isOpen ? all : all - holdoutDays, holdout: isOpen ? 'opened' : 'sealed', holdoutDays };
}
