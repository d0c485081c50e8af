import { setting, words } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { StudyPageModel } from './model.ts';
import { sizeText, unitOf } from './units.ts';
import { sliceSpan } from './verdictWords.ts';

/** What is asked, what counts as an event, what it is compared with, and what would convince. */
export function hypothesisBody(model: StudyPageModel): Html {
  const { document } = model;
  return html`<p class="sentence">${document.hypothesis.question}</p>
${definitions(facts(model))}
<h3>What would convince</h3>
<ol class="plain">
${convincing(model).map((text) => html`<li>${text}</li>\n`)}</ol>
<p class="note">All of it stands in the document with the digest <code>${model.result.digest.slice(0, 12)}</code>; a changed document is another version and another trial. Too little
data is neither a yes nor a no.</p>`;
}

type Fact = readonly [name: string, text: string | Html];

function facts({ document, slices }: StudyPageModel): Fact[] {
  const { detector, spacing, matching } = document;
  const confirmations = detector.confirm.map(
    ({ must, within, of, at_least: least, at_most: most }) =>
      `then ${must === 'happen' ? 'has to happen' : 'must not happen'} within ${within} bars: ${signed(of)} ${least === undefined ? '<=' : '>='} ${signed(least ?? most!)}`,
  );
  const event = [detector.when, ...(detector.until === undefined ? [] : [`until ${detector.until}`]), ...confirmations].join('; ');
  const alike = [...matching.exact, ...matching.nearest.map(({ of, caliper }) => `${of} within ${setting(caliper)}`)].join('; ');
  const sealed = slices.some(({ id, isOpen }) => id === 'holdout' && !isOpen);
  return [
    ['Event', html`<code>${event}</code>`],
    ...(detector.direction === undefined ? [] : [['Direction', html`<code>${detector.direction}</code>`] as const]),
    [
      'Outcomes begin',
      `after the ${detector.anchor === 'exit' ? 'end of the event' : detector.confirm.length > 0 ? 'last confirmation' : 'trigger'}`,
    ],
    ['Between events', `${spacing.cooldown} bars from the ${words(spacing.from)}`],
    ['Controls', html`${matching.k} per event, alike in <code>${alike}</code>`],
    [
      'Outcomes',
      html`${Object.entries(document.outcomes).map(([id, outcome], at) => html`${at === 0 ? null : ', '}${words(id)} (${windowText(document, outcome.window)})`)}`,
    ],
    [
      'Slices',
      slices.length === 0
        ? 'no bars'
        : slices.map(({ id }) => `${id} ${sliceSpan({ slices }, id)}${id === 'holdout' && sealed ? ' (sealed)' : ''}`).join('; '),
    ],
  ];
}

function signed(text: string | { readonly up: string; readonly down: string }): string {
  return typeof text === 'string' ? text : `${text.up} (down: ${text.down})`;
}

function windowText({ windows }: StudyPageModel['document'], id: string): string {
  const [from, to] = windows[id]!;
  return `bars ${from} to ${to}`;
}

/** What the gates ask for, in words; the same numbers as in the table of gates. */
export function convincing({ document }: StudyPageModel): string[] {
  const { hypothesis, inference, gates, placebo_outcome: placebo } = document;
  const { primary, direction, smallest_effect: smallest } = hypothesis;
  const unit = unitOf(document, primary);
  const size = (value: number) => sizeText(unit, value);
  const way = direction === 'different' ? 'difference' : direction;
  const share = (value: number) => `${setting(Number((100 * value).toPrecision(9)))}%`;
  const half = setting(gates.min_events / 2);
  return [
    `At least ${gates.min_events} matched events on ${gates.min_days} days; ${share(gates.min_matched)} of the events matched, ${share(gates.min_unique_controls)} of the controls different bars, standardized differences at most ${setting(gates.max_imbalance)}.`,
    `A${way === 'increase' ? 'n' : ''} ${way} of at least ${size(smallest)} (${words(primary)}), with p at most ${inference.alpha} against moved event times and a ${share(inference.level)} interval that excludes zero.`,
    `The same sign in ${share(gates.min_sign_share)} of the years, symbols and strata with ${gates.min_cell} events or more.`,
    ...(placebo === undefined ? [] : [`Nothing where the event can have had no effect (${placebo.of}): p above ${inference.alpha}.`]),
    `An effect that markets without the structure do not show: p at most ${inference.alpha} against every kind.`,
    `The same again on the confirmation slice: at least ${half} events, the same sign, at least ${size(smallest / 2)}, p at most ${inference.alpha}.`,
  ];
}

function definitions(rows: readonly Fact[]): Html {
  return html`<dl class="setup">
${rows.map(([name, text]) => html`<dt>${name}</dt>\n<dd>${text}</dd>\n`)}</dl>`;
}
