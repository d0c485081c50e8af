import { AppError } from './errors.ts';
import { didYouMean } from './suggest.ts';

/** Parameters of a unit: default, bounds and a sentence. They validate configuration, print in help and feed sweeps. */

export interface NumberParam {
  readonly type: 'number' | 'integer';
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly help: string;
}

export interface BooleanParam {
  readonly type: 'boolean';
  readonly default: boolean;
  readonly help: string;
}

export interface TextParam {
  readonly type: 'text';
  readonly default: string;
  readonly help: string;
  /** Returns what is wrong with a value, or null. */
  readonly check?: (value: string) => string | null;
}

export type Param = NumberParam | BooleanParam | TextParam;
export type ParamSchema = Readonly<Record<string, Param>>;
export type ParamValue = number | boolean | string;
export type ParamValues = Readonly<Record<string, ParamValue>>;

/** A parameter that is any number within its bounds. `value` is the default. */
export const number = (value: number, rest: { min: number; max: number; help: string }): NumberParam => ({ type: 'number', default: value, ...rest });
/** A parameter that is a whole number within its bounds. */
export const integer = (value: number, rest: { min: number; max: number; help: string }): NumberParam & { type: 'integer' } => ({
  type: 'integer',
  default: value,
  ...rest,
});
/** A parameter that is true or false. */
export const boolean = (value: boolean, help: string): BooleanParam => ({ type: 'boolean', default: value, help });
/** A parameter that is text; `check` says what is wrong with a value, or null. */
export const text = (value: string, help: string, check?: (value: string) => string | null): TextParam =>
  check === undefined ? { type: 'text', default: value, help } : { type: 'text', default: value, help, check };
/** An IANA time zone name such as UTC or Europe/Berlin. */
export const timeZone = (value: string, help: string): TextParam => text(value, help, checkTimeZone);

/**
 * All parameters of a unit: the given values over the defaults.
 *
 * @param given values from configuration or flags; text is converted to the parameter's type
 * @throws E_BAD_PARAM on an unknown name (with the nearest known one), a wrong type or a value out of bounds
 */
export function resolveParams(unitId: string, schema: ParamSchema, given: Readonly<Record<string, unknown>>): ParamValues {
  const names = Object.keys(schema);
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(schema, name)) {
      throw new AppError('E_BAD_PARAM', {
        unit: unitId,
        name,
        problem: `no such parameter${didYouMean(name, names)} (known: ${names.join(', ') || 'none'})`,
      });
    }
  }
  const values: Record<string, ParamValue> = {};
  for (const name of names) {
    const param = schema[name]!;
    values[name] = Object.hasOwn(given, name) ? convert(unitId, name, param, given[name]) : param.default;
  }
  return values;
}

function convert(unit: string, name: string, param: Param, raw: unknown): ParamValue {
  const refuse = (problem: string): never => {
    throw new AppError('E_BAD_PARAM', { unit, name, problem });
  };
  if (param.type === 'boolean') {
    if (raw === true || raw === 'true') return true;
    if (raw === false || raw === 'false') return false;
    return refuse(`expected true or false, got ${show(raw)}`);
  }
  if (param.type === 'text') {
    if (typeof raw !== 'string') return refuse(`expected text, got ${show(raw)}`);
    const problem = param.check?.(raw) ?? null;
    return problem === null ? raw : refuse(problem);
  }
  const value = numberIn(raw);
  if (typeof value !== 'number' || !Number.isFinite(value)) return refuse(`expected a number, got ${show(raw)}`);
  if (param.type === 'integer' && !Number.isInteger(value)) return refuse(`expected a whole number, got ${show(raw)}`);
  if (value < param.min || value > param.max) return refuse(`${value} is outside ${param.min}..${param.max}`);
  return value;
}

/** Text that is a decimal number as that number; anything else as it is. */
export function numberIn(raw: unknown): unknown {
  return typeof raw === 'string' && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(raw.trim()) ? Number(raw) : raw;
}

function checkTimeZone(value: string): string | null {
  try {
    return Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone === '' ? `${value} is not a time zone name` : null;
  } catch {
    return `${value} is not a time zone name such as UTC or Europe/Berlin`;
  }
}

function show(raw: unknown): string {
  return typeof raw === 'string' ? `"${raw}"` : (JSON.stringify(raw) ?? 'nothing');
}
