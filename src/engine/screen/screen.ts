import { AppError, runUnit } from '../../core/errors.ts';
import type { BracketIntent, Strategy } from '../../core/intent.ts';
import type { ParamValues } from '../../core/params.ts';
import { constantOf, compileBracket } from '../compileBracket.ts';
import type { Accounting, LineDiagnostics, OverlayOutcome } from '../accounting.ts';
import { columnOf, type Frame } from '../frame.ts';
import { columnReads } from '../intentColumns.ts';
import { delayedPnl } from '../latencySensitivity.ts';
import { OverlayStack } from '../overlay/overlayStack.ts';
import type { Positions } from '../positions.ts';
import { extractTrades, type Trade } from '../trades.ts';
import { closeReturns } from './closeReturns.ts';
import { accountMoney, type Money } from './money.ts';
import { rehearse } from './rehearse.ts';
import { resolveBracket } from './resolveBracket.ts';
import { resolveTargets } from './resolveTargets.ts';

/**
 * Close-to-close accounting with constant unit exposure: decided and filled at the same close. Fast, exact to
 * the reference system, and a screen only: a result of it is never evidence for an approval.
 */
export const screen: Accounting = {
  id: 'screen',
  summary: 'decides and fills at the same close, unit exposure, additive book; a first look, never evidence',
  isEvidence: false,
  check: checkIntent,
  simulate(frame, strategy, params, options) {
    const stack = (options.overlays ?? []).length === 0 ? undefined : new OverlayStack(options.overlays!);
    const positions = resolve(frame, strategy, { params, stack });
    const returns = closeReturns(frame, options.profile.gapReturn);
    const isGap = frame.isGap;
    const money = accountMoney(positions, returns, frame.fundingRate, { ...options, isGap });
    const trades = extractTrades(frame, positions, money, { strategy: strategy.id, profile: options.profile });
    return {
      strategy: strategy.id,
      symbol: frame.symbol,
      money,
      returns,
      delayedPnl: delayedPnl(positions, { returns, fundingRate: frame.fundingRate }, { ...options, isGap }),
      trades,
      diagnostics: { ...diagnose(frame, strategy, positions, money, returns), ...flagged(frame, money, trades) },
      ...(stack === undefined ? {} : { overlays: outcomeOf(stack, positions, resolve(frame, strategy, { params })) }),
    };
  },
  rehearse,
};

function resolve(
  frame: Frame,
  strategy: Strategy,
  { params, stack }: { readonly params: ParamValues; readonly stack?: OverlayStack | undefined },
): Positions {
  return runUnit(`strategy ${strategy.id}`, () =>
    strategy.intent.kind === 'bracket'
      ? resolveBracket(compileBracket(strategy, params, frame), frame, { stack })
      : resolveTargets(strategy, params, frame, stack),
  );
}

/** What the overlays did, and where the positions differ from those without them. */
function outcomeOf({ record }: OverlayStack, { wanted }: Positions, without: Positions): OverlayOutcome {
  let changedBars = 0;
  for (let row = 0; row < wanted.length; row++) if (wanted[row] !== without.wanted[row]) changedBars++;
  const changedShare = wanted.length === 0 ? 0 : changedBars / wanted.length;
  return { intents: record.intents, passed: record.passed, statistics: record.statistics(), acts: record.acts, changedBars, changedShare };
}

function checkIntent(strategy: Strategy): void {
  const refuse = (part: string, remedy: string): never => {
    throw new AppError('E_INTENT_UNSUPPORTED', { accounting: 'screen', strategy: strategy.id, part, remedy });
  };
  const foreign = columnReads(strategy).find((read) => read.symbol !== null);
  if (foreign !== undefined) refuse(`column ${foreign.symbol}:${foreign.name}`, 'The screen sees one symbol at a time.');
  if (strategy.intent.kind !== 'bracket') return;
  const intent: BracketIntent = strategy.intent;
  if (intent.entry.order !== undefined && intent.entry.order.type !== 'market')
    refuse(`entry.order ${intent.entry.order.type}`, 'The screen fills at closes; resting orders need an accounting that simulates orders.');
  if (intent.entry.size !== undefined) refuse('entry.size', 'The screen trades unit exposure.');
  if ((intent.targets ?? []).length > 1) refuse('several targets', 'The screen closes a trade as a whole; keep one target.');
  for (const target of intent.targets ?? []) {
    if (target.fraction !== undefined && (typeof target.fraction !== 'number' || target.fraction !== 1))
      refuse('targets.fraction', 'The screen closes a trade as a whole.');
    if ('riskMultiple' in target && intent.stop === undefined)
      refuse('targets.riskMultiple without a stop', 'A multiple of the risk needs a stop to measure the risk from.');
  }
  constantOf(intent.limits?.cooldownBars ?? 0, Object.fromEntries(Object.entries(strategy.params).map(([name, param]) => [name, param.default])));
}

const barFields = new Set(['open', 'high', 'low', 'close', 'volume']);

type FlaggedShare = Pick<LineDiagnostics, 'flaggedBars' | 'flaggedPnl' | 'flaggedTrades' | 'flaggedTradesPnl'>;

function diagnose(
  frame: Frame,
  strategy: Strategy,
  positions: Positions,
  money: Money,
  returns: Float64Array,
): Omit<LineDiagnostics, keyof FlaggedShare> {
  const reads = columnReads(strategy);
  const features = [...new Set(reads.map((read) => read.name).filter((name) => !barFields.has(name)))].map((name) => columnOf(frame, name));
  let nanReturnBars = 0;
  let missingFeatureBars = 0;
  for (let row = 0; row < frame.rows; row++) {
    if (returns[row] !== returns[row]) nanReturnBars++;
    for (const feature of features) {
      if (feature[row] !== feature[row]) {
        missingFeatureBars++;
        break;
      }
    }
  }
  const columns = reads.map((read) => ({ values: columnOf(frame, read.name), lag: read.lag }));
  let blockedHeldBars = 0;
  for (let span = 0; span < positions.spans.length; span += 2) {
    for (let row = positions.spans[span]!; row < positions.spans[span + 1]!; row++) {
      if (money.position[row] === 0) continue;
      const isBlocked = frame.isGap[row] === 1 || columns.some(({ values, lag }) => row < lag || Number.isNaN(values[row - lag]!));
      if (isBlocked) blockedHeldBars++;
    }
  }
  return { totalBars: frame.rows, nanReturnBars, forcedFlatBars: money.forcedFlat, missingFeatureBars, blockedHeldBars };
}

/** How much of the result rests on bars with quality flags. */
function flagged(frame: Frame, money: Money, trades: readonly Trade[]): FlaggedShare {
  const { quality } = frame;
  let [flaggedBars, flaggedPnl] = [0, 0];
  for (let span = 0; quality !== undefined && span < money.spans.length; span += 2) {
    for (let row = money.spans[span]!; row < money.spans[span + 1]!; row++) {
      if (quality[row] === 0 || (money.pnl[row] === 0 && money.position[row] === 0)) continue;
      flaggedBars++;
      flaggedPnl += money.pnl[row]!;
    }
  }
  const touched = trades.filter((trade) => trade.flaggedBars > 0);
  return { flaggedBars, flaggedPnl, flaggedTrades: touched.length, flaggedTradesPnl: touched.reduce((sum, trade) => sum + trade.pnl, 0) };
}
