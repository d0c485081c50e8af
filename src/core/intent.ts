import { checkIntent } from './checkIntent.ts';
import { type Condition, ColumnExpression, column, type NumberLike, NumberExpression, recordConditions } from './expression.ts';
import { unit } from './define.ts';
import type { BooleanParam, NumberParam, ParamSchema, ParamValues, TextParam } from './params.ts';
import { didYouMean } from './suggest.ts';

/**
 * What a strategy says: where a trade may begin and how it ends, or which position it wants on each bar.
 * A strategy never tracks its position, its fills or its money: an accounting resolves the intent
 * (`screen` at closes, `perp` as orders), a sweep tabulates it, a report knows why each trade ended.
 *
 * A row on which any column that the intent reads is missing, or that is a gap, is *blocked*: nothing is
 * decided there, a position stays as it is, and holding time goes on counting.
 */
export type Intent = BracketIntent | TargetIntent | DecideIntent;

/** One thing per side; a side that is left out is never taken. */
export interface PerSide<T> {
  readonly long?: T;
  readonly short?: T;
}

/** A parameter that is not a number, as it stands inside an intent. */
export interface ParamReference<T extends 'boolean' | 'text'> {
  readonly param: string;
  readonly type: T;
}

/** Trades with an entry and the ways in which they end. */
export interface BracketIntent {
  readonly kind: 'bracket';
  /** Where a trade may begin, judged at the close of each bar on which there is no position. Long is judged first. */
  readonly entry: PerSide<Condition> & {
    /** How the position is opened; at the market when left out. */
    readonly order?: EntryOrder;
    /** Wanted exposure as a fraction of the accounting's unit; 1 when left out. */
    readonly size?: NumberLike;
  };
  /** Protective price, fixed at the entry bar. No trade begins whose stop is not on the losing side of the close. */
  readonly stop?: PerSide<NumberLike>;
  /** Take-profit levels, fixed at the entry bar; fractions of the position sum to at most 1. */
  readonly targets?: readonly Target[];
  /** Stop that follows the best price since entry (up to the bar before) at a distance fixed at the entry bar. */
  readonly trailing?: { readonly distance: NumberLike };
  /** Bars after the entry bar at which the trade is closed at the latest; rows count, blocked ones too. */
  readonly maxHoldBars?: NumberLike;
  /** Further reasons to leave, judged in order after stop, trailing stop, target and time. */
  readonly exitWhen?: readonly (ExitRule | CodedExit)[];
  readonly limits?: {
    /** At most one entry per civil day of the bar's open in `timezone` (UTC when left out). */
    readonly oncePerDay?: boolean | ParamReference<'boolean'>;
    readonly timezone?: string | ParamReference<'text'>;
    /** Bars that must pass after an exit bar before the next entry; 0 still keeps the exit bar itself flat. */
    readonly cooldownBars?: NumberLike;
  };
}

/** How a position is opened; prices are per side, a resting order lives for a number of bars. */
export type EntryOrder =
  | { readonly type: 'market' }
  | { readonly type: 'limit' | 'stop'; readonly price: PerSide<NumberLike>; readonly lifetimeBars: NumberLike };

/** A price, or a multiple of the distance between entry close and stop. */
export type Target = ({ readonly price: PerSide<NumberLike> } | { readonly riskMultiple: NumberLike }) & { readonly fraction?: NumberLike };

export interface ExitRule extends PerSide<Condition> {
  /** Name that trades carry as their exit reason. */
  readonly reason: string;
}

/** An exit in code. It sees rows up to the one in question only, and costs the sweep its tables. */
export interface CodedExit {
  readonly reason: string;
  readonly reads: readonly ColumnExpression[];
  /** True to leave. `columns` are in the order of `reads`, already shifted by their lags; read rows entry..row only. */
  readonly leave: (
    columns: readonly Float64Array[],
    trade: { readonly entry: number; readonly row: number; readonly side: 1 | -1 },
    params: ParamValues,
  ) => boolean;
}

/** For strategies that are always in the market: the position wanted at the close of each bar, in [-1, 1]. */
export interface TargetIntent {
  readonly kind: 'target';
  readonly position: NumberExpression;
}

/** A decision written by hand, bar by bar, on the slower path. State is read-only and belongs to the engine. */
export interface DecideIntent {
  readonly kind: 'decide';
  readonly reads: readonly ColumnExpression[];
  /** The position wanted at this bar's close, in [-1, 1]. `values` are the row's values in the order of `reads`. */
  readonly decide: (values: Float64Array, state: PositionState, params: ParamValues) => number;
}

/** What a hand-written decision may know of the position. */
export interface PositionState {
  readonly position: number;
  /** Rows since the position was last changed. */
  readonly barsHeld: number;
  /** Close of the bar at which the position was opened; NaN when flat. */
  readonly entryClose: number;
}

/** Parameters as they appear inside an intent: numbers become expressions, the rest references. */
export type ParamExpressions<P extends ParamSchema> = {
  readonly [K in keyof P]: P[K] extends NumberParam
    ? NumberExpression
    : P[K] extends BooleanParam
      ? ParamReference<'boolean'>
      : P[K] extends TextParam
        ? ParamReference<'text'>
        : never;
};

/** What a strategy says about itself. `intent` is called once, with the parameters as expressions. */
export interface StrategySpec<P extends ParamSchema = ParamSchema> {
  readonly id: string;
  /** One sentence: what it trades and why that might pay. */
  readonly summary: string;
  readonly params: P;
  /** Columns that must be present on a row besides those the intent reads. */
  readonly requires?: readonly string[];
  readonly intent: (given: { readonly column: typeof column; readonly param: ParamExpressions<P> }) => Intent;
}

/** A strategy as engines see it: plain data, the intent already built. */
export interface Strategy {
  readonly id: string;
  readonly summary: string;
  readonly params: ParamSchema;
  readonly requires: readonly string[];
  readonly intent: Intent;
}

/**
 * A strategy: where a trade may begin and how it ends, as data. The default export of a file `strategies/<id>.ts`.
 *
 * @returns the strategy, its intent built once; engines, sweeps and reports read it, nothing of it runs per bar
 * @throws RangeError for a negative or fractional lag: a strategy cannot look ahead; TypeError for what is no intent or no parameter
 */
export function defineStrategy<const P extends ParamSchema>(spec: StrategySpec<P>) {
  const { result: intent, conditions } = recordConditions(() => spec.intent({ column, param: paramExpressions(spec.params) }));
  checkIntent(intent, conditions);
  return unit('strategy', {
    id: spec.id,
    summary: spec.summary,
    params: spec.params as ParamSchema,
    requires: spec.requires ?? [],
    intent,
  } satisfies Strategy);
}

const paramTypes = ['number', 'integer', 'boolean', 'text'];

function paramExpressions<P extends ParamSchema>(schema: P): ParamExpressions<P> {
  const entries = Object.entries(schema).map(([name, param]) => {
    if (!paramTypes.includes(param?.type))
      throw new TypeError(
        `params.${name}: expected number(default, { min, max, help }), integer, boolean, text or timeZone, got ${JSON.stringify(param)}`,
      );
    const isNumber = param.type === 'number' || param.type === 'integer';
    return [name, isNumber ? new NumberExpression({ op: 'param', name }) : { param: name, type: param.type }];
  });
  const known = Object.fromEntries(entries) as ParamExpressions<P>;
  return new Proxy(known, {
    get(target, name) {
      if (typeof name === 'string' && !Object.hasOwn(target, name))
        throw new TypeError(`no parameter ${name}${didYouMean(name, Object.keys(target))}`);
      return Reflect.get(target, name) as unknown;
    },
  });
}
