import { AppError } from '../../core/errors.ts';
import { checkSymbol } from '../../core/symbol.ts';
import { resolveUniverse, type Universe } from '../../portfolio/universe/membership.ts';
import { loadVolumes } from '../../stages/lib/portfolioVolumes.ts';
import { universeRule } from '../../stages/lib/portfolioRun.ts';
import { portfolioDays } from '../../stages/lib/portfolioSpan.ts';
import type { CommandResult, Invocation } from './command.ts';
import { textTable } from './output.ts';
import { prepareRun } from './prepareRun.ts';

export const universeActions = { resolve, explain };

async function resolve(invocation: Invocation): Promise<CommandResult> {
  const { universe, requested, runId } = await universeOf(invocation);
  const months = universe.months.map(({ label, isSeeded, rows }) => ({
    month: label,
    is_seeded: isSeeded,
    symbols: rows.filter(({ isMember }) => isMember).map(({ symbol }) => symbol),
  }));
  return {
    data: { run_id: runId, requested, slots: universe.slots, months },
    text: textTable(
      ['month', 'members', 'symbols'],
      months.map(({ month, is_seeded, symbols }) => [month, String(symbols.length), `${symbols.join(', ')}${is_seeded ? ' (seeded)' : ''}`]),
      [1],
    ),
  };
}

async function explain(invocation: Invocation): Promise<CommandResult> {
  const [, name] = invocation.args;
  if (name === undefined) throw new AppError('E_USAGE', { problem: 'universe explain needs a symbol' });
  const symbol = checkSymbol(name.toUpperCase());
  const { universe, requested, runId } = await universeOf(invocation);
  const months = universe.months.map(({ label, rows }) => ({ month: label, row: rows.find((row) => row.symbol === symbol) ?? null }));
  if (months.every(({ row }) => row === null))
    throw new AppError('E_USAGE', { problem: `universe explain ${symbol}: the run has no such symbol; name it in --symbols` });
  const known = months.flatMap(({ month, row }) => (row === null ? [] : [{ month, ...row }]));
  return {
    data: {
      run_id: runId,
      requested,
      symbol,
      months: known.map(({ month, isMember, reason, rank, dollarVolume, coverage, listedDays }) => ({
        month,
        is_member: isMember,
        reason,
        rank,
        dollar_volume: dollarVolume,
        coverage,
        listed_days: listedDays,
      })),
    },
    text: textTable(
      ['month', 'member', 'reason', 'rank', 'dollar volume', 'coverage', 'days listed'],
      known.map(({ month, isMember, reason, rank, dollarVolume, coverage, listedDays }) => [
        month,
        isMember ? 'yes' : 'no',
        reason,
        rank === null ? '-' : String(rank),
        Math.round(dollarVolume).toLocaleString('en-US'),
        coverage === null ? '-' : `${(100 * coverage).toFixed(1)}%`,
        listedDays === null ? '-' : String(listedDays),
      ]),
      [3, 4, 5, 6],
    ),
  };
}

async function universeOf(invocation: Invocation): Promise<{ universe: Universe; requested: string; runId: string }> {
  const options = await prepareRun({ ...invocation, flags: { ...invocation.flags, portfolio: true } });
  const { histories, runId } = await loadVolumes(options);
  await options.effects.http.close();
  const portfolio = options.config.portfolio!;
  return { universe: resolveUniverse(histories, portfolioDays(options.config), universeRule(portfolio)), requested: portfolio.universe, runId };
}
