import { quickUniform } from '../../core/normals.ts';
import { namedStream } from '../../core/random.ts';
import { type CompiledStudy, type ColumnCatalog, compileStudy } from '../study/compile.ts';
import { studyDocument } from '../study/document.ts';
import type { StudyFrame } from '../study/frame.ts';
import { framesOf } from '../surrogate/calibrate.ts';
import { garch } from '../surrogate/generators.ts';
import { surrogateMarket } from '../surrogate/market.ts';

/** Columns that test frames have. */
export const testCatalog: ColumnCatalog = new Map(
  ['open', 'high', 'low', 'close', 'volume', 'funding_rate_scaled', 'spot.close'].map((name) => [name, { reads: 0 }]),
);

/** A market with volatility clustering, two symbols unless said. */
export function testMarket(
  options: { readonly symbols?: readonly string[]; readonly rows?: number; readonly replicate?: number } = {},
): StudyFrame[] {
  const { symbols = ['AAAUSDT', 'BBBUSDT'], rows = 96 * 240, replicate = 0 } = options;
  return framesOf(surrogateMarket(garch, { symbols, start: Date.UTC(2022, 0, 1), rows, volatility: 0.004 }, { seed: 7, replicate }), () => ({}));
}

/** A short study of large moves, as its document states it; `change` edits the document. */
export function testDocument(change: (document: Record<string, unknown>) => void = () => {}): Record<string, unknown> {
  const document: Record<string, unknown> = {
    id: 'large_moves',
    version: 1,
    title: 'Do large moves come in groups?',
    hypothesis: { question: 'Is another large move more likely?', primary: 'next', direction: 'increase', smallest_effect: 0.02 },
    series: { r: 'ln(close / lag(close, 1))', level: 'rank(std(r, 48), 480)' },
    thresholds: { large: { quantile: 0.99, of: 'abs(r)', fit: 'development' } },
    detector: { when: 'abs(r) >= large', direction: 'sign(r)' },
    spacing: { cooldown: 0, from: 'window_end' },
    strata: { session: 'session()' },
    windows: { near: [1, 24] },
    outcomes: {
      next: { first_passage: { of: 'abs(r)', at_least: 'large' }, window: 'near' },
      drift: { forward_return: {}, window: 'near' },
      range: { range: {}, window: 'near' },
    },
    matching: { exact: ['session()'], nearest: [{ of: 'level', caliper: 10 }], k: 3, exclude: { before: 24, after: 0 } },
    estimands: {
      next: { outcome: 'next', statistic: 'risk_difference' },
      drift: { outcome: 'drift', statistic: 'mean_difference' },
      range: { outcome: 'range', statistic: 'median_difference' },
    },
    placebo_outcome: { of: 'lag(close, 96) / lag(close, 120) - 1' },
    inference: { draws: 199, shifts: 199 },
    gates: { min_events: 10, min_days: 5 },
  };
  change(document);
  return document;
}

export function testStudy(change?: (document: Record<string, unknown>) => void): CompiledStudy {
  return compileStudy(studyDocument.parse(testDocument(change)), testCatalog);
}

/** A frame cut before a row. */
export function cutFrame(frame: StudyFrame, rows: number): StudyFrame {
  return {
    ...frame,
    rows,
    openTime: frame.openTime.slice(0, rows),
    isGap: frame.isGap.slice(0, rows),
    columns: Object.fromEntries(Object.entries(frame.columns).map(([name, column]) => [name, column.slice(0, rows)])),
  };
}

/** A frame with other bars in a range of rows: prices scaled by a random factor per bar. */
export function disturbFrame(frame: StudyFrame, { from, to, name }: { from: number; to: number; name: string }): StudyFrame {
  const random = namedStream(name);
  const factors = Float64Array.from({ length: frame.rows }, (_, row) => (row >= from && row < to ? 0.8 + 0.4 * quickUniform(random) : 1));
  return {
    ...frame,
    columns: Object.fromEntries(
      Object.entries(frame.columns).map(([name, column]) => [
        name,
        name.startsWith('funding') ? column : column.map((value, row) => (factors[row] === 1 ? value : value * factors[row]!)),
      ]),
    ),
  };
}
