import type { z } from 'zod';
import { didYouMean } from '../../core/suggest.ts';
import type { SpecCode } from './codes.ts';
import { edgeDocument } from './edge.ts';
import { experimentDocument } from './experiment.ts';
import type { Problem, SpecKind } from './finding.ts';
import { hypothesisDocument } from './hypothesis.ts';
import { inspectValues } from './inspect.ts';
import { overlayDocument } from './overlay.ts';
import { promotionPolicyDocument } from './policy.ts';

/** The schema of each kind of document. */
export const specSchemas = {
  overlays: overlayDocument,
  edges: edgeDocument,
  hypotheses: hypothesisDocument,
  experiments: experimentDocument,
  policies: promotionPolicyDocument,
} as const satisfies Readonly<Record<SpecKind, z.ZodType>>;

export type DocumentOf<Kind extends SpecKind> = z.infer<(typeof specSchemas)[Kind]>;

export interface ParsedSpec<Kind extends SpecKind = SpecKind> {
  /** Null when anything is wrong with its form. */
  readonly document: DocumentOf<Kind> | null;
  readonly problems: readonly Problem[];
}

/** Values as a document of a kind: everything that is wrong with their form, at once. */
export function parseDocument<Kind extends SpecKind>(kind: Kind, values: unknown): ParsedSpec<Kind> {
  if (typeof values !== 'object' || values === null || Array.isArray(values))
    return { document: null, problems: [{ code: 'NOT_AN_OBJECT', path: '', message: 'expected one object of keys and values' }] };
  const inspected = inspectValues(values);
  const parsed = specSchemas[kind].safeParse(values);
  if (parsed.success) return { document: inspected.length === 0 ? (parsed.data as DocumentOf<Kind>) : null, problems: inspected };
  const known = Object.keys(specSchemas[kind].shape);
  const problems = parsed.error.issues.flatMap((issue) => problemsOf(issue, { values, known }));
  const told = new Set(inspected.map(({ path }) => path));
  return { document: null, problems: [...inspected, ...problems.filter(({ path }) => !told.has(path))] };
}

type Issue = z.core.$ZodIssue;

function problemsOf(issue: Issue, given: { readonly values: unknown; readonly known: readonly string[] }): Problem[] {
  const path = issue.path.map(String).join('.');
  const one = (code: SpecCode, message: string): Problem[] => [{ code, path, message }];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const place = path === '' ? key : `${path}.${key}`;
        return { code: 'KEY_UNKNOWN', path: place, message: `there is no key ${key}${path === '' ? didYouMean(key, given.known) : ''}` };
      });
    case 'invalid_type':
      return valueAt(given.values, issue.path) === undefined
        ? one('KEY_MISSING', `expected ${issue.expected}, found nothing`)
        : one('WRONG_TYPE', `expected ${issue.expected}, found ${shown(given.values, issue.path)}`);
    case 'too_big':
      return one('OUT_OF_RANGE', `expected at most ${issue.maximum}${unitOf(issue.origin)}, found ${measured(given.values, issue)}`);
    case 'too_small':
      return one(
        'OUT_OF_RANGE',
        `expected ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue.origin)}, found ${measured(given.values, issue)}`,
      );
    case 'invalid_value':
      return valueAt(given.values, issue.path) === undefined
        ? one('KEY_MISSING', `expected ${issue.values.join(', ')}, found nothing`)
        : one('NOT_ALLOWED', `expected ${issue.values.join(', ')}, found ${shown(given.values, issue.path)}`);
    case 'invalid_union':
      return union(issue, path, given.values);
    case 'invalid_key':
      return one('BAD_FORMAT', issue.issues[0]?.message ?? 'not a name');
    default:
      return one('BAD_FORMAT', `${issue.message}, found ${shown(given.values, issue.path)}`);
  }
}

/** A word that says which form follows, or a value of several types. */
function union(issue: Extract<Issue, { code: 'invalid_union' }>, path: string, values: unknown): Problem[] {
  const isEffect = /(^|\.)(effect|actions\.[^.]+)\.kind$/.test(path);
  if (valueAt(values, issue.path) === undefined) return [{ code: 'KEY_MISSING', path, message: 'expected a value, found nothing' }];
  const found = shown(values, issue.path);
  if (isEffect) return [{ code: 'ACTION_NOT_EXECUTABLE', path, message: `the engine executes no action called ${found}` }];
  if ('discriminator' in issue) return [{ code: 'NOT_ALLOWED', path, message: `no form is called ${found}` }];
  return [{ code: 'WRONG_TYPE', path, message: `found ${found}` }];
}

function valueAt(values: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    values,
  );
}

function shown(values: unknown, path: readonly PropertyKey[]): string {
  const text = JSON.stringify(valueAt(values, path)) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function unitOf(origin: string): string {
  return origin === 'string' ? ' characters' : origin === 'array' ? ' items' : '';
}

function measured(values: unknown, { origin, path }: { readonly origin: string; readonly path: readonly PropertyKey[] }): string {
  const value = valueAt(values, path);
  return origin === 'string' || origin === 'array' ? String((value as { length: number }).length) : shown(values, path);
}
