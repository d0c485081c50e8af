import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

/** Rows of a plain CSV file as records of text. */
export function readCsv(file: string): Record<string, string>[] {
  const [head, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
  const names = head!.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, index) => [names[index]!, cell])));
}

export function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}

/** Fails unless |actual - expected| <= relative * |expected| + absolute; an empty cell means missing. */
export function expectClose(actual: number, expected: string | number, tolerance: { relative: number; absolute: number }, where: string): void {
  if (expected === '') {
    expect(Number.isNaN(actual), `${where}: expected missing, got ${actual}`).toBe(true);
    return;
  }
  const wanted = Number(expected);
  expect(Math.abs(actual - wanted), `${where}: expected ${wanted}, got ${actual}`).toBeLessThanOrEqual(
    tolerance.relative * Math.abs(wanted) + tolerance.absolute,
  );
}
