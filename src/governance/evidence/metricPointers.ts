import type { MetricPointer, SubjectRef } from '../records.ts';
import { marginalPointers, portfolioPointers } from './portfolioPointers.ts';
import { at, numberAt, readAll, rows, type Source } from './readPointers.ts';
import type { RunSnapshot } from './runSnapshot.ts';

const bps = (metric: string, at: string): Source => ({ metric, unit: 'bps_per_day', at: [at], scale: (value) => 10_000 * value });

/** What a subject does: of an edge its net return, of an overlay the difference that it makes. Both files name the parts alike. */
const effects: readonly Source[] = [
  bps('net_effect', '/objective/avg_period_return/1x/point'),
  bps('net_effect_lower95', '/objective/avg_period_return/1x/lower95'),
  bps('net_effect_upper95', '/stability_checks/ci_high'),
  bps('net_effect_2x_cost', '/objective/avg_period_return/2x/point'),
  ...rows('fraction', {
    net_total_return: '/objective/net_total_return/1x/point',
    avg_period_return: '/objective/avg_period_return/1x/point',
    sign_consistency: '/stability_checks/sign_consistency',
    latency_1_kept: '/latency/one_bar_share',
    latency_2_kept: '/latency/two_bar_share',
  }),
  ...rows('bool', { effect_ci_excludes_0: '/stability_checks/effect_ci_excludes_0' }),
  ...rows('count', {
    regime_flip_count: '/stability_checks/regime_flip_count',
    n_events: '/stability_checks/n_events',
    n_effective: '/stability_checks/n_effective',
  }),
];

/** Returns that compound: there is no difference of them. */
const growth: readonly Source[] = rows('fraction', {
  net_cagr: '/objective/net_cagr/1x/point',
  geometric_mean_return: '/objective/geometric_mean_return/1x/point',
});

/** What limits are compared with: the book as it was traded. */
const risks: readonly Source[] = [
  ...rows('fraction', {
    cvar_99_1d: '/risk_metrics/cvar_99_1d',
    max_gross: '/risk_metrics/max_gross',
    max_net: '/risk_metrics/max_net',
    max_per_symbol: '/risk_metrics/max_per_symbol',
    max_time_in_market: '/risk_metrics/max_time_in_market',
    gap_share: '/data_quality/gap_share',
    flagged_trade_share: '/data_quality/flagged_trade_share',
  }),
  ...rows('bps_per_day', { bps_per_day: '/risk_metrics/bps_per_day' }),
  ...rows('per_day', { trades_per_day: '/risk_metrics/trades_per_day' }),
];

const placebos: readonly Source[] = [
  {
    metric: 'placebo_pass_rate',
    unit: 'fraction',
    at: ['/placebo/shifted_entries/pass_rate', '/placebo/random_entry/pass_rate', '/placebo/reversed_direction/pass_rate'],
  },
];

const drawdown: readonly Source[] = [{ metric: 'max_drawdown', unit: 'fraction', at: ['/max_drawdown'], scale: Math.abs }];
const sharpe = rows('ratio', { sharpe_daily_annualized: '/sharpe_daily_annualized', sharpe_daily_standard_error: '/sharpe_daily_standard_error' });

/**
 * Every number that a run has about a subject, with the place it was read from. Of an edge it is its strategy's part of the book, and what
 * it adds to a portfolio; of an overlay the difference that it makes, and for limits the whole book; of a portfolio what it did and how it
 * was judged. What a run does not have is left out; a gate over it fails.
 *
 * @param strategy of an edge; null where the run does not trade it, and for other subjects
 * @source governance specification 17.2, 17.6
 */
export function metricPointers(run: RunSnapshot, subject: SubjectRef, strategy: string | null): MetricPointer[] {
  if (subject.kind === 'portfolio') return portfolioPointers(run);
  const read = (file: string, base: string, sources: readonly Source[]) =>
    readAll(run, `lake/trades/backtests/${run.run_id}/${file}`, { base, sources });
  const studies = studyPointers(run);
  if (subject.kind === 'edge') {
    const part = `/strategies/${strategy}`;
    const book =
      strategy === null
        ? []
        : [
            ...read('risk_metrics.json', part, [...effects, ...placebos, ...growth, ...risks]),
            ...read('metrics.json', part, [...drawdown, ...sharpe]),
          ];
    return [...book, ...studies, ...marginalPointers(run, subject)];
  }
  const own = `/overlays/${subject.id}`;
  return [
    ...read('overlay_bindings.json', `${own}/counterfactual`, effects),
    ...read('overlay_bindings.json', own, rows('fraction', { changed_share: '/changed_share' })),
    ...read('risk_metrics.json', '', risks),
    ...read('metrics.json', '', drawdown),
    ...studies,
    ...throttlePointers(run, subject.id),
  ];
}

const policyVerdict = /^reports\/policies\/([^/]+)\/v\d+\/[^/]+\/verdict\.json$/;

/** Whether the studies and the policy studies of a run pass: 1 where all do. */
function studyPointers({ documents, run_id }: RunSnapshot): MetricPointer[] {
  const kinds = [
    { metric: 'study_passed', place: /^reports\/studies\/[^/]+\/v\d+\/[^/]+\/verdict\.json$/ },
    { metric: 'policy_passed', place: policyVerdict },
  ];
  return kinds.flatMap(({ metric, place }) => {
    const verdicts = [...documents].filter(([path]) => place.test(path) && path.includes(`/${run_id}/`));
    if (verdicts.length === 0) return [];
    const failing = verdicts.find(([, document]) => at(document, '/verdict') !== 'pass');
    const [path] = failing ?? verdicts[0]!;
    return [{ metric, path, pointer: '/verdict', unit: 'bool', value: failing === undefined ? 1 : 0 }];
  });
}

/**
 * The placebos of an overlay that a policy study drafted: how often a random throttle of equal exposure does as well, on the days after its
 * design where there are some.
 */
function throttlePointers({ documents }: RunSnapshot, overlay: string): MetricPointer[] {
  for (const [path, document] of documents) {
    const policy = policyVerdict.exec(path)?.[1];
    const cells = policy === undefined ? undefined : at(document, '/cells');
    if (!Array.isArray(cells)) continue;
    const own = cells.map((_, i) => i).filter((i) => `${policy!}__${word(cells[i], '/condition')}__${word(cells[i], '/action')}` === overlay);
    const place = own.find((i) => word(cells[i], '/slice') === 'confirmation') ?? own[0];
    if (place === undefined) continue;
    const pointer = `/cells/${place}/p`;
    return [{ metric: 'placebo_pass_rate', path, pointer, unit: 'fraction', value: numberAt(document, pointer) ?? null }];
  }
  return [];
}

function word(document: unknown, pointer: string): string {
  const value = at(document, pointer);
  return typeof value === 'string' ? value : '';
}
