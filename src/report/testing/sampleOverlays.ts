import type { BookSeries } from '../../engine/bookMetrics.ts';
import type { BindingStats } from '../../engine/overlay/bindings.ts';
import { bookDeltas, type ComparedBooks, counterfactual } from '../../engine/risk/counterfactual.ts';
import { dataQuality } from '../../engine/risk/dataQuality.ts';
import { placeboDraws } from '../../engine/risk/placebo.ts';
import { riskReport } from '../../engine/risk/riskReport.ts';
import type { Trade } from '../../engine/trades.ts';
import type { ReportModel, ReportOverlays } from '../model.ts';

type Series = BookSeries & { readonly netExposure: Float64Array };

/** The risk report of a book made up for the report's own tests. */
export function sampleRisk(series: Series, trades: readonly Trade[], strategies: readonly string[]): ReportModel['risk'] {
  const net = series.pnl.reduce((sum, value) => sum + value, 0);
  const draws = (shift: number) => Float64Array.from({ length: placeboDraws }, (_, draw) => net * shift + (draw - 100) / 500);
  const of = (own: readonly Trade[], unit: string) =>
    riskReport({
      series,
      trades: own,
      marks: own.map(({ entryRow }) => 1 << (entryRow % 10)),
      placebos: [{ own: net, shifted: draws(0.2), random: draws(-0.5), reversed: -net }],
      quality: dataQuality([], own.length),
      symbolPeak: 1,
      stream: `seed=1/report-sample/${unit}/0`,
    });
  return {
    ...of(trades, 'risk'),
    strategies: Object.fromEntries(
      strategies.map((id) => [
        id,
        of(
          trades.filter(({ strategy }) => strategy === id),
          id,
        ),
      ]),
    ),
  };
}

/** Two overlays on such a book: one that halves every third trade, one that never acts; one text is hostile. */
export function sampleOverlays(
  series: Series,
  trades: readonly Trade[],
  given: { symbols: readonly string[]; strategies: readonly string[]; hostile: string },
): ReportOverlays {
  const { symbols, strategies, hostile } = given;
  const books: ComparedBooks = {
    with: { series, trades, marks: trades.map(() => 1) },
    without: {
      series: { ...series, pnl: series.pnl.map((pnl, row) => (row % 3 === 0 ? 1.5 * pnl : pnl)) },
      trades: trades.slice(2),
      marks: trades.slice(2).map(() => 1),
    },
    stream: 'seed=1/report-sample/overlays/0',
  };
  const same: ComparedBooks = { ...books, without: books.with };
  const [deltas, book] = [bookDeltas(books), counterfactual(books)];
  const stats = (overlay: string, symbol: string, isBinding: boolean): BindingStats => ({
    overlay,
    symbol,
    effect: isBinding ? 'delay' : 'flatten',
    bars_evaluated: series.pnl.length,
    condition_true_bars: isBinding ? 4_321 : 0,
    missing_input_bars: 2_975,
    intents_seen: 40,
    blocked_entries: 0,
    blocked_runs: 0,
    delayed_entries: isBinding ? 7 : 0,
    delay_bars_total: isBinding ? 56 : 0,
    expired_entries: isBinding ? 3 : 0,
    resized_entries: 0,
    flattened_positions: 0,
    entry_count: 37,
    changed_bars: isBinding ? 312 : 0,
    changed_share: isBinding ? 312 / series.pnl.length : 0,
    counterfactual: isBinding ? deltas : bookDeltas(same),
  });
  const summary = (name: string, isBinding: boolean) => ({
    ...stats(name, symbols[0]!, isBinding),
    version: 1,
    digest: '0'.repeat(64),
    is_binding: isBinding,
    counterfactual: isBinding ? book : counterfactual(same),
  });
  const names = ['after_shocks', 'quiet_hours'];
  return {
    documents: [
      { name: names[0]!, version: 3, condition: `event.age <= 96 ${hostile}`, action: 'delay entries by 8 bars', trust: 'recorded' },
      { name: names[1]!, version: 1, condition: 'hour() < 8', action: 'leave, and block entries', trust: 'declared' },
    ],
    bindings: {
      precedence: ['flatten', 'block', 'hold_until', 'delay', 'size'],
      overlay_bindings: Object.fromEntries(
        strategies.map((id) => [
          id,
          {
            applied_overlays: names,
            symbols: symbols.map((symbol) => ({
              symbol,
              overlays: names,
              intents: 40,
              passed: 30,
              changed_bars: 312,
              changed_share: 312 / series.pnl.length,
              counterfactual: deltas,
              binding_stats: names.map((name, i) => stats(name, symbol, i === 0)),
            })),
          },
        ]),
      ),
      overlays: Object.fromEntries(names.map((name, i) => [name, summary(name, i === 0)])),
      counterfactual: { book, strategies: Object.fromEntries(strategies.map((id) => [id, book])) },
    },
  };
}
