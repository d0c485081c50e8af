import { prettyJson } from '../../core/canonicalJson.ts';
import { isBlank, isNumber, isObject, type JsonObject, textOf } from './values.ts';

/**
 * The reference system’s promotion checker, literally: it looks for limits in a report summary and never at the level of the objective.
 *
 * @source governance specification 5
 */

/** One reason against promotion; the code is ours, the text is the checker’s. */
export interface PromotionReason {
  readonly code: string;
  readonly text: string;
}

/** What one run is checked against. */
export interface RunCheck {
  readonly summary: JsonObject;
  readonly overlay: string;
  readonly objectiveMetric: unknown;
  readonly costBps: unknown;
  readonly constraints: JsonObject;
  readonly stability: JsonObject;
}

/** Every reason that one run’s summary gives against an overlay, in the checker’s order; equality is never a violation. */
export function checkEvidenceRun(given: RunCheck): PromotionReason[] {
  const risk = objectOr(given.summary['risk_metrics']);
  const { constraints } = given;
  const turnover = objectOr(constraints['turnover_budget']);
  const exposure = objectOr(constraints['exposure_limits']);
  return [
    ...bindingReasons(given),
    ...objectiveReasons(given),
    ...drawdownReasons(given.summary['max_drawdown'], constraints['max_drawdown_pct']),
    ...tailReasons(risk, objectOr(constraints['tail_loss'])),
    ...limitReasons(risk, turnover, { code: 'TURNOVER_BPS', metric: 'bps_per_day', limit: 'max_bps_per_day', name: 'turnover bps/day', digits: 2 }),
    ...limitReasons(risk, turnover, {
      code: 'TURNOVER_TRADES',
      metric: 'trades_per_day',
      limit: 'max_trades_per_day',
      name: 'turnover trades/day',
      digits: 2,
    }),
    ...['max_gross', 'max_per_symbol', 'max_time_in_market'].flatMap((metric) =>
      limitReasons(risk, exposure, { code: `EXPOSURE_${metric.toUpperCase()}`, metric, limit: metric, name: `exposure ${metric}`, digits: 4 }),
    ),
    ...stabilityReasons(objectOr(given.summary['stability_checks']), given.stability),
  ];
}

function bindingReasons({ summary, overlay }: RunCheck): PromotionReason[] {
  const bindings = Object.values(objectOr(summary['overlay_bindings']));
  const isBound = bindings.some((entry) => {
    const applied = objectOr(entry)['applied_overlays'];
    return Array.isArray(applied) && applied.includes(overlay);
  });
  return isBound ? [] : [{ code: 'OVERLAY_NOT_BOUND', text: 'overlay not found in summary.overlay_bindings' }];
}

function objectiveReasons({ summary, objectiveMetric, costBps }: RunCheck): PromotionReason[] {
  if (objectiveMetric !== 'net_total_return')
    return [{ code: 'OBJECTIVE_UNSUPPORTED', text: `unsupported objective metric in checker: ${textOf(objectiveMetric)}` }];
  const rows = Array.isArray(summary['fee_sensitivity']) ? (summary['fee_sensitivity'] as readonly unknown[]) : [];
  const isThere = rows.some((row) => {
    const { fee_bps_per_side: fee, net_return: net } = objectOr(row);
    return isNumber(fee) && isNumber(net) && isNumber(costBps) && Math.abs(Number(fee) - Number(costBps)) < 1e-9;
  });
  return isThere ? [] : [{ code: 'OBJECTIVE_COST_POINT_MISSING', text: `missing fee_sensitivity.net_return for cost_bps=${textOf(costBps)}` }];
}

function drawdownReasons(found: unknown, limit: unknown): PromotionReason[] {
  if (!isNumber(limit)) return [];
  if (!isNumber(found)) return [{ code: 'DRAWDOWN_MISSING', text: 'missing summary.max_drawdown' }];
  const percent = 100 * Math.abs(Number(found));
  if (percent <= Number(limit)) return [];
  return [{ code: 'DRAWDOWN_VIOLATED', text: `max_drawdown_pct violated: ${percent.toFixed(2)} > ${Number(limit).toFixed(2)}` }];
}

function tailReasons(risk: JsonObject, tail: JsonObject): PromotionReason[] {
  if (Object.keys(tail).length === 0) return [];
  const metric = textOf(tail['metric']);
  const found = risk[metric];
  if (!isNumber(found)) return [{ code: 'TAIL_MISSING', text: `missing risk_metrics.${metric}` }];
  const [loss, limit] = [Math.abs(Number(found)), Number(tail['max_abs_return'])];
  return loss > limit ? [{ code: 'TAIL_VIOLATED', text: `tail_loss violated for ${metric}: ${loss.toFixed(6)} > ${limit.toFixed(6)}` }] : [];
}

function limitReasons(
  risk: JsonObject,
  limits: JsonObject,
  {
    code,
    metric,
    limit: key,
    name,
    digits,
  }: { readonly code: string; readonly metric: string; readonly limit: string; readonly name: string; readonly digits: number },
): PromotionReason[] {
  const limit = limits[key];
  if (!isNumber(limit)) return [];
  const found = risk[metric];
  if (!isNumber(found)) return [{ code: `${code}_MISSING`, text: `missing risk_metrics.${metric}` }];
  if (Number(found) <= Number(limit)) return [];
  return [{ code: `${code}_VIOLATED`, text: `${name} violated: ${Number(found).toFixed(digits)} > ${Number(limit).toFixed(digits)}` }];
}

function stabilityReasons(found: JsonObject, wanted: JsonObject): PromotionReason[] {
  const reasons: PromotionReason[] = [];
  const { sign_consistency: sign, effect_ci_excludes_0: interval, regime_flip_count: flips } = found;
  const { sign_consistency_min: least, effect_ci_excludes_0: needed, max_regime_flip_count: most } = wanted;
  if (!isNumber(sign)) reasons.push({ code: 'SIGN_CONSISTENCY_MISSING', text: 'missing stability_checks.sign_consistency' });
  else if (Number(sign) < Number(least))
    reasons.push({
      code: 'SIGN_CONSISTENCY_LOW',
      text: `sign_consistency below threshold: ${Number(sign).toFixed(3)} < ${Number(least).toFixed(3)}`,
    });
  if (interval === undefined || interval === null) reasons.push({ code: 'CI_MISSING', text: 'missing stability_checks.effect_ci_excludes_0' });
  else if (Boolean(interval) !== Boolean(needed))
    reasons.push({ code: 'CI_MISMATCH', text: `effect_ci_excludes_0 mismatch: found ${textOf(interval)}, required ${textOf(needed)}` });
  if (!isNumber(flips)) reasons.push({ code: 'REGIME_FLIPS_MISSING', text: 'missing stability_checks.regime_flip_count' });
  else if (Number(flips) > Number(most))
    reasons.push({ code: 'REGIME_FLIPS_EXCEEDED', text: `regime_flip_count violated: ${Number(flips)} > ${Number(most)}` });
  return reasons;
}

/** Where the checker looks for the summary of a run, first one first: one report family only, whatever the overlay is about. */
export function summaryPaths(reportsRoot: string, runId: string): [string, string] {
  const family = 'vol_compression_expansion_v1';
  return [`${reportsRoot}/by_run/${runId}/backtest/${family}/summary.json`, `${reportsRoot}/${family}/${runId}/summary.json`];
}

/** A summary that was found, and where. */
export interface FoundSummary {
  readonly path: string;
  readonly summary: JsonObject;
}

export interface ReferenceVerdict {
  readonly overlay: string;
  readonly verdict: 'PASS_PROMOTION' | 'FAIL_PROMOTION';
  readonly reasons: readonly { readonly scope: string; readonly reason: string; readonly summary_path?: string }[];
  readonly checked_evidence_runs: number;
}

/**
 * The checker’s verdict over all evidence of a specification, codes beside. A draft gets reasons, where the checker crashed.
 *
 * @param find the summary of a run, null where neither path exists
 */
export function checkOverlayPromotion(
  name: string,
  spec: JsonObject,
  find: (runId: string) => FoundSummary | null,
): { readonly verdict: ReferenceVerdict; readonly codes: readonly string[] } {
  const reasons: ReferenceVerdict['reasons'][number][] = [];
  const codes: string[] = [];
  const add = (code: string, reason: ReferenceVerdict['reasons'][number]): void => {
    codes.push(code);
    reasons.push(reason);
  };
  if (spec['status'] !== 'APPROVED')
    add('SPEC_NOT_APPROVED', { scope: 'spec', reason: `overlay status is ${textOf(spec['status'])}, expected APPROVED` });
  const evidence = Array.isArray(spec['run_ids_evidence']) ? (spec['run_ids_evidence'] as readonly unknown[]) : [];
  for (const record of evidence) {
    const id = objectOr(record)['run_id'];
    const scope = id === undefined || isBlank(id) ? 'unknown' : textOf(id).trim();
    const found = scope === 'unknown' ? null : find(scope);
    if (found === null) {
      add('EVIDENCE_SUMMARY_MISSING', { scope, reason: 'summary.json not found for evidence run' });
      continue;
    }
    const against = checkEvidenceRun({
      summary: found.summary,
      overlay: name,
      objectiveMetric: objectOr(spec['objective'])['target_metric'],
      costBps: spec['cost_bps_validated'],
      constraints: objectOr(spec['constraints']),
      stability: objectOr(spec['stability']),
    });
    for (const { code, text } of against) add(code, { scope, reason: text, summary_path: found.path });
  }
  return {
    verdict: {
      overlay: name,
      verdict: reasons.length === 0 ? 'PASS_PROMOTION' : 'FAIL_PROMOTION',
      reasons,
      checked_evidence_runs: evidence.length,
    },
    codes,
  };
}

/** The two verdict files by name. */
export function verdictFiles(verdict: ReferenceVerdict): { readonly 'promotion_verdict.json': string; readonly 'promotion_verdict.md': string } {
  const { overlay, reasons, checked_evidence_runs: runs } = verdict;
  const lines = [
    `# Promotion of overlay ${overlay}`,
    '',
    `- Verdict: ${verdict.verdict}`,
    `- Evidence runs checked: ${runs}`,
    '',
    ...(reasons.length === 0 ? ['All checks passed.'] : ['## Reasons', '', ...reasons.map(({ scope, reason }) => `- [${scope}] ${reason}`)]),
    '',
  ];
  return { 'promotion_verdict.json': prettyJson(verdict), 'promotion_verdict.md': lines.join('\n') };
}

function objectOr(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
