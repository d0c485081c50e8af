import { prettyJson } from '../../core/canonicalJson.ts';
import { type AppError, toAppError } from '../../core/errors.ts';
import type { CommandResult } from './command.ts';

/** Text of a successful command: one JSON document, or what people read. */
export function renderResult(result: CommandResult, asJson: boolean): string {
  if (asJson) return prettyJson(result.data);
  return result.text === '' || result.text.endsWith('\n') ? result.text : `${result.text}\n`;
}

/** A failure for people: code, what happened, what to do next; with `debug` also where it came from. */
export function renderError(error: AppError, options: { readonly debug: boolean; readonly color: boolean }): string {
  const red = (text: string) => (options.color ? `\u001B[31m${text}\u001B[39m` : text);
  const lines = [`${red('error')} ${error.code}: ${visible(error.message)}`];
  if (error.hint !== '') lines.push(`  next: ${visible(error.hint)}`);
  if (options.debug) {
    for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) lines.push(cause.stack ?? cause.message);
  }
  return `${lines.join('\n')}\n`;
}

/** Control characters spelled out: what a message repeats must not move the cursor or color the screen. */
function visible(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n]/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The same failure as the one JSON document that --json promises. */
export function errorDocument(thrown: unknown): string {
  const error = toAppError(thrown);
  return prettyJson({ error: { code: error.code, message: error.message, hint: error.hint, exit: error.exit, details: error.details } });
}

/** Columns of text, padded so that they line up; numbers (`right`) to the right. */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (right.includes(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd();
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
