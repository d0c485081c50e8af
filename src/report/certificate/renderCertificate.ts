import {
  type Certificate,
  type CertifiedSubject,
  type JudgedCell,
  judgedCells,
  type PowerCurve,
  type PowerPoint,
  smallestDetectable,
  type UncertifiedSubject,
} from '../../research/certificate/model.ts';
import { count, percent, plural, prose, ratio, words } from '../format.ts';
import { type Html, html } from '../html.ts';
import { renderPage } from '../page.ts';
import { fromFiles } from '../study/fileLinks.ts';
import { capital } from '../study/verdictWords.ts';
import { table } from '../table.ts';
import { detected, falseApprovalFigures, powerFigures } from './figures.ts';
import { certificateVerdict, tally } from './words.ts';

const parts: readonly { readonly id: string; readonly title: string; readonly render: (certificate: Certificate) => Html | Promise<Html> }[] = [
  { id: 'verdict', title: 'Verdict', render: verdictBody },
  { id: 'false_approvals', title: 'False approvals', render: falseApprovalsBody },
  { id: 'power', title: 'Power', render: powerBody },
  { id: 'markets', title: 'Markets', render: marketsBody },
];

/**
 * The certificate as one self-contained HTML page, the same bytes for the same model: how often the route approves a market without an edge, and how
 * large an edge has to be to be found. Stands beside `certificate.json`, which it links to.
 */
export async function renderCertificate(certificate: Certificate): Promise<string> {
  const { headline } = certificateVerdict(certificate);
  const bodies: Html[] = [];
  for (const { id, title, render } of parts)
    bodies.push(html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${await render(certificate)}
</section>
`);
  return renderPage({
    title: `Certificate: ${headline}`,
    skip: 'Skip to the verdict',
    header: html`<p class="eyebrow">Certificate</p>
<h1>What the route does where there is no edge</h1>
<p class="subtitle">Studies ${certificate.studies.length}, policies ${certificate.policies.length}, kinds of markets ${certificate.generators.length}, version ${certificate.version}</p>`,
    nav: html`<nav aria-label="Sections"><ul>${parts.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>`,
    main: html`${bodies}`,
    footer: html`<p>Every market is made from a named random stream: the same seed and version give the same page. Numbers are rounded for reading: point at one for its
exact value; certificate.json has them all.</p>`,
    scripts: [],
  });
}

function verdictBody(certificate: Certificate): Html {
  const { headline, sentence } = certificateVerdict(certificate);
  return html`<p class="headline">${headline}</p>
<p class="sentence">${prose(sentence)}</p>
<p class="note">An approval here is always wrong. A bound is the most approvals that one of all combinations may show, in 95% of campaigns, while every true rate is
${percent(certificate.alpha, { decimals: 0 }).text}: exact binomial, divided among the combinations. A study that cannot tell (inconclusive) has not approved.</p>`;
}

async function falseApprovalsBody(certificate: Certificate): Promise<Html> {
  const cells = judgedCells(certificate);
  const reference = ({ id, counts }: JudgedCell) =>
    [...certificate.studies, ...certificate.policies]
      .find((subject) => subject.id === id)!
      .reference.find(({ generator }) => generator === counts.generator);
  return html`${await falseApprovalFigures(certificate)}${table<JudgedCell>({
    caption: 'Every study and policy on every kind of market',
    source: fromFiles('certificate.json'),
    columns: [
      { header: 'Study or policy', cell: ({ id, kind }) => html`${words(id)}${kind === 'policy' ? html` <span class="code">policy</span>` : null}` },
      { header: 'Market', cell: ({ counts }) => words(counts.generator) },
      { header: 'Markets', cell: ({ counts }) => count(counts.n) },
      { header: 'Approved', cell: ({ counts }) => count(counts.approved) },
      { header: 'Rate', cell: ({ counts: { approved, n } }) => percent(n === 0 ? null : approved / n) },
      {
        header: '95% interval',
        cell: ({ counts: { interval } }) => `${percent(interval.low).text} to ${percent(interval.high).text}`,
        isNumeric: true,
      },
      { header: 'Bound', cell: ({ bound }) => count(bound) },
      { header: 'Within', cell: ({ isWithin }) => (isWithin ? 'yes' : 'no') },
      { header: 'Inconclusive', cell: ({ counts }) => count(counts.inconclusive) },
      {
        header: 'Reference gates',
        cell: (cell) => {
          const theirs = reference(cell);
          return theirs === undefined ? 'none' : tally([theirs]);
        },
        isNumeric: true,
      },
    ],
    rows: cells,
    isTotal: ({ isWithin }) => !isWithin,
    empty: 'No market was tried.',
  })}`;
}

async function powerBody(certificate: Certificate): Promise<Html> {
  const figures = await powerFigures(certificate);
  const planted = [...certificate.studies, ...certificate.policies].filter(({ power }) => power !== null);
  const share = percent(detected, { decimals: 0 }).text;
  return html`${figures.length === 0 ? html`<p class="missing">Not shown: no effect was planted.</p>` : figures}${table<CertifiedSubject>({
    caption: `Smallest planted effect found in ${share} of the markets`,
    source: fromFiles('certificate.json'),
    columns: [
      { header: 'Study or policy', cell: ({ id }) => words(id) },
      { header: 'Planted', cell: ({ power }) => power!.planted },
      {
        header: 'Smallest found',
        cell: ({ power }) => ratio(smallestDetectable(power!, detected)?.size ?? null, { reason: `no size reached ${share}` }),
      },
      {
        header: 'Basis points per trade',
        cell: ({ power }) => {
          const point = smallestDetectable(power!, detected);
          return ratio(point?.bps ?? null, { reason: point === null ? `no size reached ${share}` : 'what is planted is no return' });
        },
      },
      {
        header: 'Primary effect there',
        cell: ({ power }) => effectCell(power!, smallestDetectable(power!, detected)),
        isNumeric: true,
      },
      { header: 'Largest tried', cell: ({ power }) => ratio(power!.points.at(-1)?.size ?? null, { reason: 'none' }) },
      {
        header: 'Found there',
        cell: ({ power }) => {
          const last = power!.points.at(-1);
          return percent(last === undefined || last.n === 0 ? null : last.found / last.n, { reason: 'none' });
        },
      },
      { header: 'Not told there', cell: ({ power }) => count(power!.points.at(-1)?.inconclusive ?? null) },
    ],
    rows: planted,
    empty: 'No effect was planted.',
  })}
<p class="note">Found: approved, with everything that an approval takes. The smallest size is one that was planted, from which on every larger one was found as well; sizes
between are not filled in. Not told: too few events, or none that could be compared; a study that cannot tell what is planted cannot tell on real data of this
length either, and its few false approvals prove nothing.</p>`;
}

/** The mean primary effect at a planted size, beside the smallest that would matter. */
function effectCell({ unit, smallest }: PowerCurve, point: PowerPoint | null): string {
  if (point === null || point.effect === null) return `matters from ${ratio(smallest).text} ${unit}`;
  return `${ratio(point.effect).text} ${unit}; matters from ${ratio(smallest).text}`;
}

function marketsBody(certificate: Certificate): Html {
  const { markets, seed, version, node, size, command } = certificate;
  const facts: readonly (readonly [string, string])[] = [
    ['Symbols', `${markets.symbols.join(', ')}, moving together as real ones do`],
    ['Days', `${markets.start} to ${markets.end}, last day included`],
    ['Volatility', `${percent(markets.volatility).text} per 15 minutes on average`],
    [
      'Of every kind',
      `${plural(size.paths, 'market')} that verdicts are held against, ${plural(size.nulls, 'other')} without an edge, ${size.references} of them before the reference system’s gates as well; ${plural(size.planted, 'market')} per planted size`,
    ],
    ['Seed', String(seed)],
    ['Versions', `program ${version}, Node ${node}`],
  ];
  return html`<dl class="setup">
${facts.map(([name, text]) => html`<dt>${name}</dt>\n<dd>${text}</dd>\n`)}<dt>Made by</dt>
<dd><code>${command}</code></dd>
</dl>
${table<Certificate['generators'][number]>({
  caption: 'Kinds of markets without an edge',
  columns: [
    { header: 'Kind', cell: ({ id }) => words(id) },
    { header: 'How it is made', cell: ({ summary }) => summary, tint: () => 'means' },
  ],
  rows: certificate.generators,
})}
${table<CertifiedSubject>({
  caption: 'Documents that were certified',
  columns: [
    { header: 'Study or policy', cell: ({ id }) => words(id) },
    { header: 'Version', cell: ({ version: number }) => String(number), isNumeric: true },
    { header: 'Digest', cell: ({ digest }) => html`${digest}`, tint: () => 'hash' },
  ],
  rows: [...certificate.studies, ...certificate.policies],
})}
${
  certificate.uncertified.length === 0
    ? null
    : table<UncertifiedSubject>({
        caption: 'Not certified',
        columns: [
          {
            header: 'Study or policy',
            cell: ({ id, kind }) => html`${words(id)}${kind === 'policy' ? html` <span class="code">policy</span>` : null}`,
          },
          { header: 'Version', cell: ({ version: number }) => String(number), isNumeric: true },
          { header: 'Why', cell: ({ reason }) => capital(reason), tint: () => 'means' },
        ],
        rows: certificate.uncertified,
      })
}`;
}
