import type { EffectRow } from '../../research/study/result.ts';
import { count, ratio, type Shown, words } from '../format.ts';
import { escapeMarkdown, item, markdownTable, wrapped } from '../markdown.ts';
import { convincing } from './hypothesis.ts';
import type { StudyPageModel } from './model.ts';
import { effectShown, levelShown, pShown, unitOf } from './units.ts';
import { studyHeadline, studySentences, verdictNames } from './verdictWords.ts';

/** A study as Markdown for terminals and pull requests, in the order of its page, without figures. Ends with a newline. */
export function renderStudyMarkdown(model: StudyPageModel): string {
  const { document, result } = model;
  const parts: readonly (readonly string[])[] = [
    [
      `# ${document.id}, version ${document.version}`,
      '',
      ...wrapped(`**${escapeMarkdown(studyHeadline(model))}.** ${escapeMarkdown(studySentences(model))} ${escapeMarkdown(model.certification)}`),
      '',
      ...wrapped(`Run \`${model.runId}\`, digest \`${result.digest.slice(0, 12)}\`. With figures: [report.html](report.html).`),
    ],
    [
      '## Hypothesis',
      '',
      ...wrapped(escapeMarkdown(document.hypothesis.question)),
      '',
      ...convincing(model).flatMap((text) => item(escapeMarkdown(text))),
    ],
    ['## Gates', '', ...gates(model)],
    ['## Effects', '', ...effects(model)],
    ['## Stability', '', ...stability(model)],
    ['## Negative controls', '', ...negativeControls(model)],
    ['## Data', '', ...coverage(model)],
    ['## Files', '', ...model.files.flatMap(({ path, sha256 }) => item(`[${path}](${path}) \`${sha256.slice(0, 12)}\``))],
  ];
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const plain = ({ text, isMissing }: Shown) => (isMissing ? 'n/a' : text);

function gates({ result }: StudyPageModel): string[] {
  if (result.gates.length === 0) return ['Nothing was judged.'];
  return result.gates.flatMap(({ id, status, why, evidence }) =>
    item(`${verdictNames[status].toUpperCase()} ${words(id)}: ${escapeMarkdown(why)} (${evidence})`),
  );
}

function effects({ document, result }: StudyPageModel): string[] {
  if (result.effects.length === 0) return ['Nothing could be estimated.'];
  const row = (effect: EffectRow) => {
    const unit = unitOf(document, effect.estimand);
    const { ci_low: low, ci_high: high } = effect;
    return [
      `${effect.estimand}${effect.estimand === document.hypothesis.primary ? ' *' : ''}`,
      effect.slice,
      count(effect.n_events).text,
      plain(levelShown(unit, effect.event)),
      plain(levelShown(unit, effect.control)),
      plain(effectShown(unit, effect.effect)),
      low === null || high === null ? 'n/a' : `${effectShown(unit, low).text} to ${effectShown(unit, high).text}`,
      plain(pShown(effect.p_raw)),
      plain(pShown(effect.p_adjusted)),
    ];
  };
  const head = [
    'estimand',
    'slice',
    'events',
    'event',
    'control',
    'effect',
    `${count(100 * document.inference.level).text}% interval`,
    'p',
    'adjusted',
  ];
  const others = Object.keys(document.estimands).length - 1;
  return [
    ...markdownTable(head, result.effects.map(row)),
    '',
    ...wrapped(
      others === 0
        ? 'The primary (*) is the only estimand.'
        : `The primary (*) is tested alone; the family of the adjustment is the rest (${others}), slice by slice.`,
    ),
  ];
}

function stability({ document, result }: StudyPageModel): string[] {
  const rows = result.stability.filter(({ slice }) => slice === 'development');
  if (rows.length === 0) return ['No cell has events.'];
  const unit = unitOf(document, document.hypothesis.primary);
  return markdownTable(
    ['cell', 'events', 'effect'],
    rows.map(({ split, level, n_events: n, effect }) => [`${split} ${level}`, count(n).text, plain(effectShown(unit, effect))]),
  );
}

function negativeControls({ result }: StudyPageModel): string[] {
  if (result.negativeControls.length === 0) return ['None could be run.'];
  return markdownTable(
    ['control', 'estimand', 'draws', 'observed', 'mean of draws', 'p'],
    result.negativeControls.map(({ id, estimand, draws, observed, null_mean: mean, p }) => [
      id,
      estimand,
      count(draws).text,
      plain(ratio(observed)),
      plain(ratio(mean)),
      plain(pShown(p)),
    ]),
  );
}

function coverage({ result }: StudyPageModel): string[] {
  if (result.coverage.length === 0) return ['No symbol has bars.'];
  return markdownTable(
    ['symbol', 'bars', 'gap bars', 'events', 'outside', 'missing columns'],
    result.coverage.map((row) => [
      row.symbol,
      count(row.rows).text,
      count(row.gap_rows).text,
      count(row.events).text,
      count(row.events_outside).text,
      row.missing_columns.join(' ') || 'none',
    ]),
  );
}
