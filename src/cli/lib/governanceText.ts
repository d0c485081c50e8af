import type { Files } from '../../core/effects.ts';
import { AppError } from '../../core/errors.ts';
import { formulaText } from '../../formula/ast.ts';
import { type LoadedSpec, nounOf, requireSpec, type SpecBook, specKey } from '../../governance/documents/book.ts';
import type { SpecFinding, SpecKind } from '../../governance/documents/finding.ts';
import { type ImportOptions, type ImportResult, importEdges, importOverlays } from '../../stages/lib/governanceImport.ts';
import { loadSpecBook } from '../../stages/lib/governanceSpecs.ts';
import { lakePaths } from '../../lake/paths.ts';
import { openRunRegistry } from '../../stages/lib/runRegistry.ts';
import { specFolders } from '../../stages/lib/specs.ts';
import type { Argument, CommandResult, Flag, Invocation } from './command.ts';
import { governanceActions } from './governanceActions.ts';
import { textTable } from './output.ts';
import { pluginsOf, specsOf } from './runRequest.ts';

/** The commands over governance documents: `overlays`, `edges`, `hypotheses`, `experiments` have the same actions. */

/** Kinds that a command’s lint is about. Experiments are judged by promotion policies, which have no command of their own. */
const lintedKinds: Readonly<Record<Exclude<SpecKind, 'policies'>, readonly SpecKind[]>> = {
  overlays: ['overlays'],
  edges: ['edges'],
  hypotheses: ['hypotheses'],
  experiments: ['experiments', 'policies'],
};

export type SpecCommand = keyof typeof lintedKinds;

/** Arguments of such a command. */
export function specArguments(kind: SpecCommand, actions: readonly string[]): Argument[] {
  const noun = nounOf(kind);
  const files = actions.includes('import') ? 'files for lint and import' : 'files for lint';
  return [
    { name: 'action', help: actions.join(', '), choices: actions },
    { name: 'id', help: `${noun} id or id@version for show; ${files}`, isOptional: true, isRepeated: true, completes: 'file' },
  ];
}

/** Flags of such a command. */
export function specFlags(actions: readonly string[]): Flag[] {
  return [
    { name: 'specs', value: 'DIR', help: 'folder with your own documents (overlays/, edges/, ...)', completes: 'folder' },
    { name: 'plugins', value: 'DIR', help: 'folder with your own units (repeatable)', repeat: true, completes: 'folder' },
    ...(actions.includes('import')
      ? [{ name: 'out', value: 'DIR', help: 'folder that the drafts are written into', only: ['import'], completes: 'folder' } as const]
      : []),
  ];
}

/** Does what the first argument says. */
export async function runSpecCommand(kind: SpecCommand, invocation: Invocation): Promise<CommandResult> {
  const [action, ...names] = invocation.args as [string, ...string[]];
  const governed = (governanceActions[kind] as Readonly<Record<string, (invocation: Invocation) => Promise<CommandResult>>>)[action];
  if (governed !== undefined && action === 'run') return governed(invocation);
  await invocation.effects.http.close();
  if (governed !== undefined) return governed(invocation);
  if (action === 'list') {
    if (names.length > 0) throw new AppError('E_USAGE', { problem: `${kind} list takes no id; for one: ${kind} show ${names[0]!}` });
    return list(kind, await book(invocation));
  }
  if (action === 'lint')
    return lint(
      kind,
      names,
      await book(
        invocation,
        names.map((path) => ({ kind, path })),
      ),
    );
  if (action === 'show') return show(kind, await book(invocation), only(kind, names));
  return bringIn(kind, names, invocation);
}

function book(
  { effects, flags, dataRoot }: Invocation,
  besides: readonly { readonly kind: SpecKind; readonly path: string }[] = [],
): Promise<SpecBook> {
  const registry = openRunRegistry(dataRoot, pluginsOf(flags), effects);
  return loadSpecBook(specFolders(effects.files, specsOf(flags)), registry, besides);
}

function only(kind: SpecCommand, [name, extra]: readonly string[]): string {
  if (name !== undefined && extra === undefined) return name;
  throw new AppError('E_USAGE', {
    problem: `${kind} show needs one id${extra === undefined ? '' : `, found ${extra} as well`}; \`backtest ${kind} list\` shows them`,
  });
}

function list(kind: SpecCommand, found: SpecBook): CommandResult {
  const specs = found[kind] as readonly LoadedSpec[];
  const refused = found.refused.filter((spec) => spec.kind === kind);
  const claim = ({ document }: LoadedSpec): string => ('status' in document ? document.status : '-');
  const note =
    refused.length === 0 ? [] : ['', `${refused.length} refused: ${refused.map(({ file }) => file).join(', ')}; backtest ${kind} lint says why`];
  return {
    data: {
      book: found.digest,
      [kind]: specs.map((spec) => ({
        id: spec.id,
        version: spec.version,
        title: titleOf(spec),
        claim: 'status' in spec.document ? spec.document.status : null,
        digest: spec.digest,
        file: spec.file,
        warnings: spec.findings.filter(({ severity }) => severity === 'warning').length,
      })),
      refused: refused.map(({ id, file, findings }) => ({ id, file, codes: [...new Set(errorsOf(findings).map(({ code }) => code))] })),
    },
    text: [
      textTable(
        [nounOf(kind), 'v', 'claims', 'digest', 'what it is'],
        specs.map((spec) => [spec.id, spec.version === null ? '-' : String(spec.version), claim(spec), spec.digest.slice(0, 12), titleOf(spec)]),
        [1],
      ),
      ...note,
    ].join('\n'),
  };
}

function titleOf({ document }: LoadedSpec): string {
  return 'title' in document ? document.title : 'action' in document ? `${document.event}: ${document.action}` : '';
}

function errorsOf(findings: readonly SpecFinding[]): SpecFinding[] {
  return findings.filter(({ severity }) => severity === 'error');
}

function lint(kind: SpecCommand, files: readonly string[], found: SpecBook): CommandResult {
  const looked = found.files.filter((given) => lintedKinds[kind].includes(given.kind) && (files.length === 0 || files.includes(given.file)));
  const mine = new Set(looked.map(({ file }) => file));
  const findings = found.findings.filter(({ file }) => mine.has(file));
  const errors = errorsOf(findings).length;
  const summary = `${mine.size} ${mine.size === 1 ? 'file' : 'files'}, ${errors} ${errors === 1 ? 'error' : 'errors'}, ${findings.length - errors} other`;
  return {
    data: { files: [...mine].sort(), errors, findings },
    text: [...findings.map(findingText), findings.length === 0 ? '' : undefined, summary]
      .filter((line) => line !== undefined && line !== '')
      .join('\n'),
    exit: errors === 0 ? 0 : 1,
  };
}

function findingText({ code, severity, file, path, line, message, remedy }: SpecFinding): string {
  const place = `${file}${line === null ? '' : `:${line}`}${path === '' ? '' : ` ${path}`}`;
  return `${severity.padEnd(7)} ${code} ${place}\n          ${message}\n          ${remedy}`;
}

function show(kind: SpecCommand, found: SpecBook, name: string): CommandResult {
  const spec = requireSpec(found, kind, name) as LoadedSpec;
  const compiled = found.compiled.get(specKey(spec)) ?? null;
  const runs = kind !== 'overlays' || compiled === null ? null : compiled;
  return {
    data: {
      id: spec.id,
      version: spec.version,
      digest: spec.digest,
      file: spec.file,
      document: spec.document,
      reads: runs === null ? null : { columns: runs.columns, event_columns: runs.eventColumns, warmup_bars: runs.warmupBars },
      findings: spec.findings,
    },
    text: [
      `${specKey(spec)}: ${titleOf(spec)}`,
      '',
      ...rowsOf(spec.document, '').map(([key, value]) => `${key.padEnd(34)} ${value}`),
      ...(runs === null
        ? []
        : [
            '',
            `Acts where:  ${formulaText(runs.condition)}`,
            `Reads:       ${[...runs.columns, ...runs.eventColumns].join(', ')}; ${runs.warmupBars} bars back`,
          ]),
      '',
      `Digest:      ${spec.digest}`,
      `File:        ${spec.file}`,
      ...spec.findings.map(findingText),
    ].join('\n'),
  };
}

/** A document line by line: dotted keys and plain values. */
function rowsOf(value: unknown, path: string): [string, string][] {
  if (typeof value !== 'object' || value === null) return [[path, String(value)]];
  const entries = Object.entries(value);
  if (entries.length === 0) return [[path, 'none']];
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null)) return [[path, value.join(', ')]];
  return entries.filter(([key]) => path !== '' || key !== 'origin').flatMap(([key, inside]) => rowsOf(inside, path === '' ? key : `${path}.${key}`));
}

async function bringIn(kind: SpecCommand, sources: readonly string[], invocation: Invocation): Promise<CommandResult> {
  if (sources.length === 0) throw new AppError('E_USAGE', { problem: `${kind} import needs the files to import` });
  const { effects, flags, dataRoot } = invocation;
  await refuseAbsent(effects.files, sources);
  const out = (flags['out'] as string | undefined) ?? null;
  const options: ImportOptions = { effects, paths: lakePaths(dataRoot), book: await book(invocation), out };
  const results: readonly ImportResult[] = kind === 'edges' ? await importEdges(sources, options) : await importOverlays(sources, options);
  const failed = results.filter(({ document }) => document === null).length;
  return {
    data: { imported: results.length - failed, failed, results },
    text: [
      ...results.flatMap((result) => [importText(result), '']),
      `${results.length - failed} imported as DRAFT, ${failed} not${out === null ? '; nothing was written: name a folder with --out' : ''}`,
    ].join('\n'),
    exit: failed === 0 ? 0 : 1,
  };
}

async function refuseAbsent(files: Files, sources: readonly string[]): Promise<void> {
  for (const source of sources)
    if ((await files.stat(source)) === null)
      throw new AppError('E_CONFIG', { where: source, problem: 'there is no such file', remedy: 'Name files of the reference system.' });
}

function importText({ name, source, document, fields, findings, written, digest }: ImportResult): string {
  const head =
    document === null
      ? `${name} (${source}): not imported`
      : `${name} version ${document.version} (${source}), DRAFT${written === null ? '' : `: ${written}`}`;
  return [
    head,
    ...(digest === null ? [] : [`  digest ${digest}`]),
    ...fields.map(({ field, fate, note }) => `  ${fate.padEnd(7)} ${field}: ${note}`),
    ...findings.map(({ code, severity, field, message }) => `  ${severity.padEnd(7)} ${code}${field === '' ? '' : ` ${field}`}: ${message}`),
  ].join('\n');
}
