import { type Html, html } from './html.ts';
import type { ReportModel } from './model.ts';

/**
 * Every number says where it comes from: the closest element around it that holds a `data-source` names, by their ids, the
 * rows of the provenance section (path, SHA-256, stage) from which it was made. The links work without a script; with one
 * the same rows appear beside a number that is pointed at.
 */

/** More outputs of one stage than this are not listed one by one; their source is the stage, whose manifest has them all. */
export const listedOutputs = 150;

/** Anchor of one output in the provenance section. */
export function outputAnchor(stageIndex: number, outputIndex: number): string {
  return `output-${stageIndex + 1}-${outputIndex + 1}`;
}

/** Anchor of one stage in the provenance section. */
export function stageAnchor(stageIndex: number): string {
  return `stage-${stageIndex + 1}`;
}

/**
 * `From metrics.json`, each name a link to the recorded hash of the file; says so when no manifest names the file.
 *
 * @param names ends of paths; a `*` stands for any text inside a file or folder name
 */
export function source(model: ReportModel, ...names: readonly string[]): Html {
  const found = names.map((name) => ({ name, anchors: anchorsOf(model, name) }));
  return html`<span data-source="${[...new Set(found.flatMap(({ anchors }) => anchors))].join(' ')}">From ${found.map(({ name, anchors }, at) => html`${at === 0 ? null : ', '}${link(name, anchors)}`)}</span>`;
}

/** `From the manifest of clean`, a link to the stage. */
export function stageSource(model: ReportModel, ...stages: readonly string[]): Html {
  const found = stages.map((stage) => ({ stage, index: model.provenance.findIndex((candidate) => candidate.stage === stage) }));
  const known = found.filter(({ index }) => index >= 0).map(({ index }) => stageAnchor(index));
  return html`<span data-source="${known.join(' ')}">From the manifest${stages.length === 1 ? null : 's'} of ${found.map(
    ({ stage, index }, at) =>
      html`${at === 0 ? null : ', '}<a href="#${index < 0 ? 'provenance' : stageAnchor(index)}">${stage}</a>${index < 0 ? ' (not recorded)' : null}`,
  )}</span>`;
}

function link(name: string, anchors: readonly string[]): Html {
  const text = name.slice(name.lastIndexOf('/') + 1);
  return anchors.length === 0 ? html`<a href="#provenance">${text}</a> (not in a manifest)` : html`<a href="#${anchors[0]}">${text}</a>`;
}

/** Anchors of the outputs with this name, in the first stage that has any. */
function anchorsOf(model: ReportModel, name: string): string[] {
  const pattern = new RegExp(`(?:^|/)${name.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '[^/]*')}$`);
  for (const [stageIndex, { outputs }] of model.provenance.entries()) {
    const matching = [...outputs.keys()].filter((at) => pattern.test(outputs[at]!.path));
    // The engine has a metrics.json of its own; the book's is the one without a folder in front.
    const meant = matching.filter((at) => name.includes('/') || name !== 'metrics.json' || !outputs[at]!.path.includes('/engine/'));
    if (meant.length > 0) return [...new Set(meant.map((at) => (at < listedOutputs ? outputAnchor(stageIndex, at) : stageAnchor(stageIndex))))];
  }
  return [];
}
