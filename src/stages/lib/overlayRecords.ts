import type { Line } from '../../engine/accounting.ts';
import { type Book, sumBook } from '../../engine/book.ts';
import { type BindingCounts, bindingCounts, type OverlayBindings } from '../../engine/overlay/bindings.ts';
import { overlayPrecedence } from '../../engine/overlay/overlay.ts';
import { type ComparedBook, type Counterfactual, counterfactual } from '../../engine/risk/counterfactual.ts';
import type { MarkedLines, OverlayLines } from './overlayLines.ts';
import type { PlannedOverlay } from './overlayPlan.ts';
import type { LineRisk } from './riskMetrics.ts';

/** One symbol of the run with what its overlays did. */
export interface OverlaidSymbol {
  readonly symbol: string;
  readonly openTime: Float64Array;
  readonly lines: readonly Line[];
  readonly risks: readonly LineRisk[];
  readonly overlays: OverlayLines;
}

/** The account of a run's overlays. @param books the run's own, as it was booked */
export function overlayRecords(
  planned: readonly PlannedOverlay[],
  symbols: readonly OverlaidSymbol[],
  books: { readonly whole: Book; readonly strategies: Readonly<Record<string, Book>> },
): OverlayBindings {
  const ids = Object.keys(books.strategies);
  const partOf = (id: string | null): readonly string[] => (id === null ? ids : [id]);
  const own = (id: string | null): ComparedBook => {
    const lines = linesOf(symbols, partOf(id), ({ lines: all, risks }) => ({ lines: all, marks: risks.map(({ marks }) => marks) }));
    return { ...comparedBook(lines), series: id === null ? books.whole : books.strategies[id]! };
  };
  const compare = (of: (overlays: OverlayLines) => MarkedLines, unit: string, id: string | null = null): Counterfactual => {
    const lines = linesOf(symbols, partOf(id), ({ overlays }) => of(overlays));
    return counterfactual({
      with: own(id),
      without: { ...comparedBook(lines), series: sumBook(lines) },
      stream: `seed=1/overlay/${id ?? 'book'}/${unit}`,
    });
  };
  const book = compare(({ without }) => without, 'all');
  return {
    precedence: overlayPrecedence,
    overlay_bindings: Object.fromEntries(ids.map((id, place) => [id, bindingsOf(symbols, place)])),
    overlays: Object.fromEntries(
      planned.map(({ overlay }) => [
        overlay.id,
        {
          version: overlay.version,
          digest: overlay.digest,
          effect: overlay.effect.kind,
          ...summed(symbols, overlay.id),
          counterfactual: planned.length === 1 ? book : compare(({ withoutOne }) => withoutOne[overlay.id]!, overlay.id),
        },
      ]),
    ),
    counterfactual: {
      book,
      strategies: Object.fromEntries(ids.map((id) => [id, ids.length === 1 ? book : compare(({ without }) => without, 'all', id)])),
    },
  };
}

function bindingsOf(symbols: readonly OverlaidSymbol[], place: number): OverlayBindings['overlay_bindings'][string] {
  const lines = symbols.map(({ overlays }) => overlays.bindings[place]!);
  return { applied_overlays: lines[0]?.overlays.toSorted() ?? [], symbols: lines };
}

function summed(symbols: readonly OverlaidSymbol[], id: string): BindingCounts & { changed_share: number; is_binding: boolean } {
  const stats = symbols.flatMap(({ overlays }) => overlays.bindings.flatMap(({ binding_stats: all }) => all.filter(({ overlay }) => overlay === id)));
  const total = Object.fromEntries(bindingCounts.map((key) => [key, stats.reduce((sum, row) => sum + row[key], 0)])) as BindingCounts;
  const { bars_evaluated: bars, changed_bars: changed } = total;
  return { ...total, changed_share: bars === 0 ? 0 : changed / bars, is_binding: changed > 0 };
}

interface PlacedLine {
  readonly line: Line;
  readonly openTime: Float64Array;
  readonly marks: Uint16Array;
}

/** Lines of some strategies, in the order in which the run's own books are added up: equal lines then give equal sums, bit by bit. */
function linesOf(symbols: readonly OverlaidSymbol[], ids: readonly string[], of: (symbol: OverlaidSymbol) => MarkedLines): PlacedLine[] {
  return ids.flatMap((id) =>
    symbols.flatMap((symbol) => {
      const { lines, marks } = of(symbol);
      return lines.flatMap((line, i) => (line.strategy === id ? [{ line, openTime: symbol.openTime, marks: marks[i]! }] : []));
    }),
  );
}

function comparedBook(lines: readonly PlacedLine[]): Omit<ComparedBook, 'series'> {
  return { trades: lines.flatMap(({ line }) => line.trades), marks: lines.flatMap(({ marks }) => [...marks]) };
}
