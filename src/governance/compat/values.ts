/** Values as the reference system’s language saw them: what counts as a number, how anything reads as text. */

/** A value error: whatever is wrong with an overlay file, naming the file. */
export class ReferenceValueError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ReferenceValueError';
  }
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Truths count as numbers there, and NaN is one. */
export function isNumber(value: unknown): value is number | boolean {
  return typeof value === 'number' || typeof value === 'boolean';
}

/** A null reads `None`, which is not blank. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function isBlank(value: unknown): boolean {
  return textOf(value).trim() === '';
}

/** The keys that an object lacks, sorted. */
export function lacking(value: JsonObject, keys: readonly string[]): string[] {
  return keys.filter((key) => !Object.hasOwn(value, key)).sort();
}

/** A list of words as messages show it. */
export function listed(words: readonly string[]): string {
  return `[${words.map((word) => `'${word}'`).join(', ')}]`;
}

export const referenceStates: readonly string[] = ['DRAFT', 'APPROVED', 'REJECTED', 'ARCHIVED'];
export const evidenceFields: readonly string[] = ['run_id', 'split', 'date_range', 'universe', 'config_hash'];
