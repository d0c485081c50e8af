import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { namedStream, nextNormal, nextUniform } from '../../src/core/random.ts';
import { dayMs, hourMs, parseDay } from '../../src/core/time.ts';
import { removeFolders, runInProcess, temporaryFolder } from '../support/pipeline.ts';
import { type SampleVenue, sampleVenue } from '../support/sampleVenue.ts';
import { zipOne } from '../support/venueServer.ts';

/** Archives of ticks around the full hours that the study of funding looks at, on which spreads widen at every one and decay as planted. */
const symbol = 'ETHUSDT';
const hours = [0, 1, 3, 5, 7, 8, 9, 11, 13, 15, 16, 17, 19, 21, 23, 24];
const ordinary = 60;
let venue: SampleVenue;
afterEach(() => venue.close());
afterAll(removeFolders);

/** @param halfLife seconds in which the spread halves after a settlement; after other hours it is a minute */
function ticksOf(day: number, halfLife: number): { quotes: string; trades: string } {
  const random = namedStream(`seed=1/test/ticks/${day}`);
  const quotes = ['update_id,best_bid_price,best_bid_qty,best_ask_price,best_ask_qty,transaction_time,event_time'];
  const trades = ['agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker'];
  let [id, mid] = [day / 1_000, 2_300];
  for (const hour of hours) {
    const [instant, half] = [day + hour * hourMs, hour % 8 === 0 ? halfLife : ordinary];
    for (let age = -930; age < 1_830; age += 5) {
      const time = instant + age * 1_000;
      if (time < day || time >= day + dayMs) continue;
      mid *= 1 + 0.000_05 * nextNormal(random);
      const spread = 0.1 * (1 + (age < 0 ? 0 : 3 * 2 ** (-age / half))) * Math.exp(0.1 * nextNormal(random));
      const [bid, ask] = [(mid - spread / 2).toFixed(4), (mid + spread / 2).toFixed(4)];
      quotes.push(
        `${++id},${bid},${(1 + nextUniform(random)).toFixed(3)},${ask},${(1 + nextUniform(random)).toFixed(3)},${time + 100},${time + 100}`,
      );
      if (age % 10 === 0)
        trades.push(`${id},${mid.toFixed(4)},${(1 + nextUniform(random)).toFixed(3)},${id},${id},${time + 200},${nextUniform(random) < 0.5}`);
    }
  }
  return { quotes: `${quotes.join('\n')}\n`, trades: `${trades.join('\n')}\n` };
}

async function publish(halfLife: number | null): Promise<void> {
  venue = await sampleVenue();
  const others = venue.intercept!;
  const made = new Map<string, Uint8Array>();
  venue.intercept = (path, response, count) => {
    const found = /(aggTrades|bookTicker)\/[A-Z]+\/([A-Z]+-\w+-(\d{4}-\d{2}-\d{2}))\.zip(\.CHECKSUM)?$/.exec(path);
    if (found === null) return others(path, response, count);
    response.statusCode = halfLife === null ? 404 : 200;
    if (halfLife === null) return (response.end(), true);
    const [, kind, name, day, checksum] = found;
    if (!made.has(name!)) {
      const { quotes, trades } = ticksOf(parseDay(day!)!, halfLife);
      made.set(name!, zipOne(`${name}.csv`, kind === 'bookTicker' ? quotes : trades));
    }
    const bytes = made.get(name!)!;
    response.end(checksum === undefined ? bytes : `${createHash('sha256').update(bytes).digest('hex')}  ${name}.zip\n`);
    return true;
  };
}

async function study(id: string, { end = '2024-02-29' }: { end?: string } = {}) {
  const dataRoot = temporaryFolder();
  const started = process.cpuUsage();
  const { runId, manifests } = await runInProcess(
    { symbols: [symbol], start: '2024-01-01', end, studies: id },
    { dataRoot, archiveUrl: venue.url, until: 'studies' },
  );
  const { user, system } = process.cpuUsage(started);
  const read = (name: string) => readFileSync(join(dataRoot, 'reports/studies', id, 'v1', runId, name), 'utf8');
  const [header, ...rows] = read('effects.csv')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  const effect = (slice: string, estimand: string): Record<string, number> => {
    const row = rows.find((cells) => cells[0] === slice && cells[1] === estimand)!;
    return Object.fromEntries(header!.map((name, i) => [name, Number(row[i])]));
  };
  const verdict = JSON.parse(read('verdict.json')) as { verdict: string; missing: string[] };
  const gates = JSON.parse(read('gates.json')) as { id: string; status: string; why: string }[];
  process.stderr.write(
    `${id}: ${((user + system) / 1e6).toFixed(0)} s, ${rows.map((row) => row.join(' ')).join('\n  ')}\n  ${gates.map(({ id: gate, status, why }) => `${gate} ${status}: ${why}`).join('\n  ')}\n`,
  );
  const nulls = read('null_effects.csv')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').at(-1));
  return { nulls, effect, verdict, gate: (name: string) => gates.find((gate) => gate.id === name)!, manifests };
}

describe('the study of funding on ticks', () => {
  it('finds a slower decay that was planted at settlements, its sign and its size', async () => {
    await publish(180);
    const { nulls, effect, gate, verdict } = await study('abma_funding');
    const found = effect('development', 'spread_decay');
    expect(found['effect']!).toBeGreaterThan(80);
    expect(found['effect']!).toBeLessThan(160);
    expect(found['p_raw']!).toBeLessThan(0.05);
    // Moved by one number of hours for all days there would be a handful of different draws, and p would say nothing.
    expect(new Set(nulls).size).toBeGreaterThan(900);
    for (const name of ['events', 'balance', 'effect', 'stability', 'replication']) expect([name, gate(name).status]).toEqual([name, 'pass']);
    // Surrogate markets have no ticks.
    expect([gate('surrogate_markets').status, verdict.verdict]).toEqual(['inconclusive', 'inconclusive']);
  }, 600_000);

  it('finds none where none was planted', async () => {
    await publish(ordinary);
    const { effect, gate } = await study('abma_funding');
    expect(Math.abs(effect('development', 'spread_decay')['effect']!)).toBeLessThan(15);
    expect(gate('effect').status).toBe('fail');
  }, 600_000);
});

it('the study of the open compares it with other settlements: what all settlements share is no effect of the open', async () => {
  await publish(180);
  const { effect, gate } = await study('abma_open');
  expect(effect('development', 'spread_decay')['n_events']!).toBeGreaterThan(20);
  expect(gate('effect').status).toBe('fail');
}, 600_000);

it('a study of seconds without ticks is inconclusive and names the datasets', async () => {
  await publish(null);
  const { verdict, manifests } = await study('abma_funding', { end: '2024-01-03' });
  expect(verdict.verdict).toBe('inconclusive');
  expect(verdict.missing[0]).toContain(`${symbol} has no`);
  expect(verdict.missing.slice(1).map((text) => text.split(',')[0])).toEqual([
    'the run has no rows of quotes_1s',
    'the run has no rows of trades_1s',
  ]);
  expect(manifests.find(({ stage }) => stage === 'ingest_extra')!.parameters['datasets']).toEqual(['quotes_1s', 'trades_1s']);
}, 600_000);
