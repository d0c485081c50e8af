import { canonicalJson } from '../../core/canonicalJson.ts';
import { AppError } from '../../core/errors.ts';
import { requireSpec, specKey } from '../../governance/documents/book.ts';
import type { OverlayDocument } from '../../governance/documents/overlay.ts';
import type { Registry } from '../../registry/discover.ts';
import { loadSpecBook } from './governanceSpecs.ts';
import type { RunOverlays } from './runConfig.ts';
import { loadStudies, type SpecFolders } from './specs.ts';

/** States of which a file itself says that the overlay is not to be used. */
const withdrawn: readonly string[] = ['REJECTED', 'SUSPENDED', 'ARCHIVED'];

/**
 * Overlay documents by `name` (its latest version) or `name@version`, each one that the engine can run.
 *
 * @throws E_UNKNOWN_UNIT for a name that is not there; E_SPEC for a document that was refused, has no rule, or is withdrawn; E_USAGE for two
 *         versions of one overlay
 */
export async function resolveOverlays(names: readonly string[], registry: Registry, specs: SpecFolders): Promise<RunOverlays> {
  const book = await loadSpecBook(specs, registry);
  const found = new Map<string, OverlayDocument>();
  for (const name of names) {
    const spec = requireSpec(book, 'overlays', name);
    const { document } = spec;
    if (withdrawn.includes(document.status))
      throw notApplicable(spec.file, `its status is ${document.status}`, 'Leave it out, or draft a new version of it.');
    if (!book.compiled.has(specKey(spec)))
      throw notApplicable(spec.file, 'it has no rule: there is nothing to run', 'Give its document a rule; docs/governance.md describes its keys.');
    const other = found.get(document.name);
    if (other !== undefined && other.version !== document.version)
      throw new AppError('E_USAGE', { problem: `--overlays names versions ${other.version} and ${document.version} of ${document.name}; keep one` });
    // Keys sorted, as the run record keeps them: a run made from the record hashes alike.
    found.set(document.name, JSON.parse(canonicalJson(document)) as OverlayDocument);
  }
  const overlays = [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const parents = new Set(overlays.flatMap(({ rule }) => (rule?.parent === null || rule === null ? [] : [rule.parent.study])));
  return { overlays, parents: parents.size === 0 ? [] : await loadStudies(specs, [...parents]) };
}

function notApplicable(where: string, why: string, remedy: string): AppError {
  return new AppError('E_SPEC', { where, problem: `not applicable: ${why}`, remedy });
}
