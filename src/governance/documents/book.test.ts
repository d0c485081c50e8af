import { describe, expect, it } from 'vitest';
import { isAppError } from '../../core/errors.ts';
import { type LoadedSpec, requireSpec, type SpecBook } from './book.ts';
import { findingOf } from './finding.ts';

const finding = (stem: string) =>
  findingOf({ file: `specs/overlays/${stem}.json`, lines: new Map() }, { code: 'KEY_MISSING', path: 'rule', message: `what is wrong with ${stem}` });
const book = (stems: readonly string[], usable: readonly { id: string; version: number }[] = []) =>
  ({
    overlays: usable as unknown as LoadedSpec<'overlays'>[],
    refused: stems.map((id) => ({ kind: 'overlays', id, file: `specs/overlays/${id}.json`, findings: [finding(id)] })),
  }) as unknown as SpecBook;
const refusal = (given: SpecBook, name: string): string => {
  try {
    return `found ${requireSpec(given, 'overlays', name).version}`;
  } catch (error) {
    if (!isAppError(error)) throw error;
    return `${error.code}: ${error.message}`;
  }
};

describe('a document that is asked for by name', () => {
  it('is refused with its own reason, whether or not its file name has the version', () => {
    expect(refusal(book(['quiet@1']), 'quiet')).toMatch(/^E_SPEC: .*what is wrong with quiet@1/);
    expect(refusal(book(['quiet@1']), 'quiet@1')).toMatch(/^E_SPEC: .*quiet@1/);
    expect(refusal(book(['quiet']), 'quiet@3')).toMatch(/^E_SPEC: .*what is wrong with quiet/);
  });

  it('is refused for the latest version where several cannot be used', () => {
    expect(refusal(book(['quiet@2', 'quiet@10']), 'quiet')).toContain('what is wrong with quiet@10');
  });

  it('is not there when only another version, or a longer name, was refused', () => {
    expect(refusal(book(['quiet@1']), 'quiet@2')).toMatch(/^E_UNKNOWN_UNIT/);
    expect(refusal(book(['quiet_hours@1']), 'quiet')).toMatch(/^E_UNKNOWN_UNIT/);
  });

  it('is found when a version of it can be used', () => {
    expect(refusal(book(['quiet@2'], [{ id: 'quiet', version: 1 }]), 'quiet')).toBe('found 1');
    expect(refusal(book(['quiet@2'], [{ id: 'quiet', version: 1 }]), 'quiet@2')).toMatch(/^E_SPEC/);
  });
});
