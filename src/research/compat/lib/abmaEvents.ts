import { createHash } from 'node:crypto';
import type { Session, SymbolTape } from './abmaTape.ts';

/** Frozen numbers of both definitions. */
export const abmaDefinition = {
  event_window_minutes: 30,
  microprice_half_life_seconds: 60,
  trade_sign_entropy_trades: 50,
  control_set_size: 5,
  bootstrap_samples: 1000,
  baseline_window_minutes: 15,
  baseline_grid_seconds: 1,
  baseline_anchor_step_seconds: 60,
  min_valid_midpoints: 60,
  sign_consistency_threshold: 0.7,
  max_regime_flip_count: 1,
} as const;

export type AbmaVersion = 'v1' | 'v2_funding';

/** A boundary whose order book is looked at. Times in epoch ms. */
export interface AbmaEvent {
  readonly event_id: string;
  readonly tape: SymbolTape;
  readonly session: Session;
  readonly t0: number;
}

export const minuteMs = 60_000;

/**
 * Events by symbol and time: session opens (v1), or the symbol's funding stamps inside sessions (v2).
 *
 * @source research specification 4.9 and 4.10
 */
export function abmaEvents(tapes: readonly SymbolTape[], sessions: readonly Session[], version: AbmaVersion): AbmaEvent[] {
  return tapes.flatMap((tape) =>
    sessions
      .flatMap((session) => {
        const stamps = version === 'v1' ? [session.open] : Array.from(tape.funding).filter((ts) => ts >= session.open && ts <= session.close);
        return stamps.map((t0) => ({ event_id: eventId({ tape, session, t0 }, version), tape, session, t0 }));
      })
      .sort((a, b) => a.t0 - b.t0),
  );
}

/** The same for the same version, symbol, session and instant, everywhere. */
function eventId({ tape, session, t0 }: Omit<AbmaEvent, 'event_id'>, version: AbmaVersion): string {
  const payload = `${version}|${tape.symbol}|${session.date}|${isoText(t0)}${version === 'v2_funding' ? '|FUNDING' : ''}`;
  return `abma_${version}_${tape.symbol}_${session.date}_${createHash('sha1').update(payload).digest('hex').slice(0, 12)}`;
}

/** `YYYY-MM-DDTHH:MM:SS+00:00`, with microseconds where there are any. */
function isoText(ms: number): string {
  const text = new Date(ms).toISOString();
  return `${text.slice(0, 19)}${text.slice(19, 23) === '.000' ? '' : `${text.slice(19, 23)}000`}+00:00`;
}
