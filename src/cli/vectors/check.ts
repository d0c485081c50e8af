import { AppError, toAppError } from '../../core/errors.ts';
import { vectorFunctions } from './adapter.ts';

export type VectorStatus = 'pass' | 'fail' | 'unmapped' | 'error';

export interface VectorResult {
  readonly id: string;
  readonly group: string;
  readonly status: VectorStatus;
  /** First differing field, for example `gaps[1].bars`. */
  readonly field?: string;
  readonly expected?: unknown;
  readonly actual?: unknown;
  readonly message?: string;
}

export interface VectorReport {
  readonly results: VectorResult[];
  readonly passed: number;
  /** Everything that did not pass: differing, unmapped and thrown. */
  readonly failed: number;
}

interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

interface Vector {
  readonly id: string;
  readonly group: string;
  readonly function: string;
  readonly input: unknown;
  readonly expected: unknown;
  readonly tolerance: Tolerance;
}

interface Difference {
  readonly field: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Runs vectors through product code and reports each one, in file order.
 *
 * @param file    parsed content of a vector file
 * @param options `only`: id prefixes to run; all when absent
 * @throws E_USAGE when the file is not a vector file or no vector is chosen
 */
export function checkVectors(file: unknown, options: { only?: readonly string[] } = {}): VectorReport {
  const { only } = options;
  const chosen = readVectors(file).filter(({ id }) => !only || only.some((prefix) => id.startsWith(prefix)));
  if (chosen.length === 0) throw unusable(only ? `no vector id starts with ${only.join(' or ')}` : 'the file holds no vectors');
  const results = chosen.map(checkVector);
  const passed = results.filter(({ status }) => status === 'pass').length;
  return { results, passed, failed: results.length - passed };
}

function checkVector(vector: Vector): VectorResult {
  const { id, group } = vector;
  const run = Object.hasOwn(vectorFunctions, vector.function) ? vectorFunctions[vector.function] : undefined;
  if (!run) return { id, group, status: 'unmapped', message: `no product code is mapped to function ${vector.function}` };
  try {
    const difference = firstDifference(vector.expected, run(vector.input), { path: '', tolerance: vector.tolerance });
    return difference ? { id, group, status: 'fail', ...difference } : { id, group, status: 'pass' };
  } catch (cause) {
    return { id, group, status: 'error', message: toAppError(cause).message };
  }
}

/**
 * The first place where an answer differs from what a vector expects, or null.
 * Keys that are not expected are ignored; typed arrays count as arrays.
 */
export function firstDifference(expected: unknown, actual: unknown, at: { path: string; tolerance: Tolerance }): Difference | null {
  const { path, tolerance } = at;
  const given = ArrayBuffer.isView(actual) && !(actual instanceof DataView) ? Array.from(actual as Float64Array) : actual;
  const differs = { field: path, expected, actual: given };
  if (typeof expected === 'number') return numbersAgree(expected, given, tolerance) ? null : differs;
  if (expected === null || typeof expected !== 'object') return expected === given ? null : differs;
  if (given === null || typeof given !== 'object' || Array.isArray(expected) !== Array.isArray(given)) return differs;
  if (Array.isArray(expected) && expected.length !== (given as unknown[]).length) {
    return { field: joinPath(path, 'length'), expected: expected.length, actual: (given as unknown[]).length };
  }
  for (const key of Object.keys(expected)) {
    const inside = Array.isArray(expected) ? `${path}[${key}]` : joinPath(path, key);
    const value = Object.hasOwn(given, key) ? (given as JsonObject)[key] : undefined;
    const difference = firstDifference((expected as JsonObject)[key], value, { path: inside, tolerance });
    if (difference) return difference;
  }
  return null;
}

/**
 * Equal numbers agree. Two different integers never do, whatever the tolerance: they are counts, indices or times.
 * JSON writes 2.0 as 2, so an expected integer may be a computed ratio: a fractional answer gets the tolerance.
 */
function numbersAgree(expected: number, actual: unknown, { relative, absolute }: Tolerance): boolean {
  if (typeof actual !== 'number' || !Number.isFinite(actual)) return false;
  if (actual === expected) return true;
  if (Number.isInteger(expected) && Number.isInteger(actual)) return false;
  return Math.abs(actual - expected) <= absolute + relative * Math.abs(expected);
}

function joinPath(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function readVectors(file: unknown): Vector[] {
  if (!isObject(file) || !Array.isArray(file['vectors'])) throw unusable('expected an object with an array `vectors`');
  const { schema, count, vectors } = file as { schema?: unknown; count?: unknown; vectors: unknown[] };
  if (schema !== undefined && schema !== 'statistics-vectors/1')
    throw unusable(`schema is ${JSON.stringify(schema)}, expected "statistics-vectors/1"`);
  if (count !== undefined && count !== vectors.length) throw unusable(`count is ${JSON.stringify(count)}, but there are ${vectors.length} vectors`);
  const seen = new Set<string>();
  return vectors.map((value, index) => {
    const vector = readVector(value, `vectors[${index}]`);
    if (seen.has(vector.id)) throw unusable(`vectors[${index}]: id ${vector.id} is used twice`);
    seen.add(vector.id);
    return vector;
  });
}

function readVector(value: unknown, where: string): Vector {
  if (!isObject(value)) throw unusable(`${where} is not an object`);
  const { id, group = '', function: name, input, expected, tolerance = {} } = value;
  if (typeof id !== 'string' || id === '') throw unusable(`${where}.id is not a text`);
  if (typeof group !== 'string') throw unusable(`${where}.group is not a text (${id})`);
  if (typeof name !== 'string') throw unusable(`${where}.function is not a text (${id})`);
  if (!isObject(input)) throw unusable(`${where}.input is not an object (${id})`);
  if (!isObject(expected)) throw unusable(`${where}.expected is not an object (${id})`);
  if (!isObject(tolerance)) throw unusable(`${where}.tolerance is not an object (${id})`);
  const { relative = 0, absolute = 0 } = tolerance;
  if (!isTolerance(relative) || !isTolerance(absolute)) throw unusable(`${where}.tolerance must hold numbers from 0 up (${id})`);
  return { id, group, function: name, input, expected, tolerance: { relative, absolute } };
}

function isTolerance(value: unknown): value is number {
  return typeof value === 'number' && value >= 0;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unusable(problem: string): AppError {
  return new AppError('E_USAGE', { problem: `not a usable vector file: ${problem}` });
}
