import type { Severity } from '../core/findings.ts';
import { type Html, html, trusted } from './html.ts';

const levels: Readonly<Record<Severity, { readonly word: string; readonly shape: string }>> = {
  error: { word: 'Serious', shape: '<path d="M5 0L10 10H0Z"/>' },
  warning: { word: 'Caution', shape: '<path d="M5 0L10 5L5 10L0 5Z"/>' },
  info: { word: 'Note', shape: '<circle cx="5" cy="5" r="4"/>' },
};

/** A severity as word and shape, so that color carries nothing alone. */
export function severityMark(severity: Severity): Html {
  const { word, shape } = levels[severity];
  return html`<span class="level ${severity}"><svg viewBox="0 0 10 10" fill="currentColor" aria-hidden="true">${trusted(shape)}</svg>${word}</span>`;
}
