import { formatDay } from '../../core/time.ts';
import { AppError } from '../../core/errors.ts';
import { accountingOf } from '../../engine/accountings.ts';
import type { FeeScenario } from '../../engine/feeSensitivity.ts';
import type { ReportModel } from '../../report/model.ts';
import { columnsOf, outputsWith, readText } from './artifacts.ts';
import { readLatency } from './latencyFile.ts';
import { readQuality } from './qualityRecords.ts';
import { readReportBars } from './reportBars.ts';
import { readReportOverlays } from './reportOverlays.ts';
import { readReportPortfolio } from './portfolioReport.ts';
import { readReportPolicies } from './reportPolicies.ts';
import { readReportStudies } from './reportStudies.ts';
import { runCommandOf } from './runCommand.ts';
import { runProfile } from './runConfig.ts';
import type { Artifact, StageContext } from './stage.ts';
import { parseTrades, type StoredTrade } from './tradeFiles.ts';

const bookColumns = columnsOf('timestamp:timestamp portfolio_ret portfolio_pnl gross cost funding gross_exposure net_exposure turnover');

/** The report's model from the run's artifacts, each checked against its recorded hash, and the artifacts read; `certificate` is the program's. */
export async function readReportModel(
  context: StageContext,
  certificate: ReportModel['certificate'],
): Promise<{ model: ReportModel; inputs: Artifact[] }> {
  const { config, runId, strategies } = context;
  const one = (part: string): Artifact => {
    const found = outputsWith(context, 'backtest', part);
    if (found.length !== 1)
      throw new AppError('E_ARTIFACT_DAMAGED', { path: `backtest manifest of ${runId}`, problem: `it names ${found.length} files like ${part}` });
    return found[0]!;
  };
  const files = {
    metrics: one(`${runId}/metrics.json`),
    fees: one('fee_sensitivity.json'),
    latency: one('latency_sensitivity.json'),
    risk: one('risk_metrics.json'),
    engine: one('engine/metrics.json'),
    book: one('portfolio_returns.parquet'),
  };
  const tradeFiles = outputsWith(context, 'backtest', '/trades_');
  const [metrics, engine] = await Promise.all(
    [files.metrics, files.engine].map(async (file) => JSON.parse(await readText(context, file)) as Record<string, never>),
  );
  const table = (await context.store.read([files.book], bookColumns)).numbers as Record<string, Float64Array>;
  const trades: StoredTrade[] = [];
  for (const file of tradeFiles) trades.push(...parseTrades(await readText(context, file)));
  trades.sort((a, b) => a.entryTime - b.entryTime || (a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : a.strategy < b.strategy ? -1 : 1));
  const { windows, coverage, inputs } = await readReportBars(context, trades);
  const studied = await readReportStudies(context);
  const policed = await readReportPolicies(context);
  const combined = await readReportPortfolio(context);
  const overlaid = await readReportOverlays(context);
  const lines = config.symbols.length * config.strategies.length;
  const accounting = accountingOf(config.accounting);
  const model: ReportModel = {
    runId,
    setup: {
      symbols: config.symbols,
      start: formatDay(config.start),
      end: formatDay(config.end),
      source: config.source,
      strategies: config.strategies.map(({ id, params }) => {
        const strategy = strategies.find((candidate) => candidate.id === id)!;
        // In the strategy's own order, wherever the configuration came from.
        const ordered = Object.fromEntries(Object.keys(strategy.params).map((name) => [name, params[name]!]));
        return { id, params: ordered, summary: strategy.summary, schema: strategy.params };
      }),
      accounting: { id: accounting.id, summary: accounting.summary, isEvidence: accounting.isEvidence },
      compat: config.compat,
      feeBps: config.feeBps,
      slippageBps: config.slippageBps,
      costBps: config.costBps,
      initialEquity: config.initialEquity,
      fundingInPnl: runProfile(config).fundingPnl,
      command: runCommandOf(
        config,
        strategies.map(({ id, params }) => ({ id, params, isPlugin: context.registry.find('strategy', id).origin === 'plugin' })),
      ),
    },
    metrics: metrics as never,
    book: {
      rows: table['timestamp']!.length,
      openTime: table['timestamp']!,
      pnl: table['portfolio_pnl']!,
      gross: table['gross']!,
      cost: table['cost']!,
      funding: table['funding']!,
      grossExposure: table['gross_exposure']!,
      netExposure: table['net_exposure']!,
      turnover: table['turnover']!,
      marketReturn: table['portfolio_ret']!.map((sum) => sum / lines),
    },
    trades,
    tradeWindows: windows,
    fees: feesOf(JSON.parse(await readText(context, files.fees)), config.costBps),
    risk: JSON.parse(await readText(context, files.risk)) as ReportModel['risk'],
    overlays: overlaid.overlays,
    latency: readLatency(JSON.parse(await readText(context, files.latency))),
    qualityShares: readQuality(engine!['quality']!),
    fundingSegments: segmentsOf(engine!['funding_persistence']!),
    diagnostics: (engine!['diagnostics']! as { strategies: ReportModel['diagnostics'] }).strategies,
    quality: (context.upstream['clean']!.counts as { symbols: ReportModel['quality'] }).symbols,
    coverage,
    findings: Object.values(context.upstream).flatMap((manifest) => manifest.findings.map((finding) => ({ ...finding, stage: manifest.stage }))),
    studies: studied.studies,
    policies: policed.policies,
    candidates: policed.candidates,
    portfolio: combined.portfolio,
    certificate,
    trials:
      context.trials === null
        ? null
        : { hypothesis: context.trials.hypothesis, trials: context.trials.trials, sharpeVariance: context.trials.sharpe_variance },
    provenance: Object.values(context.upstream).map(({ stage, key, units, inputs, outputs }) => ({
      stage,
      key,
      units,
      inputs: inputs.length,
      outputs: outputs.map(({ path, sha256, rows }) => ({ path, sha256, rows })),
    })),
  };
  return { model, inputs: [...Object.values(files), ...tradeFiles, ...inputs, ...studied.inputs, ...policed.inputs, ...overlaid.inputs] };
}

interface StoredFee {
  readonly avg_r: number;
  readonly cost_bps?: number;
  readonly fee_bps_per_side?: number;
  readonly max_drawdown: number;
  readonly net_return: number;
  readonly trades: number;
}

/** Fee scenarios in ascending cost, from the run's records or from the reference's text-keyed form. */
function feesOf(stored: readonly StoredFee[] | Readonly<Record<string, StoredFee>>, ownBps: number): FeeScenario[] {
  const records: StoredFee[] = Object.values(stored);
  return records
    .map((fee) => {
      const costBps = fee.cost_bps ?? fee.fee_bps_per_side ?? Number.NaN;
      return { costBps, netReturn: fee.net_return, avgR: fee.avg_r, maxDrawdown: fee.max_drawdown, trades: fee.trades, isOwn: costBps === ownBps };
    })
    .sort((a, b) => a.costBps - b.costBps);
}

interface StoredSegment {
  readonly segment: string;
  readonly bars: number;
  readonly total_pnl: number;
  readonly mean_pnl: number;
}

function segmentsOf(stored: {
  readonly by_active: readonly StoredSegment[];
  readonly by_age: readonly StoredSegment[];
}): ReportModel['fundingSegments'] {
  const read = (segments: readonly StoredSegment[]) =>
    segments.map(({ segment, bars, total_pnl: totalPnl, mean_pnl: meanPnl }) => ({ segment, bars, totalPnl, meanPnl }));
  return { byActive: read(stored.by_active), byAge: read(stored.by_age) };
}
