import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contains, readChain } from './chain.ts';
import { emptyHead, entryLine, type LedgerEntry, nextEntry, type TrialsBody } from './entry.ts';
import { countTrials, unrecorded } from './trials.ts';

const trial = (digest: string, rest: Partial<TrialsBody> = {}): TrialsBody => ({
  t: 'TRIALS',
  hypothesis: 'h',
  kind: 'backtest',
  subject: 's',
  digest,
  trials: 1,
  run_id: 'r',
  window: { start: '2024-01-01', end: '2024-12-31' },
  result: { metric: 'sharpe', value: 0.1, verdict: null },
  ...rest,
});

function ledger(bodies: readonly TrialsBody[]): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (const [i, body] of bodies.entries())
    entries.push(nextEntry(entries.at(-1) ?? emptyHead, { at: `2026-01-0${Math.min(9, 1 + i)}T00:00:00Z`, actorRole: 'researcher', body }));
  return entries;
}

const fileOf = (entries: readonly LedgerEntry[]) => entries.map((entry) => `${entryLine(entry)}\n`).join('');
const nine = ledger(Array.from({ length: 9 }, (_, i) => trial(`d${i}`)));

describe('the ledger', () => {
  it('reads back what was written', () => {
    const chain = readChain(fileOf(nine));
    expect(chain.problems).toEqual([]);
    expect(chain.entries).toEqual(nine);
    expect(chain.head).toEqual({ seq: 9, hash: nine[8]!.hash });
    expect(readChain('').head).toEqual(emptyHead);
  });

  it('finds any edited, removed or moved entry, and names where', () => {
    const lines = fileOf(nine).trimEnd().split('\n');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 8 }), fc.nat(), (at, other, place) => {
        const removed = lines.filter((_, i) => i !== at);
        if (at < 8) expect(readChain(`${removed.join('\n')}\n`).problems[0]!.line).toBe(at + 1);
        const moved = [...lines];
        [moved[at], moved[other]] = [moved[other]!, moved[at]!];
        if (at !== other) expect(readChain(`${moved.join('\n')}\n`).problems[0]!.line).toBe(Math.min(at, other) + 1);
        const line = lines[at]!;
        const index = place % line.length;
        const edited = `${line.slice(0, index)}${line[index] === 'x' ? 'y' : 'x'}${line.slice(index + 1)}`;
        expect(readChain(`${lines.with(at, edited).join('\n')}\n`).problems[0]!.line).toBe(at + 1);
      }),
      { numRuns: 300 },
    );
  });

  it('finds a forged entry whose own hash is right but whose place is not', () => {
    const forged = nextEntry({ seq: 3, hash: nine[2]!.hash }, { at: nine[3]!.at, actorRole: 'researcher', body: trial('other') });
    const chain = readChain(fileOf(nine.with(3, forged)));
    expect(chain.problems).toEqual([{ line: 5, message: expect.stringContaining('an entry was removed, added or moved') as unknown as string }]);
  });

  it('leaves out a last line that a crash cut short, and says so', () => {
    const text = fileOf(nine);
    const chain = readChain(text.slice(0, -10));
    expect(chain.entries.length).toBe(8);
    expect(chain.torn).not.toBeNull();
    expect(chain.problems).toEqual([]);
  });

  it('shows a cut-off end against a head that was recorded elsewhere', () => {
    const head = { seq: 9, hash: nine[8]!.hash };
    expect(contains(readChain(fileOf(nine)), head)).toBe(true);
    expect(contains(readChain(fileOf(nine.slice(0, 8))), head)).toBe(false);
  });
});

describe('counting trials', () => {
  it('counts each digest of a hypothesis once, and all cells of a sweep', () => {
    const entries = ledger([trial('a'), trial('a'), trial('b', { trials: 100 }), trial('c', { hypothesis: 'other' })]);
    expect(countTrials(entries, 'h', 'sharpe')).toEqual({
      hypothesis: 'h',
      trials: 101,
      entries: 2,
      values: [0.1, 0.1],
      since: '2026-01-01T00:00:00Z',
    });
    expect(unrecorded(entries, [trial('a'), trial('z')])).toEqual([trial('z')]);
  });
});
