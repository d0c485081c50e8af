import { column } from '../../core/expression.ts';
import { defineStrategy, type Strategy } from '../../core/intent.ts';
import { resolveParams } from '../../core/params.ts';
import { standardProfile } from '../../core/profile.ts';
import { namedStream, nextUniform } from '../../core/random.ts';
import type { Frame } from '../../engine/frame.ts';
import { screen } from '../../engine/screen/screen.ts';
import { settlingRates } from '../../market/alignFunding.ts';
import { type CompiledPolicy, compilePolicy } from '../policy/compile.ts';
import { policyDocument } from '../policy/document.ts';
import type { PolicyInput } from '../policy/input.ts';
import type { CompiledStudy } from '../study/compile.ts';
import { prepareStudy } from '../study/prepare.ts';
import { framesOf } from '../surrogate/calibrate.ts';
import { garch } from '../surrogate/generators.ts';
import { type Generator, surrogateMarket } from '../surrogate/market.ts';
import { testCatalog, testStudy } from './fixtures.ts';

/** Enters where the column `signal` is 1 or -1, which has nothing to do with prices, and holds for three hours. */
export const signalStrategy: Strategy = defineStrategy({
  id: 'signal_test',
  summary: 'Made by a test.',
  params: {},
  intent: ({ column }) => ({ kind: 'bracket', entry: { long: column('signal').gt(0), short: column('signal').lt(0) }, maxHoldBars: 12 }),
});

/** Wants the column `signal` as its position, a quarter of it. */
export const targetStrategy: Strategy = defineStrategy({
  id: 'target_test',
  summary: 'Made by a test.',
  params: {},
  intent: () => ({ kind: 'target', position: column('signal').times(0.25) }),
});

export const policyCatalog = new Map([...testCatalog, ['signal', { reads: 0 }] as const]);

/** The parent study of the tests: large moves, about one every two days. */
export function parentStudy(): CompiledStudy {
  return testStudy((document) => (document['thresholds'] = { large: { quantile: 0.995, of: 'abs(r)', fit: 'development' } }));
}

/** A short policy study of what to do after large moves, as its document states it; `change` edits the document. */
export function policyText(change: (document: Record<string, unknown>) => void = () => {}): Record<string, unknown> {
  const document: Record<string, unknown> = {
    id: 'large_move_throttle',
    version: 1,
    title: 'Is it better to stand aside after large moves?',
    parent: { study: 'large_moves', version: 1 },
    hypothesis: { question: 'Do trades after large moves do worse?', smallest_effect: 5 },
    baseline: [{ strategy: 'signal_test' }],
    series: { level: 'rank(std(ln(close / lag(close, 1)), 48), 480)' },
    conditions: { fresh: 'event.age <= 16', stale: 'event.age > 48 and event.age <= 96', wild: 'level >= 80' },
    actions: { block: { block: {} }, half: { size: { factor: 0.5 } }, leave: { flatten: {} } },
    inference: { throttles: 199, draws: 500 },
  };
  change(document);
  return document;
}

export function testPolicy(change?: (document: Record<string, unknown>) => void): CompiledPolicy {
  const strategies = new Map([signalStrategy, targetStrategy].map((strategy) => [strategy.id, strategy]));
  return compilePolicy(policyDocument.parse(policyText(change)), { parent: parentStudy(), strategies, catalog: policyCatalog });
}

/** Frames of a market in which nothing can be predicted, with a signal that knows nothing. */
export function policyMarket({
  generator = garch,
  replicate = 0,
  days = 780,
  symbols = ['AAAUSDT', 'BBBUSDT'],
}: { readonly generator?: Generator; readonly replicate?: number; readonly days?: number; readonly symbols?: readonly string[] } = {}): Frame[] {
  const shape = { symbols, start: Date.UTC(2022, 0, 1), rows: 96 * days, volatility: 0.003 };
  const bars = surrogateMarket(generator, shape, { seed: 11, replicate });
  return framesOf(bars, () => ({})).map((frame) => {
    const random = namedStream(`seed=11/policy-signal/${frame.symbol}/${replicate}`);
    const signal = Float64Array.from({ length: frame.rows }, () => (nextUniform(random) < 0.08 ? (nextUniform(random) < 0.5 ? -1 : 1) : 0));
    const { funding_event_ts: eventTime, funding_rate_scaled: rate } = frame.columns as Record<string, Float64Array>;
    return { ...frame, columns: { ...frame.columns, signal }, fundingRate: settlingRates(frame.openTime, eventTime!, rate!) };
  });
}

/**
 * The same market where, for so many bars after each event of the parent study, prices drift against the positions of the signal strategy.
 *
 * @param drift log return per bar
 */
export function plantedAgainst(
  frames: readonly Frame[],
  study: CompiledStudy,
  { bars, drift }: { readonly bars: number; readonly drift: number },
): Frame[] {
  const events = new Map(prepareStudy(study, frames, true).symbols.map((symbol) => [symbol.series.frame.symbol, symbol.events]));
  const params = resolveParams(signalStrategy.id, signalStrategy.params, {});
  return frames.map((frame) => {
    const { position } = screen.simulate(frame, signalStrategy, params, { costFraction: 0, profile: standardProfile }).money;
    const added = new Float64Array(frame.rows);
    for (const { anchor } of events.get(frame.symbol)!)
      for (let row = anchor + 1; row <= Math.min(anchor + bars, frame.rows - 1); row++) added[row] = -drift * position[row - 1]!;
    let shift = 0;
    const factor = added.map((move) => Math.exp((shift += move)));
    const moved = Object.fromEntries(
      ['open', 'high', 'low', 'close'].map((name) => [name, frame.columns[name]!.map((price, row) => price * factor[row]!)]),
    );
    return { ...frame, columns: { ...frame.columns, ...moved } };
  });
}

/** An input with the parent study passed. */
export function policyInput(frames: readonly Frame[], rest: Partial<PolicyInput> = {}): PolicyInput {
  return { policy: testPolicy(), frames, seed: 1, parentVerdict: 'pass', ...rest };
}
