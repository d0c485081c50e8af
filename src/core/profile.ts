/**
 * Which definitions a run uses where the reference system and the better rule differ. `--compat reference`
 * selects the second object; nothing else in the code knows about compatibility. Switch names follow
 * the core-pipeline specification, section 24.
 */
export interface Profile {
  readonly id: 'standard' | 'reference';
  /** Funding cash flows in pnl. */
  readonly fundingPnl: boolean;
  /** A return next to a missing bar: book the whole jump on the first bar after it, or drop it and force the position flat. */
  readonly gapReturn: 'carry' | 'force_flat_zero_pnl';
  /** Exit reasons of trades: as the strategy's rules decided, or guessed from prices afterwards. */
  readonly exitReason: 'decided' | 'inferred';
  /** Stop, target and R of a trade: the strategy's own, or the range edge imposed on every strategy. */
  readonly riskModel: 'declared' | 'range_edge';
  /** Pnl of a bar on which a position flips: split between both trades, or counted in both. */
  readonly flipBar: 'split' | 'double';
  /** Label of a trade that is open on the last bar. */
  readonly openTradeReason: 'open' | 'eod';
  /** Bars after the last known one when data end before the requested end. */
  readonly tailPadding: 'none' | 'reference';
  /** Oldest funding event that still counts as current: one interval and a margin, or any age. */
  readonly fundingMaxAge: 'interval' | 'infinite';
  /** Largest believable absolute rate (of eight hours, or of one event whatever its interval), and whether all history or the window is judged. */
  readonly fundingBound: {
    readonly limit: number;
    readonly per: 'eight_hours' | 'event';
    readonly scope: 'window' | 'history';
    readonly severity: 'warning' | 'error';
  };
  /** Constant funding: judged per month on aligned bars, or on the events of the window. */
  readonly constantFunding: 'events' | 'v1';
  /** Funding stamps: true settlement times, or the 8-hour grid. */
  readonly fundingGrid: 'true' | 'snap_8h';
}

export const standardProfile: Profile = {
  id: 'standard',
  fundingPnl: true,
  gapReturn: 'carry',
  exitReason: 'decided',
  riskModel: 'declared',
  flipBar: 'split',
  openTradeReason: 'open',
  tailPadding: 'none',
  fundingMaxAge: 'interval',
  fundingBound: { limit: 0.03, per: 'eight_hours', scope: 'window', severity: 'warning' },
  constantFunding: 'events',
  fundingGrid: 'true',
};

export const referenceProfile: Profile = {
  id: 'reference',
  fundingPnl: false,
  gapReturn: 'force_flat_zero_pnl',
  exitReason: 'inferred',
  riskModel: 'range_edge',
  flipBar: 'double',
  openTradeReason: 'eod',
  tailPadding: 'reference',
  fundingMaxAge: 'infinite',
  fundingBound: { limit: 0.01, per: 'event', scope: 'history', severity: 'error' },
  constantFunding: 'v1',
  fundingGrid: 'snap_8h',
};

/** The profile of a `--compat` value; null is the standard one. */
export function profileOf(compat: 'reference' | null): Profile {
  return compat === 'reference' ? referenceProfile : standardProfile;
}
