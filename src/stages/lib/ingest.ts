import { AppError } from '../../core/errors.ts';
import { didYouMean } from '../../core/suggest.ts';
import { formatDay, type Month, monthsBetween } from '../../core/time.ts';
import { writeAtomic } from '../../lake/writeAtomic.ts';
import { periodRange } from '../../venues/layouts.ts';
import { seeded, type Source } from '../../venues/source.ts';
import { fillMonth, type LoadedMonth, loadMonth, publishMonth } from './ingestMonth.ts';
import { type MonthRecord, recordFolder } from './ingestRecord.ts';
import type { IngestRule, IngestScope } from './ingestScope.ts';
import { combineSymbols, summarizeSymbol, type SymbolMonths } from './ingestSummary.ts';
import { windowOf } from './runConfig.ts';
import type { StageContext, StageResult, SymbolResult } from './stage.ts';
import { warmWindowOf } from './warmup.ts';

const parallelDownloads = 8;
const parallelLarge = 2;

/**
 * Brings every source month of the window, and of the bars that warm features up before it, into the raw lake: monthly
 * archive, daily files for days that it lacks, REST for what is still missing. Whole months are kept whatever the window
 * is: a request selects, it never cuts shared data. Months that need nothing more are not asked for again.
 *
 * @throws E_NO_DATA when the source has nothing at all for a symbol in the window; the error of a refused archive whose
 *         rows no other source has; E_NETWORK and E_CHECKSUM at once, with everything else stopped
 */
export async function ingest(context: StageContext, rule: IngestRule): Promise<StageResult> {
  const source = seeded(await context.registry.load<Source>('source', context.config.source), context.config.seed);
  const window = warmWindowOf(context);
  const months = monthsBetween(Math.max(window.start, source.earliest), window.end);
  const { scope, failed, close } = await openScope(context, rule, source);
  const progress = { done: 0, total: months.length * context.config.symbols.length };
  try {
    const results: SymbolResult[] = [];
    for (const symbol of context.config.symbols) {
      const records = await ingestSymbol(scope, symbol, { months, progress });
      results.push(summarizeSymbol(scope, symbol, months, records));
    }
    return combineSymbols(scope, results);
  } catch (error) {
    throw failed() ?? error;
  } finally {
    await close();
  }
}

/** Source, queue and server clock. The first failure ends everything: no request is sent after it. */
async function openScope(context: StageContext, rule: IngestRule, source: Source) {
  const { default: PQueue } = await import('p-queue');
  const queue = new PQueue({ concurrency: rule.isLarge === true ? parallelLarge : parallelDownloads });
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const { archiveUrl, restUrl, effects } = context;
  const open = source.open({
    effects,
    signal,
    seed: context.config.seed,
    ...(archiveUrl === null ? {} : { archiveUrl }),
    ...(restUrl === null ? {} : { restUrl }),
    quarantine: async ({ request, fileName, bytes }) => {
      const folder = recordFolder(context, source.venue, request.symbol, request.dataset, formatDay(periodRange(request.period).from).slice(0, 7));
      await writeAtomic(effects.files, `${folder}/refused/${fileName}`, bytes, effects.uniqueName);
    },
  });
  let asked: Promise<number | null> | undefined;
  const enqueue = <T>(work: () => Promise<T>): Promise<T> =>
    queue.add(async () => {
      if (signal.aborted) throw new AppError('E_INTERRUPTED');
      try {
        return await work();
      } catch (error) {
        stop.abort(error);
        queue.clear();
        throw error;
      }
    });
  const now = () => (asked ??= open.serverDate === undefined ? Promise.resolve(Infinity) : open.serverDate());
  const scope: IngestScope = { context: { ...context, signal }, rule, source, open, enqueue, now };
  const close = async () => {
    if (queue.pending > 0) stop.abort(new AppError('E_INTERRUPTED'));
    queue.clear();
    await queue.onIdle();
    await open.close();
  };
  const failed = () => (context.signal.aborted ? new AppError('E_INTERRUPTED') : stop.signal.aborted ? (stop.signal.reason as unknown) : null);
  return { scope, failed, close };
}

async function ingestSymbol(
  scope: IngestScope,
  symbol: string,
  { months, progress }: { months: readonly Month[]; progress: { done: number; readonly total: number } },
): Promise<SymbolMonths> {
  const together = scope.rule.isLarge === true ? 1 : Math.max(1, months.length);
  const filled: LoadedMonth[] = [];
  for (let from = 0; from < months.length; from += together)
    filled.push(...(await ingestMonths(scope, symbol, { months: months.slice(from, from + together), progress })));
  return { records: await settle(scope, symbol, filled), reused: filled.filter((item) => item.state === 'done' && item.isReused).length };
}

/** Months of one symbol that are in memory together, published as far as they have rows. */
async function ingestMonths(
  scope: IngestScope,
  symbol: string,
  { months, progress }: { months: readonly Month[]; progress: { done: number; readonly total: number } },
): Promise<LoadedMonth[]> {
  const note = (month: Month) => scope.context.note(`${symbol} ${month.label}`, { done: ++progress.done, total: progress.total, unit: 'months' });
  const loaded = await Promise.all(
    months.map(async (month) => {
      const found = await loadMonth(scope, symbol, month);
      if (found.state === 'done') note(month);
      return found;
    }),
  );
  const present = loaded.map((item) => (item.state === 'done' ? item.record.partition !== null : item.draft.parts.length > 0));
  const isInterior = (index: number) => present.indexOf(true) < index && index < present.lastIndexOf(true);
  const refused: AppError[] = [];
  const filled = await Promise.all(
    loaded.map(async (item, index) => {
      if (item.state === 'done') return item;
      await fillMonth(scope, item.draft, isInterior(index));
      note(months[index]!);
      if (item.draft.parts.every(({ table }) => table.rows === 0) && item.draft.refused === null) return item;
      const record = await publishMonth(scope, item.draft);
      if (item.draft.refused !== null && record.missing.length > 0) refused.push(item.draft.refused);
      return { state: 'done', record, isReused: false } as const;
    }),
  );
  if (refused[0] !== undefined && scope.rule.isOptional !== true) throw refused[0];
  return filled;
}

/** Records of all months. That a month has nothing is remembered too, unless the symbol may be mistyped: it has nothing at all. */
async function settle(scope: IngestScope, symbol: string, months: readonly LoadedMonth[]): Promise<MonthRecord[]> {
  const isKnown = months.some((item) => item.state === 'done' && item.record.partition !== null);
  if (!isKnown && scope.rule.dataset === 'ohlcv_15m') throw await noData(scope, symbol);
  const isKept = isKnown || scope.rule.isOptional === true;
  return Promise.all(months.map(async (item) => (item.state === 'done' ? item.record : publishMonth(scope, item.draft, { isKept }))));
}

async function noData(scope: IngestScope, symbol: string): Promise<AppError> {
  const { context, open, source } = scope;
  const window = windowOf(context.config);
  const listed = open.symbols === undefined ? [] : await open.symbols().catch(() => []);
  const inLake = await context.effects.files.list(`${context.paths.objects(source.venue)}/perp`);
  const hint = didYouMean(symbol, [...new Set([...listed, ...inLake])].filter((known) => known !== symbol).sort());
  return new AppError('E_NO_DATA', {
    what: `source ${source.id}`,
    symbol: hint === '' ? symbol : `${symbol} (${hint.slice(2)})`,
    start: formatDay(window.start),
    end: formatDay(window.end - 1),
    remedy: `Check the spelling of ${symbol} and the dates; the source begins at ${formatDay(source.earliest)}.`,
  });
}
