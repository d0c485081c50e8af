import { type Html, html } from './html.ts';
import type { ReportModel } from './model.ts';

/** More outputs of one stage than this are not listed one by one; the manifest has them all. */
export const listedOutputs = 150;

/** Anchor of one output in the provenance section. */
export function outputAnchor(stageIndex: number, outputIndex: number): string {
  return `output-${stageIndex + 1}-${outputIndex + 1}`;
}

/** Anchor of one stage in the provenance section. */
export function stageAnchor(stageIndex: number): string {
  return `stage-${stageIndex + 1}`;
}

/** `From metrics.json`, each name a link to the recorded hash of the file; says so when no manifest names the file. */
export function source(model: ReportModel, ...names: readonly string[]): Html {
  return html`From ${names.map((name, at) => html`${at === 0 ? null : ', '}${artifact(model, name)}`)}`;
}

/** `From the manifest of clean`, a link to the stage. */
export function stageSource(model: ReportModel, ...stages: readonly string[]): Html {
  return html`From the manifest${stages.length === 1 ? null : 's'} of
  ${stages.map((stage, at) => {
    const index = model.provenance.findIndex((candidate) => candidate.stage === stage);
    return html`${at === 0 ? null : ', '}<a href="#${index < 0 ? 'provenance' : stageAnchor(index)}">${stage}</a
      >${index < 0 ? ' (not recorded)' : null}`;
  })}`;
}

/** The first output with this name; a `*` in it stands for any text. */
function artifact(model: ReportModel, name: string): Html {
  const [start, end] = name.split('*') as [string, string?];
  const matches = (path: string) =>
    end === undefined ? path.endsWith(`/${name}`) || path === name : baseName(path).startsWith(start) && path.endsWith(end);
  for (const [stageIndex, stage] of model.provenance.entries()) {
    // The engine has a metrics.json of its own; the book's is the one without a folder in front.
    const candidates = [...stage.outputs.entries()].filter(
      ([, output]) => matches(output.path) && (name.includes('/') || !output.path.includes('/engine/') || !name.startsWith('metrics')),
    );
    if (candidates.length === 0) continue;
    const at = candidates[0]![0];
    return html`<a href="#${at < listedOutputs ? outputAnchor(stageIndex, at) : stageAnchor(stageIndex)}">${name.split('/').at(-1)}</a>`;
  }
  return html`<a href="#provenance">${name}</a> (not in a manifest)`;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
