import type { CoverageRow, EffectRow, GateResult, NegativeControlRow } from '../../research/study/result.ts';
import type { FittedThreshold } from '../../research/study/thresholds.ts';
import { count, percent, prose, ratio, type Shown, typographic, words } from '../format.ts';
import { type Html, html } from '../html.ts';
import { type Column, table } from '../table.ts';
import { fileLink, fromFiles } from './fileLinks.ts';
import { gateValues } from './gateWords.ts';
import type { StudyPageModel } from './model.ts';
import { statusMark } from './statusMark.ts';
import { effectShown, levelShown, pShown, unitOf } from './units.ts';

const none = { reason: 'could not be estimated' };

/** Every gate with what it saw, what it asked for, and why it answered so. */
export function gateTable({ document, result }: StudyPageModel): Html {
  const unit = unitOf(document, document.hypothesis.primary);
  const values = (gate: GateResult) =>
    gateValues(gate, unit).map(
      ({ name, shown, asked }, at) =>
        html`${at === 0 ? null : html`<br>`}<span class="n">${name} <b title="${shown.title}">${typographic(shown.text)}</b>${asked === null ? null : ` (${asked})`}</span>`,
    );
  return table<GateResult>({
    caption: 'Gates, each answered for itself',
    source: fromFiles('gates.json'),
    columns: [
      { header: 'Gate', cell: ({ id }) => words(id) },
      { header: 'Answer', cell: ({ status }) => statusMark(status) },
      { header: 'Observed (asked for)', cell: (gate) => html`${values(gate)}` },
      { header: 'Why', cell: ({ why }) => whyText(why), tint: () => 'means' },
      { header: 'Numbers', cell: ({ evidence }) => fileLink(evidence) },
    ],
    rows: result.gates,
    empty: 'Nothing was judged.',
  });
}

/** The reason of a gate; commands in it stand between backticks. */
export function whyText(why: string): Html {
  return html`${why.split('`').map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : prose(part)))}`;
}

/** All estimands on all slices that were looked at, with the family that the adjustment counted. */
export function effectTable({ document, result }: StudyPageModel): Html {
  const { primary } = document.hypothesis;
  const others = Object.keys(document.estimands).length - 1;
  const unit = ({ estimand }: EffectRow) => unitOf(document, estimand);
  const level = `${count(100 * document.inference.level).text}%`;
  const columns: Column<EffectRow>[] = [
    {
      header: 'Estimand',
      cell: (row) =>
        html`${words(row.estimand)}${row.estimand === primary ? html` <span class="code">primary</span>` : null}<br><span class="code">${unit(row).words}</span>`,
    },
    { header: 'Slice', cell: ({ slice }) => slice },
    { header: 'Events', cell: ({ n_events: n }) => count(n) },
    { header: 'Days', cell: ({ n_effective: n }) => count(n) },
    { header: 'Event', cell: (row) => levelShown(unit(row), row.event, none) },
    { header: 'Control', cell: (row) => levelShown(unit(row), row.control, none) },
    { header: 'Effect', cell: (row) => effectShown(unit(row), row.effect, none) },
    { header: `${level} interval`, cell: (row) => interval(row, (value) => effectShown(unit(row), value)), isNumeric: true },
    { header: 'p', cell: ({ p_raw: p }) => pShown(p) },
    { header: 'p, adjusted', cell: ({ p_adjusted: p }) => pShown(p) },
  ];
  const family =
    others === 0
      ? 'The primary estimand is the only one'
      : `The primary is tested alone; the family of the adjustment is the ${others} other estimand${others === 1 ? '' : 's'} on the same slice, step-down over the same draws (Romano and Wolf)`;
  const note = html`<p class="note">${family}. p-values are shares of moved event times at least as extreme, (1 + count) / (draws + 1); intervals resample calendar days in
blocks (BCa). pp: percentage points. Days: different UTC days with events, what the interval rests on.</p>`;
  return html`<div>${table<EffectRow>({
    caption: 'Effects: events minus their controls',
    source: fromFiles('effects.csv'),
    columns,
    rows: result.effects,
    isTotal: ({ estimand, slice }) => estimand === primary && slice === 'development',
    empty: 'Nothing could be estimated.',
  })}
${result.effects.length === 0 ? null : note}</div>`;
}

function interval({ ci_low: low, ci_high: high }: EffectRow, show: (value: number) => Shown): Html {
  if (low === null || high === null) return html`<span class="none" title="too few days">–</span>`;
  return html`<span class="n" title="${low} to ${high}">${typographic(show(low).text)} to ${typographic(show(high).text)}</span>`;
}

/** The primary effect by year, symbol and stratum, on every slice. */
export function stabilityTable({ document, result }: StudyPageModel): Html {
  const unit = unitOf(document, document.hypothesis.primary);
  return table<EffectRow>({
    caption: `The effect on ${words(document.hypothesis.primary)} by year, symbol and stratum`,
    source: fromFiles('stability.csv'),
    columns: [
      { header: 'Cell', cell: ({ split, level }) => `${words(split)} ${level}` },
      { header: 'Slice', cell: ({ slice }) => slice },
      { header: 'Events', cell: ({ n_events: n }) => count(n) },
      { header: 'Days', cell: ({ n_effective: n }) => count(n) },
      { header: 'Event', cell: ({ event }) => levelShown(unit, event, none) },
      { header: 'Control', cell: ({ control }) => levelShown(unit, control, none) },
      { header: 'Effect', cell: ({ effect }) => effectShown(unit, effect, none) },
    ],
    rows: result.stability,
    empty: 'No cell has events.',
  });
}

const controlWords: Readonly<Record<NegativeControlRow['kind'], string>> = {
  circular_shift: 'moved event times',
  placebo_outcome: 'an outcome before the event',
  surrogate_market: 'markets without the structure',
};

/** Everything that has to show nothing, or less. */
export function negativeControlTable({ document, result }: StudyPageModel): Html {
  const shown = (row: NegativeControlRow, value: number | null) =>
    Object.hasOwn(document.estimands, row.estimand)
      ? effectShown(unitOf(document, row.estimand), value, none)
      : ratio(value, { ...none, isSigned: true });
  const deviation = (row: NegativeControlRow) => {
    const signed = shown(row, row.null_sd);
    return { ...signed, text: signed.text.replace('+', '') };
  };
  return table<NegativeControlRow>({
    caption: 'Negative controls',
    source: fromFiles('negative_controls.csv'),
    columns: [
      { header: 'Control', cell: ({ kind, id }) => (kind === 'surrogate_market' ? words(id.replace(/^surrogate_/, '')) : controlWords[kind]) },
      { header: 'Kind', cell: ({ kind }) => (kind === 'surrogate_market' ? controlWords[kind] : words(kind)) },
      { header: 'Estimand', cell: ({ estimand }) => words(estimand) },
      { header: 'Draws', cell: ({ draws }) => count(draws) },
      { header: 'Observed', cell: (row) => shown(row, row.observed) },
      { header: 'Mean of draws', cell: (row) => shown(row, row.null_mean) },
      { header: 'Deviation', cell: (row) => deviation(row) },
      { header: 'p', cell: ({ p }) => pShown(p) },
    ],
    rows: result.negativeControls,
    empty: 'None could be run.',
  });
}

/** How each symbol's thresholds came to be; levels that were looked at and not taken are counted as well. */
export function thresholdTable({ result }: StudyPageModel): Html {
  return table<FittedThreshold>({
    caption: 'Thresholds, fitted on the development slice alone',
    source: fromFiles('thresholds.csv'),
    columns: [
      { header: 'Threshold', cell: ({ id, symbol }) => `${id}, ${symbol}` },
      { header: 'Quantile', cell: ({ level }) => (level === null ? html`fixed` : html`${level}`), isNumeric: true },
      { header: 'Value', cell: ({ value }) => ratio(value, { reason: 'no finite value' }) },
      { header: 'Events there', cell: ({ events }) => count(events, { reason: 'not calibrated by events' }) },
      { header: 'In force', cell: ({ isSelected }) => (isSelected ? 'yes' : 'no') },
    ],
    rows: result.thresholds,
    isTotal: ({ isSelected, events }) => isSelected && events !== null,
    empty: 'The study has none, or none could be fitted.',
  });
}

/** What each symbol contributed, and what became of its triggers. */
export function coverageTable({ result }: StudyPageModel): Html {
  return table<CoverageRow>({
    caption: 'Coverage by symbol',
    source: fromFiles('coverage.csv'),
    columns: [
      { header: 'Symbol', cell: ({ symbol }) => symbol },
      { header: 'Bars', cell: ({ rows }) => count(rows) },
      { header: 'Gap bars', cell: ({ gap_rows: gaps }) => count(gaps) },
      { header: 'Of all', cell: ({ gap_rows: gaps, rows }) => percent(rows === 0 ? null : gaps / rows) },
      { header: 'Rejected triggers', cell: (row) => count(row.triggers_rejected) },
      { header: 'Not confirmed in the data', cell: (row) => count(row.triggers_unanchored) },
      { header: 'Events', cell: ({ events }) => count(events) },
      { header: 'Outside the slices', cell: (row) => count(row.events_outside) },
      { header: 'Missing columns', cell: (row) => (row.missing_columns.length === 0 ? 'none' : row.missing_columns.join(', ')) },
    ],
    rows: result.coverage,
    empty: 'No symbol has bars.',
  });
}
