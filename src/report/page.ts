import { sha256 } from '../core/canonicalJson.ts';
import { AppError } from '../core/errors.ts';
import { type Html, html, trusted } from './html.ts';
import { styleSheet } from './style.ts';

export interface PageParts {
  readonly title: string;
  /** Text of the link that skips to the content. */
  readonly skip: string;
  readonly header: Html;
  readonly nav?: Html;
  readonly main: Html;
  readonly footer: Html;
  /** Browser code of our own making; nothing else on the page can run. */
  readonly scripts: readonly string[];
}

/** One self-contained HTML page: its policy allows its own scripts by their hash, and no request. The same bytes for the same parts. */
export function renderPage({ title, skip, header, nav, main, footer, scripts }: PageParts): string {
  return html`${trusted('<!DOCTYPE html>')}
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy(scripts))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${trusted(styleSheet)}</style>
</head>
<body>
<a class="skip" href="#content">${skip}</a>
<div class="page">
<header>${header}</header>
${nav}
<main id="content" tabindex="-1">${main}</main>
<footer>${footer}</footer>
</div>
${scripts.map((code) => trusted(`<script>${code}</script>\n`))}</body>
</html>
`.markup;
}

/** Data for a script of the page: JSON that cannot end its element. */
export function dataBlock(id: string, value: unknown): Html {
  return trusted(`<script type="application/json" id="${id}">${JSON.stringify(value).replace(/</g, '\\u003c')}</script>`);
}

function policy(scripts: readonly string[]): string {
  const hashes = scripts.map((code) => `'sha256-${Buffer.from(sha256(code), 'hex').toString('base64')}'`);
  if (scripts.some((code) => /<\/script|<!--/i.test(code))) throw new AppError('E_INTERNAL', { problem: 'a script would end its own element' });
  const source = hashes.length === 0 ? '' : `; script-src ${hashes.join(' ')}`;
  return `default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'${source}`;
}
