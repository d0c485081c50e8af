import { isAppError } from '../../core/errors.ts';
import type { Strategy } from '../../core/intent.ts';
import { resolveParams } from '../../core/params.ts';
import { didYouMean } from '../../core/suggest.ts';
import { columnReads } from '../../engine/intentColumns.ts';
import { formulaText } from '../../formula/ast.ts';
import type { CompiledOverlay } from './compileOverlay.ts';
import type { EdgeDocument } from './edge.ts';
import type { Problem } from './finding.ts';
import type { SpecSurroundings } from './surroundings.ts';

/** The bar itself; every strategy has it, so no edge lists it. */
const barFields: readonly string[] = ['open', 'high', 'low', 'close', 'volume'];

/** What an edge may refer to among the other documents. */
export interface EdgeNeighbors {
  readonly hypotheses: ReadonlySet<string>;
  /** Overlays that may be used, by `<name>@<version>`; null where one has no rule. */
  readonly overlays: ReadonlyMap<string, CompiledOverlay | null>;
}

/** Columns that a strategy reads besides prices and volume of its bar, sorted: what an edge on it lists as its signal fields. */
export function signalFields(strategy: Strategy): string[] {
  return [...new Set(columnReads(strategy).map(({ name }) => name))].filter((name) => !barFields.includes(name)).sort();
}

/** What an edge says that is not so: strategy, parameters, signal fields, overlays, hypothesis, days. */
export function edgeProblems(edge: EdgeDocument, { strategies }: Pick<SpecSurroundings, 'strategies'>, neighbors: EdgeNeighbors): Problem[] {
  const strategy = strategies.get(edge.strategy.id);
  const problems: Problem[] = [];
  if (strategy === undefined) {
    const message = `no strategy is called ${edge.strategy.id}${didYouMean(edge.strategy.id, [...strategies.keys()])}`;
    problems.push({ code: 'STRATEGY_UNKNOWN', path: 'strategy.id', message });
  } else problems.push(...paramProblems(edge, strategy), ...signalProblems(edge, strategy));
  if (edge.hypothesis !== null && !neighbors.hypotheses.has(edge.hypothesis)) {
    const message = `no hypothesis is called ${edge.hypothesis}${didYouMean(edge.hypothesis, [...neighbors.hypotheses])}`;
    problems.push({ code: 'HYPOTHESIS_UNKNOWN', path: 'hypothesis', message });
  }
  const { from, to } = edge.validity;
  if (to !== null && to < from) problems.push({ code: 'VALIDITY_EMPTY', path: 'validity.to', message: `${to} comes before ${from}` });
  return [...problems, ...overlayProblems(edge, strategy ?? null, neighbors.overlays)];
}

/** Parameters by name, type and bounds; text is not taken for a number. */
function paramProblems({ params }: EdgeDocument, strategy: Strategy): Problem[] {
  return Object.entries(params).flatMap(([name, value]): Problem[] => {
    const path = `params.${name}`;
    const wanted = Object.hasOwn(strategy.params, name) ? strategy.params[name]!.type : null;
    const type = { number: 'number', boolean: 'boolean', string: 'text' }[typeof value as 'number' | 'boolean' | 'string'];
    if (wanted !== null && (wanted === 'integer' ? 'number' : wanted) !== type)
      return [
        {
          code: 'PARAM_INVALID',
          path,
          message: `expected ${wanted === 'integer' ? 'a whole number' : `a ${wanted}`}, found ${JSON.stringify(value)}`,
        },
      ];
    try {
      resolveParams(strategy.id, strategy.params, { [name]: value });
      return [];
    } catch (error) {
      if (!isAppError(error)) throw error;
      return [{ code: 'PARAM_INVALID', path, message: String(error.details['problem']) }];
    }
  });
}

function signalProblems({ signal_fields: given }: EdgeDocument, strategy: Strategy): Problem[] {
  const read = signalFields(strategy);
  const [missing, extra] = [read.filter((name) => !given.includes(name)), given.filter((name) => !read.includes(name))];
  const twice = given.filter((name, i) => given.indexOf(name) !== i);
  const parts = [
    missing.length > 0 ? `it reads ${missing.join(', ')} as well` : '',
    extra.length > 0 ? `it does not read ${extra.join(', ')}` : '',
    twice.length > 0 ? `${twice.join(', ')} stands there twice` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? [] : [{ code: 'SIGNALS_MISMATCH', path: 'signal_fields', message: `${strategy.id}: ${parts.join('; ')}` }];
}

function overlayProblems({ overlays }: EdgeDocument, strategy: Strategy | null, known: EdgeNeighbors['overlays']): Problem[] {
  const problems: Problem[] = [];
  const bound: { readonly at: number; readonly overlay: CompiledOverlay }[] = [];
  overlays.forEach(({ name, version }, i) => {
    const path = `overlays.${i}`;
    const overlay = known.get(`${name}@${version}`);
    if (overlay === undefined)
      problems.push({ code: 'OVERLAY_UNKNOWN', path, message: `${name} version ${version} does not exist, or has errors of its own` });
    else if (overlay === null) problems.push({ code: 'ACTION_NOT_EXECUTABLE', path, message: `${name} has no rule: it does nothing` });
    else bound.push({ at: i, overlay });
    if (overlays.findIndex((other) => other.name === name) < i)
      problems.push({ code: 'OVERLAY_DUPLICATE', path, message: `${name} stands there twice` });
  });
  for (const [i, { at, overlay }] of bound.entries()) {
    const { effect, id } = overlay;
    if (effect.kind === 'delay' && effect.onSignalLost === 'enter' && strategy !== null && strategy.intent.kind !== 'bracket')
      problems.push({
        code: 'OVERLAY_UNSUPPORTED',
        path: `overlays.${at}`,
        message: `${strategy.id} names positions, which ${id} cannot enter without their signal`,
      });
    for (const { overlay: other } of bound.slice(0, i)) {
      const why = conflict(overlay, other);
      if (why !== null) problems.push({ code: 'OVERLAY_CONFLICT', path: `overlays.${at}`, message: `${id} and ${other.id}: ${why}` });
    }
  }
  return problems;
}

const stopping: readonly string[] = ['flatten', 'block'];

/** Why two overlays cannot both have a word: where they act on the same bars and one leaves nothing for the other. */
function conflict(a: CompiledOverlay, b: CompiledOverlay): string | null {
  if (a.id === b.id || formulaText(a.condition) !== formulaText(b.condition)) return null;
  const [kindA, kindB] = [a.effect.kind, b.effect.kind];
  if (kindA === 'delay' && kindB === 'delay') return 'of two delays under one condition only the longer acts';
  const strong = stopping.includes(kindA) ? kindA : stopping.includes(kindB) ? kindB : null;
  return strong === null ? null : `under one condition ${strong} leaves nothing to the other`;
}
