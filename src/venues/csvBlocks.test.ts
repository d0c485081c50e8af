import fc from 'fast-check';
import { expect, it } from 'vitest';
import { csvBlocks } from './csvBlocks.ts';

async function* pieces(text: string, cuts: readonly number[]): AsyncGenerator<Buffer> {
  const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
  for (let i = 1; i < places.length; i++) yield Buffer.from(text.slice(places[i - 1], places[i]));
}

async function readAll(text: string, cuts: readonly number[]): Promise<[line: number, a: number, b: number][]> {
  const rows: [number, number, number][] = [];
  for await (const cursor of csvBlocks(pieces(text, cuts), 'x.csv'))
    while (!cursor.isAtEnd) rows.push([cursor.line, cursor.integer(false), cursor.decimal(true)]);
  return rows;
}

it('reads the same lines with the same numbers wherever a file is cut', async () => {
  const numbers = fc.array(fc.tuple(fc.nat(1e6), fc.nat(1e6)), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(numbers, fc.array(fc.nat(), { maxLength: 12 }), fc.boolean(), async (list, cuts, isEnded) => {
      const text = list.map(([a, b]) => `${a},${b}.5`).join('\n') + (isEnded && list.length > 0 ? '\n' : '');
      expect(await readAll(text, cuts)).toEqual(list.map(([a, b], i) => [i + 1, a, b + 0.5]));
    }),
    { numRuns: 300 },
  );
});

it('says the line in which something is wrong, wherever the file was cut', async () => {
  const text = `${'1,2\n'.repeat(9)}1,x\n`;
  for (const cut of [3, 20, 37])
    await expect(readAll(text, [cut])).rejects.toMatchObject({ code: 'E_CSV', message: expect.stringContaining('line 10') });
});

it('refuses a line without end before it fills the memory', async () => {
  await expect(readAll('1'.repeat(10_000), [5_000, 6_000])).rejects.toMatchObject({ code: 'E_CSV', message: expect.stringContaining('longer than') });
});
