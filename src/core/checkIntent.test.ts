import { describe, expect, it } from 'vitest';
import { column } from './expression.ts';
import { defineStrategy, type Intent, type StrategySpec } from './intent.ts';
import { boolean, number } from './params.ts';

const params = { rank_max: number(20, { min: 0, max: 100, help: 'Highest rank.' }), is_daily: boolean(true, 'Once a day.') };
type Given = Parameters<StrategySpec<typeof params>['intent']>[0];
/** A strategy as somebody writes it whose editor checks no types. */
const written = (intent: (given: Given) => unknown) => () =>
  defineStrategy({ id: 'mine', summary: 'Mine.', params, intent: intent as (given: Given) => Intent });
const isUp = column('close').gt(column('open'));
const bracket = (rest: Record<string, unknown>) => written(() => ({ kind: 'bracket', entry: { long: isUp }, ...rest }));

describe('a strategy is refused that', () => {
  it.each<[string, () => unknown, RegExp]>([
    [
      'compares with >',
      written(() => ({ kind: 'bracket', entry: { long: (column('close') as never as number) > 1 } })),
      /close is an expression, not a number: write a\.gt\(b\)/,
    ],
    [
      'adds with +',
      written(() => ({ kind: 'bracket', entry: { long: isUp }, maxHoldBars: (column('close') as never as number) + 1 })),
      /a\.plus\(b\) for a \+ b/,
    ],
    [
      'joins with &&',
      written(({ column: of }) => ({ kind: 'bracket', entry: { long: of('a').gt(0) && of('b').gt(0) } })),
      /the condition a > 0 is written and not used.*\.and\(\)/,
    ],
    ['negates with !', bracket({ exitWhen: [{ reason: 'x', long: !isUp }] }), /exitWhen\[0\]\.long: expected a condition.*got false/],
    [
      'compares with text',
      written(() => ({ kind: 'bracket', entry: { long: column('a').le('20' as never) } })),
      /expected a number, a column or a parameter, got "20"/,
    ],
    [
      'misspells a parameter',
      written(({ param }) => ({ kind: 'bracket', entry: { long: column('a').le((param as never)['rank_mx']) } })),
      /no parameter rank_mx; did you mean rank_max\?/,
    ],
    ['misspells a key', bracket({ maxHold: 4 }), /^maxHold: no such key; did you mean maxHoldBars\?/],
    ['misspells a key further in', bracket({ limits: { oncePerDy: true } }), /^limits\.oncePerDy: no such key; did you mean oncePerDay\?/],
    ['is of no kind', written(() => ({ kind: 'brackets', entry: {} })), /kind is "brackets", expected bracket, target, decide/],
    ['returns nothing', written(() => undefined), /kind is nothing/],
    ['enters on a number', written(() => ({ kind: 'bracket', entry: { long: column('a') } })), /entry\.long: expected a condition.*got the number a/],
    ['stops at a condition', bracket({ stop: { long: isUp } }), /stop\.long: expected a number.*got the condition close > open/],
    ['has a stop that is no pair', bracket({ stop: column('low') }), /stop: expected an object with long, short, got the number low/],
    ['leaves for no reason', bracket({ exitWhen: [{ long: isUp }] }), /exitWhen\[0\]\.reason is missing/],
    ['has one target that is no list', bracket({ targets: { riskMultiple: 2 } }), /targets: expected a list/],
    ['has a target of neither kind', bracket({ targets: [{ fraction: 1 }] }), /targets\[0\] needs either price or riskMultiple/],
    ['limits by a number', bracket({ limits: { oncePerDay: 1 } }), /limits\.oncePerDay: expected true, false or a boolean parameter, got 1/],
    ['holds for NaN bars', bracket({ maxHoldBars: Number.NaN }), /maxHoldBars: expected a number/],
    ['trails at nothing', bracket({ trailing: {} }), /trailing\.distance is missing/],
    ['has no entry', written(() => ({ kind: 'bracket' })), /entry is missing/],
    ['wants no position', written(() => ({ kind: 'target' })), /position is missing/],
    ['decides without a function', written(() => ({ kind: 'decide', reads: [], decide: 1 })), /decide: expected a function, got 1/],
  ])('%s', (_name, define, message) => {
    expect(define).toThrow(message);
  });

  it('names a parameter by a bare number', () => {
    expect(() => defineStrategy({ id: 'mine', summary: '', params: { rank: 20 } as never, intent: () => ({ kind: 'bracket', entry: {} }) })).toThrow(
      /params\.rank: expected number\(default, \{ min, max, help \}\).*got 20/,
    );
  });
});

describe('a strategy is taken that', () => {
  it.each<[string, () => unknown]>([
    [
      'uses every key',
      bracket({
        entry: { long: isUp, short: isUp.not(), order: { type: 'limit', price: { long: 1, short: 2 }, lifetimeBars: 4 }, size: 0.5 },
        stop: { long: column('low'), short: column('high') },
        targets: [{ riskMultiple: 2, fraction: 0.5 }, { price: { long: 3 } }],
        trailing: { distance: column('range_96').over(2) },
        maxHoldBars: 96,
        exitWhen: [
          { reason: 'down', long: isUp.not() },
          { reason: 'coded', reads: [column('close')], leave: () => true },
        ],
        limits: { oncePerDay: true, timezone: 'UTC', cooldownBars: 3 },
      }),
    ],
    ['takes limits from parameters', written(({ param }) => ({ kind: 'bracket', entry: { long: isUp }, limits: { oncePerDay: param.is_daily } }))],
    ['leaves optional keys undefined', bracket({ stop: undefined, targets: undefined })],
    [
      'uses one condition in two places',
      written(({ column: of }) => {
        const isHigh = of('a').gt(1);
        return { kind: 'bracket', entry: { long: isHigh, short: isHigh.not() } };
      }),
    ],
    ['wants a position', written(() => ({ kind: 'target', position: column('a').min(1) }))],
    ['decides by hand', written(() => ({ kind: 'decide', reads: [column('a')], decide: () => 0 }))],
  ])('%s', (_name, define) => {
    expect(define).not.toThrow();
  });
});
