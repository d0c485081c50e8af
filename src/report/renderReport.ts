import { type Html, html, trusted } from './html.ts';
import type { ReportModel } from './model.ts';
import type { Section } from './section.ts';
import { styleSheet } from './style.ts';
import { verdictOf } from './verdict.ts';

const contentPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/**
 * The report as one self-contained HTML page: no scripts, no other files, the same bytes for the same model.
 *
 * @param sections shown by their `order`, then by id; one that has nothing to show is replaced by its reason
 */
export async function renderReport(model: ReportModel, sections: readonly Section[]): Promise<string> {
  const ordered = [...sections].sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
  const bodies: Html[] = [];
  for (const section of ordered) bodies.push(await renderSection(model, section));
  return page(model, ordered, bodies).markup;
}

async function renderSection(model: ReportModel, section: Section): Promise<Html> {
  const reason = section.missing?.(model) ?? null;
  const body = reason === null ? trusted(await section.render(model)) : html`<p class="missing">Not shown: ${reason}</p>`;
  return html`<section id="${section.id}" aria-labelledby="${section.id}-title">
    <h2 id="${section.id}-title">${section.title}</h2>
    ${body}
  </section> `;
}

function page(model: ReportModel, sections: readonly Section[], bodies: readonly Html[]): Html {
  return html`${trusted('<!DOCTYPE html>')}
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${trusted(contentPolicy)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${model.runId}: ${verdictOf(model).headline}</title>
        <style>
          ${trusted(styleSheet)}
        </style>
      </head>
      <body>
        <a class="skip" href="#content">Skip to the verdict</a>
        <div class="page">
          ${header(model)}
          <nav aria-label="Sections">
            <ul>
              ${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li> `)}
            </ul>
          </nav>
          <main id="content">${bodies}</main>
          <footer>
            <p>
              Times are UTC. Returns are fractions of the initial equity and add up; they are not compounded unless a number says so. Numbers are
              rounded for reading: hover over one for its exact value.
            </p>
          </footer>
        </div>
      </body>
    </html> `;
}

function header({ runId, setup }: ReportModel): Html {
  const { symbols, strategies } = setup;
  const list = (names: readonly string[], noun: string) => (names.length <= 4 ? names.join(', ') : `${names.length} ${noun}`);
  return html`<header>
    <p class="eyebrow">Backtest report</p>
    <h1>${runId}</h1>
    <p class="facts">
      ${list(
        strategies.map(({ id }) => id),
        'strategies',
      )}
      on ${list(symbols, 'symbols')}, ${setup.start} to ${setup.end}, accounting ${setup.accounting.id}
    </p>
  </header>`;
}
