import { type Html, html } from './html.ts';

/** A number as it is shown: short text, and the exact value or the reason there is none. */
export interface Shown {
  readonly text: string;
  readonly title: string;
  readonly isMissing: boolean;
}

export type Value = number | null | undefined;

export interface NumberOptions {
  /** Fixed decimals; by default three significant figures. */
  readonly decimals?: number;
  /** A plus sign before what is above zero. */
  readonly isSigned?: boolean;
  /** Why there is no value, said instead of it. */
  readonly reason?: string;
}

/** A fraction as percent: 0.1919 is 19.2%. */
export function percent(value: Value, options: NumberOptions = {}): Shown {
  return show(
    value,
    options,
    (v) => `${rounded(v * 100, options)}%`,
    (v) => `${v} as a fraction`,
  );
}

/** A fraction in basis points, without the unit: 0.0006 is 6. */
export function bps(value: Value, options: NumberOptions = {}): Shown {
  return show(
    value,
    options,
    (v) => rounded(v * 10_000, options),
    (v) => `${v} as a fraction`,
  );
}

/** An amount in quote currency: whole units with thousands separators, two decimals below 1,000. */
export function money(value: Value, options: NumberOptions = {}): Shown {
  return show(value, options, (v) => rounded(v, { decimals: Math.abs(v) < 1000 ? 2 : 0, ...options }), String);
}

/** A whole number with thousands separators. */
export function count(value: Value, options: NumberOptions = {}): Shown {
  return show(value, options, (v) => rounded(v, { decimals: Number.isInteger(v) ? 0 : 1, ...options }), String);
}

/** A plain number with three significant figures. */
export function ratio(value: Value, options: NumberOptions = {}): Shown {
  return show(value, options, (v) => rounded(v, options), String);
}

/** A price as the venue prints it: up to eight decimals, none that are zeros at the end. */
export function price(value: Value, options: NumberOptions = {}): Shown {
  return show(value, options, (v) => grouped(v.toFixed(8).replace(/\.?0+$/, '')), String);
}

/** Decimal text of a number with so many significant figures; whole digits are never dropped. */
export function significant(value: number, figures = 3): string {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size < 1e-6) return value.toExponential(figures - 1);
  const exponent = Number(value.toExponential(figures - 1).split('e')[1]);
  return grouped(value.toFixed(Math.max(0, Math.min(20, figures - 1 - exponent))));
}

/**
 * Decimal text with exact halves rounded to even, as the reference system prints: 40.625 is 40.62. (`toFixed` rounds
 * them away from zero.)
 */
export function fixedHalfEven(value: number, decimals: number): string {
  const [whole, fraction] = Math.abs(value).toFixed(20).split('.') as [string, string];
  const kept = `${whole}${decimals === 0 ? '' : `.${fraction.slice(0, decimals)}`}`;
  const isTie = /^50*$/.test(fraction.slice(decimals));
  return isTie && Number(kept.at(-1)) % 2 === 0 ? `${value < 0 ? '-' : ''}${kept}` : value.toFixed(decimals);
}

/** `-1234567.5` as `-1,234,567.5`. */
export function grouped(decimal: string): string {
  const [whole, fraction] = decimal.split('.') as [string, string?];
  const withCommas = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? withCommas : `${withCommas}.${fraction}`;
}

/** The number for a sentence or a table: exact value on hover, a dash with the reason where there is none. */
export function number(shown: Shown): Html {
  return html`<span class="${shown.isMissing ? 'none' : 'n'}" title="${shown.title}">${bareNumber(shown)}</span>`;
}

/** The same for an element that has the title itself. */
export function bareNumber(shown: Shown): Html {
  return shown.isMissing ? html`–<span class="vh"> ${shown.title}</span>` : html`${typographic(shown.text)}`;
}

/** Text with true minus signs before numbers, as long as they are no part of a date or a name. */
export function typographic(text: string): string {
  return text.replace(/(^|[\s(])-(?=[\d.])/g, '$1\u2212');
}

/** A text of ours or of a finding: true minus signs, and dates that do not break over two lines. */
export function prose(text: string): Html {
  const parts = typographic(text).split(/(\b\d{4}-\d{2}-\d{2}(?:T[\d:]+Z)?)/);
  return html`${parts.map((part, at) => (at % 2 === 1 ? html`<span class="n">${part}</span>` : part))}`;
}

/** A setting as it was given: 6 is 6 and 0.25 is 0.25. */
export function setting(value: number): string {
  return grouped(String(value));
}

/** The words of an id: `longest_gap_bars` is `longest gap bars`, an inherited `..._pct` is a share. */
export function words(id: string): string {
  return id.replace(/_pct$/, ', share').replace(/_/g, ' ');
}

/** The value of a count by its id: an inherited `..._pct` and a `..._pnl` hold fractions. */
export function counted(id: string, value: Value): Shown {
  return /_(pct|pnl)$/.test(id) ? percent(value, { reason: 'not counted' }) : count(value, { reason: 'not counted' });
}

/** `1 trade`, `2 trades`. */
export function plural(n: number, noun: string): string {
  return `${count(n).text} ${noun}${n === 1 ? '' : 's'}`;
}

function show(value: Value, options: NumberOptions, format: (value: number) => string, exact: (value: number) => string): Shown {
  if (value === null || value === undefined || !Number.isFinite(value))
    return { text: '–', title: options.reason ?? 'not defined for these data', isMissing: true };
  const text = format(value + 0);
  return { text: options.isSigned === true && value > 0 ? `+${text}` : text, title: exact(value), isMissing: false };
}

function rounded(value: number, { decimals }: NumberOptions): string {
  if (decimals === undefined) return significant(value);
  const text = grouped(value.toFixed(decimals));
  return /[1-9]/.test(text) ? text : text.replace('-', '');
}
