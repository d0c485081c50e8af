import { sha256 } from '../../core/canonicalJson.ts';
import { barMs, formatTime } from '../../core/time.ts';
import type { StudyFrame } from '../../research/study/frame.ts';
import { spanOf } from '../../research/study/prepare.ts';
import type { SurrogateEffects } from '../../research/study/result.ts';
import { runStudy } from '../../research/study/runStudy.ts';
import { slicesOf } from '../../research/study/slices.ts';
import { testMarket, testStudy } from '../../research/testing/fixtures.ts';
import type { StudyPageModel } from '../study/model.ts';

export interface SampleStudyOptions {
  readonly change?: (document: Record<string, unknown>) => void;
  readonly frames?: readonly StudyFrame[];
  readonly surrogates?: readonly SurrogateEffects[];
}

/** Two kinds of markets: one on which the effect is spread around zero, one around a center. */
export function sampleSurrogates(center: number): SurrogateEffects[] {
  return ['student_t', 'garch'].map((generator, at) => ({
    generator,
    effects: Array.from({ length: 99 }, (_, i) => (i === 7 ? null : at * center + 0.001 * (i - 49))),
  }));
}

/** A short study on a made-up market, run for its pages; the same every time. */
export function sampleStudyModel({ change, frames = testMarket(), surrogates = [] }: SampleStudyOptions = {}): StudyPageModel {
  const study = testStudy(change);
  const result = runStudy({ study, frames, seed: 1, surrogates });
  const filled = frames.filter(({ rows }) => rows > 0);
  const file = (path: string, rows: number | null) => ({ path, sha256: sha256(path), rows });
  return {
    runId: 'sample-study',
    document: study.document,
    result,
    slices: filled.length === 0 ? [] : slicesOf(study, spanOf(filled, study.barMs)).map((slice) => ({ ...slice, isOpen: slice.id !== 'holdout' })),
    surrogates,
    certification: 'Not certified: the certificate does not know this study.',
    seedRoot: `seed=1/study/${study.digest}`,
    version: '0.1.0',
    inputs: frames.map(({ symbol, rows }) =>
      file(`lake/runs/sample-study/cleaned/perp/${symbol}/bars_15m/year=2022/bars_${symbol}_15m_2022.parquet`, rows),
    ),
    ranges: frames.map(({ symbol, rows, openTime }) => ({
      symbol,
      rows,
      start: rows === 0 ? null : formatTime(openTime[0]!),
      end: rows === 0 ? null : formatTime(openTime[0]! + (rows - 1) * barMs),
    })),
    files: sampleFiles.map((path) => file(path, path.endsWith('.csv') ? 8 : null)),
  };
}

const tables = 'events controls outcomes effects curves profile balance stability negative_controls null_effects thresholds coverage'.split(' ');
const sampleFiles = ['study.lock.json', ...tables.map((name) => `${name}.csv`), 'gates.json', 'verdict.json'];
