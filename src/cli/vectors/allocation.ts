/** Vector functions of the group allocation, and of portfolios of smallest shortfall. No arithmetic here. */
import { hierarchicalWeights } from '../../portfolio/allocators/lib/hierarchical.ts';
import { minimumCvarWeights } from '../../portfolio/allocators/lib/minimumCvar.ts';
import { riskBudgetWeights } from '../../portfolio/allocators/lib/riskBudget.ts';
import { loadSolver } from '../../portfolio/solver/highs.ts';
import * as stats from '../../stats/index.ts';
import { take, type VectorFunction } from './take.ts';

type Table = readonly (readonly number[])[];

interface CvarInput {
  scenarios: Table;
  confidence: number;
  maxWeight: number;
  minMeanReturn: number;
}

/** Vector functions answer at once, so the solver is here before the first of them is called. */
const solver = await loadSolver();

export const allocation: Readonly<Record<string, VectorFunction>> = {
  lw_identity: take(({ returns }: { returns: Table }) => {
    const { shrinkage, covariance, sampleCovariance } = stats.ledoitWolfIdentity(columnsOf(returns));
    return { shrinkage, covariance: squared(covariance), sampleCovariance: squared(sampleCovariance) };
  }),
  lw_constant_correlation: take(({ returns }: { returns: Table }) => {
    const result = stats.ledoitWolfConstantCorrelation(columnsOf(returns));
    return result === null ? null : { ...result, covariance: squared(result.covariance), sampleCovariance: squared(result.sampleCovariance) };
  }),
  erc: take(({ covariance, budgets }: { covariance: Table; budgets?: readonly number[] }) => riskBudgetWeights(flat(covariance), budgets)),
  hrp: take(({ covariance }: { covariance: Table }) => hierarchicalWeights(flat(covariance))),
  cvar_lp: take(({ scenarios, ...input }: CvarInput) => minimumCvarWeights({ ...input, returns: columnsOf(scenarios) }, solver)),
};

/** The vectors list returns row by row; statistics take them column by column. */
function columnsOf(rows: Table): Float64Array[] {
  return Array.from(rows[0] ?? [], (_, column) => Float64Array.from(rows, (row) => row[column]!));
}

function flat(rows: Table): Float64Array {
  return Float64Array.from(rows.flat());
}

function squared(values: Float64Array): Float64Array[] {
  const n = Math.sqrt(values.length);
  return Array.from({ length: n }, (_, i) => values.subarray(i * n, (i + 1) * n));
}
