import { exceeds } from '../validate.ts';

/** A limit that was exceeded. */
export interface Breach {
  readonly limit: string;
  readonly observed: number;
  readonly allowed: number;
}

/** The limits of a list that were exceeded, in its order; null on either side is no breach. */
export function breachesOf(rows: readonly { readonly limit: string; readonly observed: number | null; readonly allowed: number | null }[]): Breach[] {
  return rows.flatMap(({ limit, observed, allowed }) =>
    observed !== null && allowed !== null && exceeds(observed, allowed) ? [{ limit, observed, allowed }] : [],
  );
}
