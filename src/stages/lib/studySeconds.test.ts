import { expect, it } from 'vitest';
import { dayMs, hourMs } from '../../core/time.ts';
import type { Frame } from '../../engine/frame.ts';
import { compileStudy } from '../../research/study/compile.ts';
import { studyDocument } from '../../research/study/document.ts';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { StageContext } from './stage.ts';
import { studyCatalog } from './studyCatalog.ts';
import { absentSeconds, loadStudySeconds } from './studySeconds.ts';

const start = Date.UTC(2024, 0, 31);
const study = compileStudy(studyDocument.parse(parse(readFileSync('specs/studies/abma_funding.yaml', 'utf8'))), studyCatalog(new Map()));

/** Quotes of every minute of two days, in one file per month; funding every eight hours on the first day, every four on the second. */
function market({ hasTicks }: { hasTicks: boolean }): { context: StageContext; bars: Frame; read: string[] } {
  const read: string[] = [];
  const file = (month: string) => ({ path: `lake/raw/x/perp/AAAUSDT/quotes_1s/year=2024/month=${month}/q.parquet` });
  const store = {
    read: (files: readonly { path: string }[]) => {
      read.push(files[0]!.path.slice(-18, -10));
      const from = files[0]!.path.includes('month=01') ? start : start + dayMs;
      const timestamp = Float64Array.from({ length: 1_440 }, (_, i) => from + i * 60_000);
      const column = (value: number) => timestamp.map(() => value);
      const sizes = { bid: column(99), ask: column(101), bid_size: column(1), ask_size: column(3) };
      return Promise.resolve({ rows: 1_440, numbers: { timestamp, quote_timestamp: timestamp.map((time) => time + 10), ...sizes } });
    },
  };
  const outputs = hasTicks ? [file('01'), file('02')] : [];
  const context = { config: { start, end: start + dayMs }, store, upstream: { ingest_extra: { outputs } } } as unknown as StageContext;
  const openTime = Float64Array.from({ length: 192 }, (_, i) => start + i * 900_000);
  const funding = openTime.map(
    (time) => (time < start + dayMs ? Math.floor(time / (8 * hourMs)) * 8 : Math.floor(time / (4 * hourMs)) * 4) * hourMs + 7,
  );
  return { context, read, bars: { symbol: 'AAAUSDT', rows: 192, openTime, columns: { funding_event_ts: funding } } as unknown as Frame };
}

it('frames the seconds before and after every settlement, whatever its interval, and after the listed hours, across months', async () => {
  const { context, bars, read } = market({ hasTicks: true });
  const { frame } = await loadStudySeconds(context, study, bars);
  const { 'instant.settles': settles, 'instant.hour': hour, close } = frame.columns;
  const marked = [...frame.openTime.keys()].filter((row) => !Number.isNaN(settles![row]!));
  const settling = marked.filter((row) => settles![row] === 1).map((row) => hour![row]);
  expect(settling).toEqual([0, 8, 16, 0, 4, 8, 12, 16, 20]);
  expect(marked).toHaveLength(24 + 9);
  for (const row of marked) expect(((frame.openTime[row]! + 1_000) / 1_000) % 3_600).toBe(0);
  expect(frame.openTime.findIndex((time, row) => row > 0 && time <= frame.openTime[row - 1]!)).toBe(-1);
  expect(frame.rows / marked.length).toBeLessThan(3_000);
  expect(close!.some((value) => value === 100)).toBe(true);
  expect(Object.keys(frame.columns).sort()).toEqual(study.columns.filter((name) => !name.startsWith('trades.')));
  expect(new Set(read).size).toBe(2);
  expect(absentSeconds(study, [frame])).toEqual(['the run has no rows of trades_1s, which trades.sign_entropy, trades.volume are made of']);
});

it('is a frame of gaps without ticks', async () => {
  const { context, bars } = market({ hasTicks: false });
  const { frame } = await loadStudySeconds(context, study, bars);
  expect(frame.isGap.every((gap) => gap === 1)).toBe(true);
  expect(absentSeconds(study, [frame]).map((text) => text.split(',')[0])).toEqual([
    'the run has no rows of quotes_1s',
    'the run has no rows of trades_1s',
  ]);
});
