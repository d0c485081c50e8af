import type { Problem } from './finding.ts';
import { forbiddenKeys } from './readJson.ts';

const maxItems = 10_000;
const maxText = 20_000;
/** Characters that change what a reader sees without being seen, and halves of characters. */
const hidden = /[\p{Cf}\p{Cs}]|(?![\n\t])\p{Cc}/u;

/**
 * What no document of any kind may hold, wherever it lies: hidden characters, numbers that are none, endless lists and texts, keys that
 * reach into prototypes.
 *
 * @param value plain data, at most 32 levels deep
 */
export function inspectValues(value: unknown): Problem[] {
  const problems: Problem[] = [];
  const visit = (part: unknown, path: string): void => {
    if (typeof part === 'number' && !Number.isFinite(part)) problems.push({ code: 'NUMBER_NOT_FINITE', path, message: `found ${part}` });
    if (typeof part === 'string') text(part, path);
    if (typeof part !== 'object' || part === null) return;
    const entries = Object.entries(part);
    if (entries.length > maxItems) {
      problems.push({ code: 'TOO_LARGE', path, message: `expected at most ${maxItems} items, found ${entries.length}` });
      return;
    }
    for (const [key, inside] of entries) {
      const place = path === '' ? key : `${path}.${key}`;
      if (hidden.test(key)) problems.push({ code: 'TEXT_HIDDEN', path: place, message: 'the key has characters that cannot be seen' });
      if (forbiddenKeys.includes(key)) problems.push({ code: 'KEY_FORBIDDEN', path: place, message: `the key ${key} is not accepted` });
      visit(inside, place);
    }
  };
  const text = (part: string, path: string): void => {
    if (part.length > maxText) problems.push({ code: 'TOO_LARGE', path, message: `expected at most ${maxText} characters, found ${part.length}` });
    const found = hidden.exec(part);
    if (found === null) return;
    const point = found[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    problems.push({ code: 'TEXT_HIDDEN', path, message: `the character U+${point} cannot be seen` });
  };
  visit(value, '');
  return problems;
}
