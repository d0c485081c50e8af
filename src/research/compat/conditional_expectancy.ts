import type { ReferenceAnalyzer, ReferenceOptions } from './lib/analyzer.ts';
import {
  type ExpectancyBars,
  expectancyBars,
  expectancyDefaults,
  type ExpectancySettings,
  forwardReturns,
  horizonsOf,
  type ReturnStatistics,
  returnStatistics,
} from './lib/expectancyBars.ts';
import type { ReferenceFrame } from './lib/frame.ts';
import { sortedJson } from './lib/marketState.ts';
import { summaryText } from './lib/summaryText.ts';
import { type ReferenceFile, tableOf } from './lib/table.ts';

/** One condition at one horizon in one scope. */
export interface ExpectancyResult extends ReturnStatistics {
  /** A symbol, or `combined`. */
  readonly scope: string;
  readonly condition: string;
  readonly horizon_bars: number;
  readonly horizon_hours: number;
}

const id = 'conditional_expectancy';
const resultColumns =
  'scope condition horizon_bars horizon_hours samples mean_return median_return std_return win_rate p05 p25 p75 p95 t_stat signal_to_noise';
const directional = 'compression_plus_htf_trend_directional';
const conditions = ['compression', directional, 'compression_plus_funding_low', 'compression_plus_funding_mid', 'compression_plus_funding_high'];

/**
 * The reference's means of forward returns after compression. Overlapping windows count as independent, the best of fifteen cells decides, costs and
 * funding are left out (S-19).
 *
 * @source research specification 5.1
 */
export const conditionalExpectancy: ReferenceAnalyzer<ExpectancySettings> = { id, files };

function files(frames: readonly ReferenceFrame[], options: ReferenceOptions & Partial<ExpectancySettings>): ReferenceFile[] {
  const { runId, picks: _, ...given } = options;
  const settings = { ...expectancyDefaults, ...given };
  const horizons = horizonsOf(settings);
  const parts = frames.map((frame) => expectancyBars(frame, settings));
  const results = horizons.flatMap((horizon) => resultsAt(parts, horizon));
  const evidence = results.filter(
    (row) => row.scope === 'combined' && row.samples >= settings.minSamples && row.mean_return > 0 && row.t_stat >= settings.tstatThreshold,
  );
  const verdict =
    evidence.length > 0
      ? 'Some condition has a positive mean: continue research.'
      : 'No condition has a positive mean that stands out: abandon this line of research.';
  const report = {
    run_id: runId,
    symbols: frames.map(({ symbol }) => symbol),
    config: { ...settings, horizons },
    feature_columns: Object.fromEntries(parts.map(({ frame, featureColumns }) => [frame.symbol, featureColumns])),
    expectancy_exists: evidence.length > 0,
    verdict,
    expectancy_evidence: evidence,
    all_results: results,
  };
  const sections = [
    ['Evidence', tableOf('evidence', resultColumns, evidence)],
    [
      'Combined',
      tableOf(
        'combined',
        resultColumns,
        results.filter(({ scope }) => scope === 'combined'),
      ),
    ],
  ] as const;
  return [
    sortedJson(`${id}.json`, report),
    { name: `${id}.md`, text: summaryText('Conditional expectancy', [`run: ${runId}`, `verdict: ${verdict}`], sections) },
  ];
}

/** All conditions at one horizon, per symbol and for the symbols put together. */
function resultsAt(parts: readonly ExpectancyBars[], horizon: number): ExpectancyResult[] {
  const returns = parts.map((bars) => forwardReturns(bars.close, horizon));
  return conditions.flatMap((condition) => {
    const samples = parts.map((bars, place) => conditionalReturns(bars, condition, returns[place]!));
    const row = (scope: string, sample: readonly number[]): ExpectancyResult => ({
      scope,
      condition,
      horizon_bars: horizon,
      horizon_hours: horizon / 4,
      ...returnStatistics(sample),
    });
    return [...parts.map(({ frame }, place) => row(frame.symbol, samples[place]!)), row('combined', samples.flat())];
  });
}

/** Returns on the bars of a condition; the directional one takes them along the trend. */
function conditionalReturns({ trend, bucket, isCompressed }: ExpectancyBars, condition: string, returns: Float64Array): number[] {
  const sample: number[] = [];
  const wanted = condition.startsWith('compression_plus_funding_') ? condition.slice('compression_plus_funding_'.length) : null;
  for (let bar = 0; bar < returns.length; bar++) {
    if (isCompressed[bar] === 0 || (wanted !== null && bucket[bar] !== wanted)) continue;
    if (condition !== directional) sample.push(returns[bar]!);
    else if (trend[bar] !== 0) sample.push(returns[bar]! * trend[bar]!);
  }
  return sample;
}
