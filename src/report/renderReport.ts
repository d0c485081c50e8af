import chartCode from 'script:./client/charts.ts';
import pageCode from 'script:./client/page.ts';
import { type Html, html, trusted } from './html.ts';
import type { ReportModel } from './model.ts';
import { renderPage } from './page.ts';
import type { Section } from './section.ts';
import { verdictOf } from './verdict.ts';

/**
 * The report as one self-contained HTML page, the same bytes for the same model. Everything that it says can be read
 * without a script; scripts add zoom, candles of single trades, sorting and where a number comes from.
 *
 * @param sections shown by their `order`, then by id; one that has nothing to show is replaced by its reason
 */
export async function renderReport(model: ReportModel, sections: readonly Section[]): Promise<string> {
  const ordered = [...sections].sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
  const bodies: Html[] = [];
  for (const section of ordered) bodies.push(await renderSection(model, section));
  return renderPage({
    title: `${model.runId}: ${verdictOf(model).headline}`,
    skip: 'Skip to the verdict',
    header: header(model),
    nav: html`<nav aria-label="Sections"><ul>${ordered.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>`,
    main: html`${bodies}`,
    footer: footer(hasCharts(model)),
    scripts: hasCharts(model) ? [pageCode, chartCode] : [pageCode],
  });
}

/** The chart library is carried by pages that have trades to look at. */
export function hasCharts({ tradeWindows }: ReportModel): boolean {
  return tradeWindows.length > 0;
}

async function renderSection(model: ReportModel, section: Section): Promise<Html> {
  const reason = section.missing?.(model) ?? null;
  const body = reason === null ? trusted((await section.render(model)).replace(/[ \t]+$/gm, '')) : html`<p class="missing">Not shown: ${reason}</p>`;
  return html`<section id="${section.id}" aria-labelledby="${section.id}-title">
<h2 id="${section.id}-title">${section.title}</h2>
${body}
</section>
`;
}

function header({ runId, setup }: ReportModel): Html {
  const { symbols, strategies } = setup;
  const list = (names: readonly string[], noun: string) => (names.length <= 4 ? names.join(', ') : `${names.length} ${noun}`);
  const ids = strategies.map(({ id }) => id);
  return html`<p class="eyebrow">Backtest report</p>
<h1>${runId}</h1>
<p class="subtitle">${list(ids, 'strategies')} on ${list(symbols, 'symbols')}, <span class="n">${setup.start}</span> to <span class="n">${setup.end}</span>, accounting ${setup.accounting.id}</p>`;
}

function footer(charted: boolean): Html {
  return html`<p>Times are UTC. Returns are fractions of the initial equity and add up; they are not compounded unless a number says so. Numbers are rounded for reading: point at one for its exact value and the file it comes from.</p>
${charted ? html`<p>Candles and zoomable curves are drawn by TradingView Lightweight Charts™, Copyright © 2026 TradingView, Inc., <a href="https://www.tradingview.com/" rel="noreferrer">tradingview.com</a>.</p>` : null}`;
}
