import { dayMs, formatDay } from '../../core/time.ts';
import { closestCell, verdictOf } from '../../research/policy/judge.ts';
import type { CellRow, PolicyResult } from '../../research/policy/result.ts';
import { count, percent, ratio, type Shown, words } from '../format.ts';
import { escapeMarkdown, item, markdownTable, wrapped } from '../markdown.ts';
import { pShown } from '../study/units.ts';
import { verdictNames } from '../study/verdictWords.ts';
import type { PolicyPageModel } from './model.ts';
import { policyHeadline, policySentences } from './policyWords.ts';

/** A policy study as Markdown: the decision first, then what was tried, gate by gate. Ends with a newline. */
export function renderPolicyMarkdown(model: PolicyPageModel): string {
  const { document, result, runId, seedRoot } = model;
  const { question, smallest_effect: smallest } = document.hypothesis;
  const { parent, design } = result;
  const parts: readonly (readonly string[])[] = [
    [
      `# ${document.id}, version ${document.version}`,
      '',
      ...wrapped(`**${escapeMarkdown(policyHeadline(result))}.** ${escapeMarkdown(policySentences(result))} ${escapeMarkdown(model.certification)}`),
      '',
      ...wrapped(`Run \`${runId}\`, digest \`${result.digest.slice(0, 12)}\`, random streams \`${seedRoot}\`.`),
    ],
    [
      '## Hypothesis',
      '',
      ...wrapped(escapeMarkdown(question)),
      '',
      ...item(`Parent: ${parent.study} version ${parent.version}, ${parent.verdict === null ? 'not run' : `verdict ${parent.verdict}`}`),
      ...item(`Baseline: ${design.baseline.map(({ strategy }) => strategy).join(', ')}, ${design.cost_bps} bps of costs per unit of turnover`),
      ...item(`Smallest effect that matters: ${smallest} bps per changed trade beyond a random throttle`),
      ...Object.entries(design.conditions).flatMap(([id, text]) => item(`Condition ${id}: ${code(text)}`)),
      ...Object.entries(design.actions).flatMap(([id, { text }]) => item(`Action ${id}: ${escapeMarkdown(text)}`)),
    ],
    ['## Slices', '', ...slices(result)],
    ['## Cells', '', ...cells(result)],
    ['## Gates', '', ...gates(result)],
    ['## Data', '', ...coverage(result)],
    ['## Files', '', ...model.files.flatMap(({ path, sha256 }) => item(`[${path}](${path}) \`${sha256.slice(0, 12)}\``))],
  ];
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** A formula as it stands in its document. */
const code = (text: string): string => `\`${text.replace(/[\s`]+/g, ' ')}\``;
const plain = ({ text, isMissing }: Shown): string => (isMissing ? 'n/a' : text);

function slices({ design, baseline }: PolicyResult): string[] {
  if (design.slices.length === 0) return ['No slice was looked at.'];
  return markdownTable(
    ['slice', 'days', 'first', 'last', 'baseline trades', 'baseline net, bps of one line'],
    design.slices.map(({ id, start, days }) => {
      const rows = baseline.filter(({ slice }) => slice === id);
      const net = rows.reduce((sum, { net_bps: own }) => sum + own, 0);
      return [
        id,
        count(days).text,
        formatDay(start),
        formatDay(start + (days - 1) * dayMs),
        rows.length === 0 ? 'not looked at' : count(rows.reduce((sum, { trades }) => sum + trades, 0)).text,
        rows.length === 0 ? 'n/a' : plain(ratio(net / rows.length, { isSigned: true })),
      ];
    }),
  );
}

function cells({ cells: rows }: PolicyResult): string[] {
  if (rows.length === 0) return ['Nothing was tried.'];
  const interval = ({ ci_low_bps: low, ci_high_bps: high }: CellRow): string =>
    low === null || high === null ? 'n/a' : `${ratio(low, { isSigned: true }).text} to ${ratio(high, { isSigned: true }).text}`;
  return [
    ...markdownTable(
      ['cell', 'slice', 'changed trades', 'exposure kept', 'bps a day', 'interval', 'excess per trade', 'p', 'adjusted', 'deflated'],
      rows.map((row) => [
        row.cell,
        row.slice,
        count(row.changed_trades).text,
        plain(percent(row.exposure_kept)),
        plain(ratio(row.difference_bps, { isSigned: true })),
        interval(row),
        plain(ratio(row.excess_bps_per_trade, { isSigned: true })),
        row.same_as === null ? plain(pShown(row.p)) : `as ${row.same_as}`,
        plain(pShown(row.p_adjusted)),
        plain(pShown(row.deflated_sharpe)),
      ]),
    ),
    '',
    ...wrapped(
      'Bps a day: net money with the policy less without it, costs included, of one line. Excess: what it earned before costs beyond a throttle that leaves the same share of exposure; p is against such throttles.',
    ),
  ];
}

/** What kept each cell back; in full for those that were let through to the confirmation slice, or for the one that came closest. */
function gates({ gates: judged, cells: rows, promoted }: PolicyResult): string[] {
  if (judged.length === 0) return ['Nothing was judged.'];
  const names = [...new Set(rows.map(({ cell }) => cell))];
  const of = (cell: string) => judged.filter((gate) => gate.cell === cell);
  const through = names.filter((cell) => rows.some((row) => row.cell === cell && row.slice === 'confirmation'));
  const closest = closestCell(rows);
  const full = through.length > 0 || closest === null ? through : [closest.cell];
  return [
    ...names.flatMap((cell) => {
      const open = of(cell).filter(({ status }) => status !== 'pass');
      const text = promoted.includes(cell)
        ? 'promoted'
        : open.length === 0
          ? 'passed, and better ones were promoted'
          : open.map(({ id }) => words(id)).join(', ');
      return item(`${verdictNames[verdictOf(of(cell))].toUpperCase()} ${cell}: ${text}`);
    }),
    ...full.flatMap((cell) => [
      '',
      `### ${cell}`,
      '',
      ...of(cell).flatMap(({ id, status, why, evidence }) =>
        item(`${verdictNames[status].toUpperCase()} ${words(id)}: ${escapeMarkdown(why)} (${evidence})`),
      ),
    ]),
  ];
}

function coverage({ coverage: rows }: PolicyResult): string[] {
  if (rows.length === 0) return ['No symbol was looked at.'];
  return markdownTable(
    ['symbol', 'bars', 'gap bars', 'events', 'outside', 'missing columns'],
    rows.map((row) => [
      row.symbol,
      count(row.rows).text,
      count(row.gap_rows).text,
      count(row.events).text,
      count(row.events_outside).text,
      row.missing_columns.join(' ') || 'none',
    ]),
  );
}
