import { z } from 'zod';

/** Parts that governance documents are made of. Strict: nothing is converted, every number is finite and bounded, every word is from a closed list. */

const idHelp = 'lower-case letters, digits and underscores, beginning with a letter';

/** Name of a document, a strategy, a parameter. */
export const id = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,63}$/, `expected at most 64 ${idHelp}`)
  .describe(`At most 64 ${idHelp}.`);
/** Name of an overlay: longer, because drafts are called after study, condition and action. */
export const overlayName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,127}$/, `expected at most 128 ${idHelp}`)
  .describe(`At most 128 ${idHelp}.`);
/** Name of a promotion policy: with hyphens. */
export const policyId = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,63}$/, `expected at most 64 ${idHelp}, or hyphens`)
  .describe(`At most 64 ${idHelp}, or hyphens.`);
export const version = z.number().int().min(1).max(1_000_000).describe('Counts from 1; a changed document is the next version.');

export const title = z.string().min(1).max(200).describe('One line.');
export const prose = z.string().min(1).max(4_000);
export const notes = z.string().max(4_000).describe('For readers; nothing reads it.');

export const formula = z.string().min(1).max(2_000).describe('A formula (docs/studies.md) over columns known at their bar.');
export const formulas = z.record(id, formula).describe('Named formulas that others may use.');

export const fraction = z.number().min(0).max(1);
export const bps = z.number().min(0).max(1_000).describe('Basis points of traded notional, per side.');
export const bars = z.number().int().min(1).max(100_000).describe('Bars of 15 minutes.');
export const day = z.iso.date().describe('UTC day, YYYY-MM-DD.');
export const sha256Text = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hex digits')
  .describe('SHA-256, 64 lower-case hex digits.');
export const symbol = z.string().regex(/^[A-Z0-9]{2,24}$/, 'expected a symbol of the venue such as BTCUSDT');

export const costs = z.strictObject({ fee_bps_per_side: bps, slippage_bps_per_fill: bps });

/** What an overlay does: the kinds of engine/overlay, spelled as the engine has them. */
export const effect = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('flatten') }),
  z.strictObject({ kind: z.literal('block') }),
  z.strictObject({ kind: z.literal('hold_until'), maxBars: bars }),
  z.strictObject({ kind: z.literal('delay'), bars, onSignalLost: z.enum(['drop', 'enter']) }),
  z.strictObject({ kind: z.literal('size'), factor: fraction }),
]);
