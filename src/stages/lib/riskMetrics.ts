import type { Line } from '../../engine/accounting.ts';
import type { Book } from '../../engine/book.ts';
import type { Frame } from '../../engine/frame.ts';
import { dataQuality } from '../../engine/risk/dataQuality.ts';
import { type DayReturns, heldReturns } from '../../engine/risk/heldReturns.ts';
import { type PlaceboNets, placeboNets } from '../../engine/risk/placebo.ts';
import { regimeMarks } from '../../engine/risk/regimes.ts';
import { peakOf } from '../../engine/risk/riskMetrics.ts';
import { riskReport, type RiskReport } from '../../engine/risk/riskReport.ts';

/** What a line adds to the risk report besides its money: small, so that threads hand it on cheaply. */
export interface LineRisk {
  /** Regimes of each trade's entry, [trades]. */
  readonly marks: Uint16Array;
  readonly placebo: PlaceboNets;
  /** Its mean position, held throughout. */
  readonly held: DayReturns;
}

/** The same for the lines of one symbol, told where its frame is at hand. */
export function lineRisks(lines: readonly Line[], frame: Frame, paysFunding: boolean): LineRisk[] {
  const fundingRate = paysFunding ? frame.fundingRate : new Float64Array(frame.rows);
  return lines.map((line) => ({
    marks: regimeMarks(line.trades, frame),
    placebo: placeboNets(line, fundingRate),
    held: heldReturns(line, frame.openTime, fundingRate),
  }));
}

/** A line with what it adds to the risk report. */
export interface RiskLine {
  readonly line: Line;
  readonly risk: LineRisk;
}

/**
 * `risk_metrics.json`: the report of the whole book, and of each strategy under `strategies`.
 *
 * @param books the book, the books of its strategies by id, and those of its symbols
 */
export function riskRecords(
  lines: readonly RiskLine[],
  books: { readonly whole: Book; readonly strategies: Readonly<Record<string, Book>>; readonly symbols: readonly Book[] },
): RiskReport & { readonly strategies: Readonly<Record<string, RiskReport>> } {
  const partOf = (series: Book, of: readonly RiskLine[], { unit, positions }: { unit: string; positions: readonly Float64Array[] }): RiskReport => {
    const trades = of.flatMap(({ line }) => line.trades);
    return riskReport({
      series,
      trades,
      marks: of.flatMap(({ risk }) => [...risk.marks]),
      placebos: of.map(({ risk }) => risk.placebo),
      quality: dataQuality(
        of.map(({ line }) => line.diagnostics),
        trades.length,
      ),
      symbolPeak: Math.max(0, ...positions.map(peakOf)),
      stream: `seed=1/risk/${unit}/0`,
    });
  };
  const whole = partOf(books.whole, lines, { unit: 'book', positions: books.symbols.map(({ netExposure }) => netExposure) });
  const strategies = Object.entries(books.strategies).map(([id, series]): [string, RiskReport] => {
    if (series === books.whole) return [id, whole];
    const own = lines.filter(({ line }) => line.strategy === id);
    return [id, partOf(series, own, { unit: id, positions: own.map(({ line }) => line.money.position) })];
  });
  return { ...whole, strategies: Object.fromEntries(strategies) };
}
