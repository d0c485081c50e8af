import { dayMs, monthOf } from '../../core/time.ts';

/** What a span of days is cut into. */
export type PeriodUnit = 'year' | 'quarter';

/** A calendar year or quarter as far as the days reach into it; bounds are places among the days, `to` excluded. */
export interface Period {
  /** `2023` or `2023-Q1`. */
  readonly label: string;
  readonly from: number;
  readonly to: number;
}

/** Days from which on a span is cut into years: three of them. */
export const yearlyDays = 3 * 365;

/** Years; quarters where the days are fewer than three years. */
export function periodUnitOf(days: number): PeriodUnit {
  return days >= yearlyDays ? 'year' : 'quarter';
}

/**
 * Calendar periods of consecutive UTC days, in order; the first and the last may be incomplete.
 *
 * @param firstDay days since 1970-01-01
 * @source governance specification 17.6 (periods: years by default)
 */
export function calendarPeriods(firstDay: number, days: number, unit: PeriodUnit): Period[] {
  const periods: Period[] = [];
  for (let day = 0; day < days; day++) {
    const label = periodLabel((firstDay + day) * dayMs, unit);
    const last = periods.at(-1);
    if (last?.label === label) periods[periods.length - 1] = { ...last, to: day + 1 };
    else periods.push({ label, from: day, to: day + 1 });
  }
  return periods;
}

/** The period that an instant lies in. @param ms epoch */
export function periodLabel(ms: number, unit: PeriodUnit): string {
  const { year, month } = monthOf(ms);
  return unit === 'year' ? String(year) : `${year}-Q${Math.ceil(month / 3)}`;
}
