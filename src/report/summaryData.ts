import type { MonthCoverage } from '../market/monthlyCoverage.ts';
import { count, counted, fixedHalfEven, plural, type Shown, words } from './format.ts';
import { escapeMarkdown, item, markdownTable } from './markdown.ts';
import type { ReportModel } from './model.ts';

/** Few names stand side by side; many go below each other. */
const sideBySide = 4;

/** Lines on the data behind a run: counts, months that lack something, funding, features, findings. */
export function dataQuality(model: ReportModel): string[] {
  const months = (heading: string, value: (month: MonthCoverage) => number, isWorthSaying: (month: MonthCoverage) => boolean, rest: string) =>
    monthLines(model, heading, { value, isWorthSaying, rest });
  const share = (part: number, { bars }: MonthCoverage) => (part / bars) * 100;
  return [
    '## Data Quality',
    '',
    ...countsTable('symbol', model.quality),
    '',
    ...months(
      'Missing OHLCV (%) by month',
      (month) => share(month.missing, month),
      ({ missing }) => missing > 0,
      '0.00%',
    ),
    ...months(
      'Funding coverage (%) by month',
      (month) => share(month.fundingKnown, month),
      ({ fundingKnown, bars }) => fundingKnown < bars,
      '100.00%',
    ),
    ...months(
      'Funding missing (%) by month',
      (month) => share(month.fundingMissing, month),
      ({ fundingMissing }) => fundingMissing > 0,
      '0.00%',
    ),
    '### Bad bars by month',
    '',
    ...badBars(model),
    '',
    '### Funding diagnostics',
    '',
    ...Object.keys(model.coverage).flatMap((symbol) => fundingDiagnostics(model, symbol)),
    '',
    '### Findings',
    '',
    ...findings(model),
  ];
}

/** How much of each feature column is missing, and how gaps cut the bars up. */
export function featureDiagnostics({ coverage }: ReportModel): string[] {
  const symbols = Object.keys(coverage);
  if (symbols.length === 0) return ['## Feature Diagnostics', '', 'No counts recorded.'];
  const columns = [...new Set(symbols.flatMap((symbol) => Object.keys(coverage[symbol]!.features.missing)))];
  const known = columns.filter((column) => symbols.some((symbol) => coverage[symbol]!.features.missing[column]! > 0));
  const row = (symbol: string) => {
    const { rows, missing, segments, shortestSegment, longestSegment } = coverage[symbol]!.features;
    const shares = known.map((column) => `${fixedHalfEven(((missing[column] ?? 0) / rows) * 100, 2)}%`);
    return [symbol, ...shares, ...[segments, shortestSegment, longestSegment].map((value) => count(value).text)];
  };
  return [
    '## Feature Diagnostics',
    '',
    'Share of rows on which a column is missing; gap-free stretches and their lengths in bars.',
    '',
    ...markdownTable(['symbol', ...known, 'stretches', 'shortest', 'longest'], symbols.map(row)),
  ];
}

/** Counts by name, `None` where a name lacks one. */
export function countsTable(header: string, counts: Readonly<Record<string, Readonly<Record<string, number>>>>): string[] {
  const names = Object.keys(counts);
  if (names.length === 0) return ['No counts recorded.'];
  const keys = [...new Set(names.flatMap((name) => Object.keys(counts[name]!)))];
  const value = (name: string, key: string) => plain(counted(key, counts[name]![key]));
  if (names.length > sideBySide)
    return markdownTable(
      [header, ...keys.map(words)],
      names.map((name) => [name, ...keys.map((key) => value(name, key))]),
    );
  return markdownTable(
    [header, ...names],
    keys.map((key) => [words(key), ...names.map((name) => value(name, key))]),
  );
}

export function plain(shown: Shown): string {
  return shown.isMissing ? 'n/a' : shown.text;
}

interface MonthRule {
  readonly value: (month: MonthCoverage) => number;
  readonly isWorthSaying: (month: MonthCoverage) => boolean;
  /** What all other months are. */
  readonly rest: string;
}

/** Only the months that differ from what is expected, then what the others are. */
function monthLines({ coverage }: ReportModel, heading: string, { value, isWorthSaying, rest }: MonthRule): string[] {
  const lines = Object.entries(coverage).flatMap(([symbol, { months }]) =>
    months.filter(isWorthSaying).map((month) => `- ${escapeMarkdown(symbol)} ${month.month}: ${fixedHalfEven(value(month), 2)}%`),
  );
  return [`### ${heading}`, '', ...lines, `- ${lines.length === 0 ? 'Every month' : 'Every other month'}: ${rest}`, ''];
}

function badBars({ coverage }: ReportModel): string[] {
  const lines = Object.entries(coverage).flatMap(([symbol, { months }]) =>
    months.filter(({ flatEmpty }) => flatEmpty > 0).map(({ month, flatEmpty }) => `- ${escapeMarkdown(symbol)} ${month}: ${count(flatEmpty).text}`),
  );
  return [...lines, `- ${lines.length === 0 ? 'Every month' : 'Every other month'}: 0`];
}

function fundingDiagnostics({ coverage }: ReportModel, symbol: string): string[] {
  const { months, fundingRate } = coverage[symbol]!;
  const sum = (key: 'bars' | 'fundingKnown') => months.reduce((total, month) => total + month[key], 0);
  const six = (value: number | null | undefined) => (value === null || value === undefined ? 'n/a' : fixedHalfEven(value, 6));
  const share = sum('bars') === 0 ? 'n/a' : `${fixedHalfEven((sum('fundingKnown') / sum('bars')) * 100, 2)}%`;
  return [
    `- ${escapeMarkdown(symbol)}`,
    `  - % bars with funding_event_ts: ${share}`,
    `  - funding_rate_scaled min/max/std: ${[fundingRate?.min, fundingRate?.max, fundingRate?.deviation].map(six).join(' / ')}`,
  ];
}

function findings({ findings: all }: ReportModel): string[] {
  const kinds = new Map<string, number>();
  for (const { severity, stage, code } of all) kinds.set(`${severity} ${stage} ${code}`, (kinds.get(`${severity} ${stage} ${code}`) ?? 0) + 1);
  const lines = [...kinds.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([kind, n]) => item(`${escapeMarkdown(kind)}: ${plural(n, 'finding')}`));
  return lines.length === 0 ? ['No findings.'] : lines;
}
