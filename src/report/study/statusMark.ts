import type { Verdict } from '../../research/study/result.ts';
import { type Html, html, trusted } from '../html.ts';
import { verdictNames } from './verdictWords.ts';

const shapes: Readonly<Record<Verdict, { readonly look: string; readonly shape: string }>> = {
  pass: { look: 'pass', shape: '<circle cx="5" cy="5" r="4.5"/>' },
  fail: { look: 'error', shape: '<path d="M5 0L10 10H0Z"/>' },
  inconclusive: { look: 'info', shape: '<path d="M5 0L10 5L5 10L0 5Z"/>' },
};

/** A verdict as word and shape, so that color carries nothing alone. */
export function statusMark(status: Verdict): Html {
  const { look, shape } = shapes[status];
  return html`<span class="level ${look}"><svg viewBox="0 0 10 10" fill="currentColor" aria-hidden="true">${trusted(shape)}</svg>${verdictNames[status]}</span>`;
}
