// docs/methods.md from docstrings, feature units, and test vectors computed anew.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cell, slug } from './api.mjs';
import { readFunctions } from './source.mjs';

/** Sections in order: by the group of a function's vector, else by its folder. */
const titles = {
  numerics: 'Numbers',
  random: 'Random streams',
  data: 'Data',
  'src/market': 'Data',
  'src/stats/rolling': 'Rolling windows',
  'src/formula': 'Formulas',
  'src/engine': 'Accounting',
  perpetuals: 'Perpetual futures',
  costs: 'Costs, impact, capacity',
  bars: 'Bar-level fills',
  sharpe: 'Sharpe ratio and its uncertainty',
  risk: 'Risk and performance',
  overfitting: 'Selection, overfitting, validation splits',
  bootstrap: 'Bootstrap and data snooping',
  'src/stats/bootstrap': 'Bootstrap and data snooping',
  'multiple-testing': 'Multiple testing',
  'src/stats/multiple': 'Multiple testing',
  events: 'Event studies',
  'src/stats/events': 'Event studies',
  'src/research': 'Event studies',
  'src/stats/survival': 'Survival',
  'src/stats/calibration': 'Calibration',
  allocation: 'Allocation',
  'look-ahead': 'Look-ahead and warm-up',
  'src/venues/sample': 'Sample market',
};

/** Guards and plumbing that carry a source for completeness and define nothing. */
const isPlumbing = (name) =>
  /^(require|check|allocate|fill)[A-Z]|^(finiteOrNull|sumOver|ascendingOrder|numberRuns|finiteRuns|overPresent)$/.test(name);

/**
 * @param {string} root
 * @param {{ vectors: object[], answer: (vector: object) => unknown, features: object[] }} given `answer` is what product code makes
 *        of a vector, undefined where no code is mapped to it
 * @returns {string} text of docs/methods.md
 */
export function renderMethods(root, { vectors, answer, features }) {
  const answered = vectors.map((vector) => ({ ...vector, result: answer(vector) })).filter(({ result }) => result !== undefined);
  const sections = sectionsOf(root, answered);
  const used = new Set();
  const body = [...sections].map(([title, functions]) => {
    return `## ${title}\n\n${functions.map((entry) => renderFunction(root, entry, vectorsOf(entry, answered), used)).join('\n')}`;
  });
  const proofs = answered.filter(({ id }) => used.has(id)).map(renderVector);
  const parts = [intro([...sections.keys()], answered.length, vectors.length), ...body, renderFeatures(root, features)];
  return [...parts, `## Vectors\n\n${vectorsIntro}\n\n${proofs.join('\n')}`].join('\n');
}

function intro(names, computed, all) {
  const contents = [...names, 'Features', 'Vectors'].map((name) => `[${name}](#${slug(name)})`).join(', ');
  return `<!-- Made by \`npm run docs\` from docstrings, feature units and test vectors. Edit those, not this. -->

# Methods

Every formula that a number rests on: what comes back, in which unit, from which source, and the test vector that proves it with the value that the code
gives for it. The values are computed when this page is made, and a test makes it again; so it says what the code does. The headline numbers of a run, which are
made of these, are in [metrics.md](metrics.md); the strategies' rules print with \`backtest strategies show\`.

Sections: ${contents}.

Conventions, unless a function says otherwise:

- Returns are simple and decimal (0.01 is 1 %); times are UTC epoch milliseconds; a bar is named by its open and known at its close.
- Standard deviations divide by n - 1; skewness and kurtosis by n, and a normal has kurtosis 3. Quantiles interpolate linearly at (n - 1)p.
- A year has 365 days and 35,040 bars of 15 minutes; every annualized figure is a per-period figure times the square root of the periods.
- Undefined is null, never 0, NaN or Infinity: too few values, no variance (a deviation of at most 1e-12 of the largest value), nothing in a denominator.
- A NaN or Infinity handed in is refused, not skipped. Inputs are read only.
- Sums over more than a handful of numbers use Neumaier's compensation, except where compatibility fixes the plain order.

${computed} of the ${all} vectors are mapped to code; \`backtest vectors FILE\` checks any vector file.
`;
}

const vectorsIntro = `Input and result of each vector named above; long lists are shortened. Numbers agree with the expected ones within the tolerance given,
everything else exactly. The whole file is [test/golden/statistics-vectors.json](../test/golden/statistics-vectors.json).`;

function sectionsOf(root, vectors) {
  const sections = new Map(Object.values(titles).map((title) => [title, []]));
  for (const file of sourceFiles(root)) {
    const functions = readFunctions(root, file).filter(({ name, doc }) => (doc.tags.source ?? doc.tags.vector) !== undefined && !isPlumbing(name));
    if (functions.length === 0) continue;
    const title = titleOf(file, functions, vectors);
    sections.set(title, [...(sections.get(title) ?? []), ...functions]);
  }
  for (const [title, functions] of sections) if (functions.length === 0) sections.delete(title);
  return sections;
}

/** The group that most of a file's vectors belong to, else the longest folder with a title. */
function titleOf(file, functions, vectors) {
  const groups = functions.flatMap((entry) => vectorsOf(entry, vectors).slice(0, 1)).map(({ group }) => group);
  const count = (group) => groups.filter((other) => other === group).length;
  const group = [...new Set(groups)].sort((a, b) => count(b) - count(a))[0];
  const folder = Object.keys(titles)
    .filter((key) => file.startsWith(`${key}/`))
    .at(-1);
  return titles[group] ?? titles[folder] ?? 'Further methods';
}

function sourceFiles(root) {
  return readdirSync(join(root, 'src'), { recursive: true })
    .map((name) => `src/${String(name).split('\\').join('/')}`)
    .filter((name) => name.endsWith('.ts') && !/\.test\.ts$|\/testing\/|\/index\.ts$/.test(name))
    .sort();
}

/** A function names one vector, or the beginning of several ids. */
function vectorsOf({ doc }, vectors) {
  const prefixes = (doc.tags.vector ?? []).flatMap((text) => text.split(/[\s,]+/)).map((text) => text.replace(/\*$/, ''));
  return vectors.filter(({ id }) => prefixes.some((prefix) => id === prefix || (prefix !== '' && id.startsWith(prefix))));
}

function renderFunction(root, { name, doc, file }, vectors, used) {
  const { params, tags } = doc;
  const test = file.replace(/\.ts$/, '.test.ts');
  const links = [`[${file}](../${file})`, ...(existsSync(join(root, test)) ? [`[test](../${test})`] : [])];
  const lines = [`### ${name}\n\n${doc.summary}\n`];
  for (const formula of tags.formula ?? []) lines.push(`    ${formula}\n`);
  for (const param of params) lines.push(`- \`${param.name}\`: ${param.text}`);
  for (const returns of tags.returns ?? []) lines.push(`- Returns ${returns}`);
  if (tags.source !== undefined) lines.push(`- Source: ${tags.source.join('; ')}`);
  lines.push(`- Code: ${links.join(', ')}`);
  for (const vector of vectors) {
    used.add(vector.id);
    lines.push(`- Vector [${vector.id}](#${slug(vector.id)}): ${valuesFor(name, vector)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** The results that the function's name points at; the first few where none does. */
function valuesFor(name, vector) {
  const { input, result } = vector;
  const cases = Object.entries(result);
  const own = (keys) => {
    const wanted = wordsOf(name);
    const isPart = (a, b) => a.every((word) => b.includes(word));
    const same = keys.filter((key) => wordsOf(key).join() === wanted.join());
    return same.length > 0 ? same : keys.filter((key) => isPart(wordsOf(key), wanted) || isPart(wanted, wordsOf(key)));
  };
  if (cases.length > 0 && cases.every(([, value]) => isPlain(value))) {
    const found = cases.flatMap(([label, value]) => own(Object.keys(value)).map((key) => `${label} ${short(value[key], 3)}`));
    return found.length > 0 ? found.join(', ') : 'see there';
  }
  const keys = Object.keys(result).filter((key) => !(key in input));
  const found = own(keys);
  return (found.length > 0 ? found : keys)
    .slice(0, 4)
    .map((key) => `${key} ${short(result[key], 3)}`)
    .join(', ');
}

/** Words of a name in camelCase, sorted. */
const wordsOf = (name) =>
  name
    .replaceAll(/([A-Z])/g, ' $1')
    .toLowerCase()
    .split(/[\s_.]+/)
    .sort();
const isPlain = (value) => typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

function renderVector({ id, note, source, input, result, expected, tolerance, published }) {
  const { relative = 0, absolute = 0 } = tolerance ?? {};
  const within = relative === 0 && absolute === 0 ? 'exact' : `within ${relative} of the value${absolute > 0 ? ` or ${absolute}` : ''}`;
  const lines = [
    `### ${id}\n\n${note ?? ''} Source: ${source}. Tolerance: ${within}.${published === undefined ? '' : ` Published: ${short(published, 8)}.`}\n`,
  ];
  lines.push('| | value |\n|---|---|');
  for (const [key, value] of Object.entries(input)) lines.push(`| given \`${key}\` | ${cell(short(value, 8))} |`);
  for (const key of Object.keys(expected)) lines.push(`| result \`${key}\` | ${cell(short(result[key], 8))} |`);
  return `${lines.join('\n')}\n`;
}

/** A value in one line: ten digits, lists cut to `most` items. */
function short(value, most) {
  if (ArrayBuffer.isView(value)) return short([...value], most);
  if (typeof value === 'number') return String(Number(value.toPrecision(10)));
  if (Array.isArray(value)) {
    const shown = value.slice(0, most).map((item) => short(item, most));
    return value.length <= most ? `[${shown.join(', ')}]` : `[${shown.join(', ')}, ... ${value.length} in all]`;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    const shown = entries.slice(0, most).map(([key, item]) => `${key}: ${short(item, most)}`);
    return entries.length <= most ? `{${shown.join(', ')}}` : `{${shown.join(', ')}, ... ${entries.length} in all}`;
  }
  return JSON.stringify(value) ?? 'undefined';
}

function renderFeatures(root, features) {
  const lines = [
    '## Features\n',
    'Columns that strategies read, one per file. Windows are in bars of 15 minutes and restart after every gap; a value is missing until its window is full. `warm-up` counts the',
    'bars of a gap-free stretch before the first value. Formulas are checked against slow, obvious ones in',
    '[src/features/formulas.test.ts](../src/features/formulas.test.ts), and each feature for look-ahead in [test/property/causality.test.ts](../test/property/causality.test.ts).\n',
    '| feature | what it says | formula | reads | warm-up |\n|---|---|---|---|---|',
  ];
  for (const { id, summary, formula, inputs, warmup } of features) {
    const reads = inputs.map((name) => `\`${name}\``).join(', ');
    lines.push(`| [\`${id}\`](../src/features/${id}.ts) | ${cell(summary)} | ${cell(formula)} | ${reads} | ${warmup} |`);
  }
  const several = features.filter(({ outputs }) => outputs !== undefined);
  for (const { id, outputs } of several) {
    lines.push(`\n### ${id}\n\n| column | what it says | known |\n|---|---|---|`);
    for (const { name, help, retrospective } of outputs) {
      lines.push(`| \`${name}\` | ${cell(help)} | ${retrospective === true ? 'later than its bar: no strategy may read it' : 'at its bar'} |`);
    }
  }
  return `${lines.join('\n')}\n`;
}
