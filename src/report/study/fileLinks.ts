import { type Html, html } from '../html.ts';

/** `From curves.csv`: links to tables in the folder of the page. */
export function fromFiles(...names: readonly string[]): Html {
  return html`From ${names.map((name, at) => html`${at === 0 ? null : ', '}${fileLink(name)}`)}`;
}

export function fileLink(name: string): Html {
  return html`<a href="${name}">${name}</a>`;
}
