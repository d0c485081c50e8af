// docs/api.md and docs/api/<area>.md from what src/index.ts exports.
import { readAreas } from './source.mjs';

const head = '<!-- Made by `npm run docs` from src/index.ts and the docstrings behind it. Edit those, not this. -->\n\n';

/** @returns {Map<string, string>} text by path relative to the root */
export function renderApi(root) {
  const areas = readAreas(root).map((area) => ({ ...area, path: `docs/api/${slug(area.title)}.md` }));
  const home = new Map(areas.flatMap((area) => area.entries.map((entry) => [entry.name, `${area.path.slice(9)}#${slug(headingOf(entry))}`])));
  const files = new Map([['docs/api.md', renderIndex(areas)]]);
  for (const area of areas) files.set(area.path, renderArea(area, home));
  return files;
}

function renderIndex(areas) {
  const lines = [
    `${head}# Library reference\n`,
    "What `import { ... } from '@perp/backtest'` offers, by area. Short programs that use it are in [examples/](../examples/README.md); what each number",
    'means is in [methods.md](methods.md) and [metrics.md](metrics.md), what each error means in [errors.md](errors.md).\n',
    'Columns are `Float64Array`, times epoch milliseconds, money and returns decimal fractions; missing is NaN in a column and null in a result. Arrays handed',
    'in are never changed. Everything else below `src/` is internal and may change without notice.',
  ];
  for (const { title, sentence, entries, path } of areas) {
    lines.push(`\n## ${title}\n\n${sentence} Details: [${path.slice(5)}](${path.slice(5)}).\n\n| name | what it is |\n|---|---|`);
    const values = entries.filter(({ kind }) => kind !== 'type');
    const types = entries.filter(({ kind }) => kind === 'type');
    for (const entry of values)
      lines.push(`| [\`${entry.name}\`](${path.slice(5)}#${slug(headingOf(entry))}) | ${cell(firstSentence(entry.doc.summary))} |`);
    const links = types.map((entry) => `[\`${entry.name}\`](${path.slice(5)}#${slug(headingOf(entry))})`);
    if (links.length > 0) lines.push(`| types | ${links.join(', ')} |`);
  }
  return `${lines.join('\n')}\n`;
}

function renderArea({ title, sentence, entries }, home) {
  const parts = entries.map((entry) => renderEntry(entry, home));
  return `${head}# ${title}\n\n${sentence} Back to the [overview](../api.md).\n\n${parts.join('\n')}`;
}

/** Types say so: many share their name, but for its first letter, with a function, and anchors do not tell capitals apart. */
function headingOf({ name, kind }) {
  return kind === 'type' ? `${name} (type)` : name;
}

function renderEntry(entry, home) {
  const { name, text, doc, file, mentions } = entry;
  const { params, tags } = doc;
  const lines = [`## ${headingOf(entry)}\n\n\`\`\`ts\n${text}\n\`\`\`\n`];
  if (doc.summary !== '') lines.push(`${doc.summary}\n`);
  if (params.length > 0)
    lines.push('| parameter | meaning |\n|---|---|', ...params.map((param) => `| \`${param.name}\` | ${cell(param.text)} |`), '');
  const facts = [
    ['Formula', tags.formula?.map((formula) => `\`${formula}\``)],
    ['Returns', tags.returns],
    ['Throws', tags.throws],
    ['Source', tags.source],
    ['Vector', tags.vector?.map((id) => `[\`${id}\`](../methods.md#${slug(name)})`)],
    ['Types', mentions.filter((type) => home.has(type) && type !== name).map((type) => `[\`${type}\`](${home.get(type)})`)],
    ['Defined in', [`[${file}](../../${file})`]],
  ];
  for (const [label, found = []] of facts) if (found.length > 0) lines.push(`- ${label}: ${found.join(label === 'Throws' ? '; ' : ', ')}`);
  return `${lines.join('\n')}\n`;
}

/** As web pages derive anchors from headings. */
export const slug = (text) =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

/** Text that may stand in one cell of a table. */
export const cell = (text) => text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');

function firstSentence(text) {
  return /^(.*?\.)(\s|$)/s.exec(text)?.[1] ?? text;
}
