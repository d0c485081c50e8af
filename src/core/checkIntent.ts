import { type AnyNode, describe, walk } from './expression.ts';
import { didYouMean } from './suggest.ts';

/**
 * Whether an intent is one, beyond what types say: units of users are not type-checked, and a misspelt key or a comparison
 * written with `>` must not run as something else.
 */

/** Throws when a value is not what its place in an intent needs. `at` is that place, for the message. */
type Check = (value: unknown, at: string) => void;

const numberOps = new Set(['column', 'param', 'constant', 'add', 'sub', 'mul', 'div', 'min', 'max', 'abs', 'neg']);
const conditionOps = new Set(['gt', 'ge', 'lt', 'le', 'and', 'or', 'not']);

const numberLike: Check = (value, at) => {
  if (typeof value === 'number' ? !Number.isFinite(value) : !numberOps.has(opOf(value)))
    refuse(at, 'a number, a column, a parameter or arithmetic on them', value);
};
const condition: Check = (value, at) => {
  if (!conditionOps.has(opOf(value))) refuse(at, "a condition such as column('close').gt(100)", value);
};
const words: Check = (value, at) => {
  if (typeof value !== 'string' || value === '') refuse(at, 'text', value);
};
const code: Check = (value, at) => {
  if (typeof value !== 'function') refuse(at, 'a function', value);
};
/** A plain value of one type, or the parameter that holds it. */
const valueOr =
  (type: 'boolean' | 'text'): Check =>
  (value, at) => {
    const isParam = typeof value === 'object' && value !== null && (value as { type?: unknown }).type === type;
    if (!isParam && typeof value !== (type === 'text' ? 'string' : 'boolean'))
      refuse(at, type === 'text' ? 'text or a text parameter' : 'true, false or a boolean parameter', value);
  };
const listOf =
  (item: Check): Check =>
  (value, at) => {
    if (!Array.isArray(value)) refuse(at, 'a list', value);
    (value as unknown[]).forEach((element, index) => item(element, `${at}[${index}]`));
  };
const object =
  (keys: Readonly<Record<string, Check>>, required: readonly string[] = []): Check =>
  (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || 'node' in value)
      refuse(at, `an object with ${Object.keys(keys).join(', ')}`, value);
    const prefix = at === '' ? '' : `${at}.`;
    for (const [key, own] of Object.entries(value)) {
      if (!Object.hasOwn(keys, key))
        throw new TypeError(`${prefix}${key}: no such key${didYouMean(key, Object.keys(keys))} (known: ${Object.keys(keys).join(', ')})`);
      if (own !== undefined) keys[key]!(own, `${prefix}${key}`);
    }
    for (const key of required) if ((value as Record<string, unknown>)[key] === undefined) throw new TypeError(`${prefix}${key} is missing`);
  };

const perSide = (check: Check) => object({ long: check, short: check });
const order: Check = (value, at) => object({ type: words, price: perSide(numberLike), lifetimeBars: numberLike }, ['type'])(value, at);
const target: Check = (value, at) => {
  object({ price: perSide(numberLike), riskMultiple: numberLike, fraction: numberLike })(value, at);
  const { price, riskMultiple } = value as { price?: unknown; riskMultiple?: unknown };
  if ((price === undefined) === (riskMultiple === undefined)) throw new TypeError(`${at} needs either price or riskMultiple`);
};
const exitRule: Check = (value, at) => {
  const isCoded = typeof value === 'object' && value !== null && 'leave' in value;
  if (isCoded) object({ reason: words, reads: listOf(numberLike), leave: code }, ['reason', 'reads'])(value, at);
  else object({ reason: words, long: condition, short: condition }, ['reason'])(value, at);
};

const kinds: Readonly<Record<string, Check>> = {
  bracket: object(
    {
      kind: words,
      entry: object({ long: condition, short: condition, order, size: numberLike }),
      stop: perSide(numberLike),
      targets: listOf(target),
      trailing: object({ distance: numberLike }, ['distance']),
      maxHoldBars: numberLike,
      exitWhen: listOf(exitRule),
      limits: object({ oncePerDay: valueOr('boolean'), timezone: valueOr('text'), cooldownBars: numberLike }),
    },
    ['entry'],
  ),
  target: object({ kind: words, position: numberLike }, ['position']),
  decide: object({ kind: words, reads: listOf(numberLike), decide: code }, ['reads', 'decide']),
};

/**
 * Refuses what is no intent: an unknown kind or key, a value of the wrong kind, a condition that was
 * written and is part of nothing (which is what `a && b` leaves behind).
 *
 * @param written conditions made while the intent was built
 * @throws TypeError that names the place and what was expected there
 */
export function checkIntent(intent: unknown, written: readonly AnyNode[]): void {
  const kind = typeof intent === 'object' && intent !== null ? (intent as { kind?: unknown }).kind : undefined;
  const check = typeof kind === 'string' && Object.hasOwn(kinds, kind) ? kinds[kind]! : null;
  if (check === null) throw new TypeError(`intent: kind is ${show(kind)}, expected ${Object.keys(kinds).join(', ')}`);
  check(intent, '');
  if (kind !== 'decide') refuseUnused(intent, written);
}

function refuseUnused(intent: unknown, written: readonly AnyNode[]): void {
  const used = new Set<AnyNode>();
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('node' in value) walk(value.node as AnyNode, (node) => used.add(node));
    else for (const part of Object.values(value)) collect(part);
  };
  collect(intent);
  const unused = written.find((node) => !used.has(node));
  if (unused !== undefined)
    throw new TypeError(`the condition ${describe(unused)} is written and not used: join conditions with .and(), .or(), .not(), never with && || !`);
}

function opOf(value: unknown): string {
  const node = typeof value === 'object' && value !== null ? (value as { node?: { op?: unknown } }).node : undefined;
  return typeof node?.op === 'string' ? node.op : '';
}

function refuse(at: string, expected: string, value: unknown): never {
  throw new TypeError(`${at === '' ? 'intent' : at}: expected ${expected}, got ${show(value)}`);
}

function show(value: unknown): string {
  const op = opOf(value);
  if (op !== '') return `${conditionOps.has(op) ? 'the condition' : 'the number'} ${describe((value as { node: AnyNode }).node)}`;
  if (typeof value === 'function') return 'a function';
  return typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? 'nothing');
}
