import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFiles } from './realEffects.ts';
import { isSealIntact, readSealed, sealJson, unsealJson } from './sealedJson.ts';
import { testFolder } from './testFixtures.ts';

const value = { name: 'clean', counts: { bars: 3 }, list: [1.5, null, 'ä'] };

describe('sealedJson', () => {
  it('gives back what was sealed', () => {
    expect(unsealJson(sealJson(value, 1), 1)).toEqual({ state: 'whole', value });
  });

  it('notices every single flipped bit', () => {
    const bytes = Buffer.from(sealJson(value, 1));
    const states = new Set<string>();
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      states.add(unsealJson(changed.toString('utf8'), 1).state);
    }
    expect([...states].sort()).toEqual(['damaged', 'newer']);
  });

  it.each(['', '{', '[]', 'null', '{}', '{"schema":1}', `${sealJson(value, 1)}\n`, JSON.stringify({ ...value, schema: 1, checksum: 'x' })])(
    'takes %j for damaged',
    (text) => {
      expect(unsealJson(text, 1).state).toBe('damaged');
    },
  );

  it('tells a newer schema from damage', () => {
    expect(unsealJson(sealJson(value, 3), 1)).toEqual({ state: 'newer', problem: 'its schema is 3, this version knows schemas up to 1' });
  });

  it('takes an older schema for another document', () => {
    expect(unsealJson(sealJson(value, 1), 2).state).toBe('damaged');
  });

  it('checks a seal of any schema, and lets text without one pass', () => {
    expect(isSealIntact(sealJson(value, 9))).toBe(true);
    expect(isSealIntact(sealJson(value, 9).replace('clean', 'cleam'))).toBe(false);
    expect(isSealIntact(JSON.stringify(value))).toBe(true);
  });

  it('reads a file, and says when there is none', async () => {
    const folder = await testFolder();
    writeFileSync(join(folder, 'a.json'), sealJson(value, 1));
    expect(await readSealed(createFiles(), join(folder, 'a.json'), 1)).toEqual({ state: 'whole', value });
    expect(await readSealed(createFiles(), join(folder, 'b.json'), 1)).toEqual({ state: 'absent' });
  });
});
