/**
 * Events of the reference system’s overlays, told bar by bar from what is known there: `active` while one is on, `age` bars since its
 * onset, `typical_duration` the median duration of the events that ended within thirty days. Where the study fits a threshold on its data, the
 * rank among the last thirty days stands in.
 *
 * @source governance specification 17.7; research specification 2
 */
export const eventSeries: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  vol_shock_relaxation: {
    r: 'ln(close / lag(close, 1))',
    rv: 'rms(r, 12)',
    shock_ratio: 'rv / median(rv, 288)',
    onset: 'crosses_above(rank(shock_ratio, 2880), 99)',
    calm: 'held(shock_ratio <= 1.25, 3)',
    age: 'since(onset, 960)',
    calm_age: 'since(calm, 960)',
    active: 'within(onset, 960) and age < calm_age',
    ended: 'calm and lag(age, 1) < lag(calm_age, 1)',
    typical_duration: 'median_where(age, ended, 2880)',
  },
};

/** The series that a formula needs, with those that they need. */
export function seriesFor(formula: string, all: Readonly<Record<string, string>>): Record<string, string> {
  const needed = new Set<string>();
  const open = [formula];
  for (let text = open.pop(); text !== undefined; text = open.pop())
    for (const [name] of text.matchAll(/[a-z_][a-z0-9_]*/g)) {
      if (needed.has(name) || !Object.hasOwn(all, name)) continue;
      needed.add(name);
      open.push(all[name]!);
    }
  return Object.fromEntries(Object.entries(all).filter(([name]) => needed.has(name)));
}
