/** Markup that is safe by construction: the `html` tag escapes whatever is put into it. */

/** A global symbol, so that fragments made by a plugin's own copy of this module are still recognized; data cannot carry it. */
const brand = Symbol.for('@perp/backtest.html');

export interface Html {
  readonly [brand]: true;
  readonly markup: string;
}

/** What may stand in a template: text and numbers are escaped, fragments are taken as they are, nothing prints nothing. */
export type HtmlPart = Html | string | number | null | undefined | false | readonly HtmlPart[];

/** An HTML fragment; every interpolated text is escaped, in element content and in quoted attributes. */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  let markup = strings[0]!;
  for (let i = 0; i < parts.length; i++) markup += markupOf(parts[i]) + strings[i + 1]!;
  return trusted(markup);
}

/** Markup taken as it is. For text of our own making only (style sheets, rendered charts), never for data. */
export function trusted(markup: string): Html {
  return { [brand]: true, markup };
}

/**
 * Text with everything replaced that HTML gives a meaning to. Characters that may not stand in HTML, and those that
 * reorder what is read (bidirectional overrides), become the replacement character.
 */
export function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"'`]/g, (character) => entities[character]!);
}

/** Text without control characters and bidirectional overrides. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '`': '&#96;' };

function markupOf(part: HtmlPart): string {
  if (part === null || part === undefined || part === false) return '';
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  if (Array.isArray(part)) return part.map(markupOf).join('');
  return isHtml(part) ? part.markup : escapeHtml(String(part));
}

function isHtml(part: HtmlPart): part is Html {
  return typeof part === 'object' && part !== null && (part as Partial<Html>)[brand] === true;
}
