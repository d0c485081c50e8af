import { prettyJson } from '../../../core/canonicalJson.ts';
import type { Window } from './aftershocks.ts';
import { summaryText } from './summaryText.ts';
import { type ReferenceFile, reportPath } from './table.ts';

/** What a window analyzer reports beside its tables. */
export interface WindowReport {
  readonly id: string;
  readonly title: string;
  readonly runId: string;
  /** Bars after the anchor, from and to. */
  readonly window: Window;
  readonly events: number;
  readonly controls: number;
  /** Tables and notes by their key in the summary. */
  readonly outputs: Readonly<Record<string, ReferenceFile>>;
  /** Further keys of the summary: the options in force. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** The outputs with the summary as JSON (keys sorted) and as Markdown. Structure only: there is never an action in it. */
export function windowFiles({ id, title, runId, window, events, controls, outputs, settings }: WindowReport): ReferenceFile[] {
  const paths = Object.entries(outputs).map(([key, { name }]) => [key, reportPath(id, runId, name)]);
  const summary = { event_type: id, phase: 1, window, actions_generated: 0, events, controls, outputs: Object.fromEntries(paths), ...settings };
  const lines = [`run: ${runId}`, `window: bars ${window.x} to ${window.y}`, `events: ${events}`, `controls: ${controls}`, 'actions generated: 0'];
  const sections = Object.values(outputs).flatMap((file) => ('rows' in file ? [[file.name, file] as const] : []));
  return [
    ...Object.values(outputs),
    { name: `${id}_summary.json`, text: prettyJson(summary) },
    { name: `${id}_summary.md`, text: summaryText(title, lines, sections) },
  ];
}
