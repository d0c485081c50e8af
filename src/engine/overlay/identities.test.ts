import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { column } from '../../core/expression.ts';
import type { Strategy } from '../../core/intent.ts';
import { resolveParams } from '../../core/params.ts';
import { standardProfile } from '../../core/profile.ts';
import { namedStream, nextIndex, nextUniform } from '../../core/random.ts';
import { dayMs } from '../../core/time.ts';
import momentum from '../../strategies/vol_compression_momentum_v1.ts';
import reversion from '../../strategies/vol_compression_reversion_v1.ts';
import breakout from '../../strategies/vol_compression_v1.ts';
import { bracketOf, strategyOf, wildFrame, withColumnsOf } from '../../../test/support/frames.ts';
import { emptySums } from '../dailySums.ts';
import type { Line } from '../accounting.ts';
import type { Frame } from '../frame.ts';
import { screen } from '../screen/screen.ts';
import { type BoundOverlay, bindOverlay, type OverlayEffect } from './overlay.ts';
import { copyPath, pathOfPositions } from './path.ts';

const wanting = strategyOf({ kind: 'target', position: column('want') });
const byHand = strategyOf({
  kind: 'decide',
  reads: [column('want')],
  decide: ([want], { position, barsHeld }) => (position === 0 ? Math.sign(want!) : barsHeld >= 5 ? 0 : position),
});
const strategies: readonly Strategy[] = [breakout, momentum, reversion, wanting, byHand];

/** A frame with a position that somebody might want, drawn from a few levels and missing at times. */
const frames = new Map<string, Frame>();
function frameFor(seed: number, strategy: Strategy): Frame {
  const key = `${seed} ${strategies.indexOf(strategy)}`;
  const frame = frames.get(key) ?? makeFrame(seed, strategy);
  frames.set(key, frame);
  return frame;
}

function makeFrame(seed: number, strategy: Strategy): Frame {
  const rows = 600;
  const random = namedStream(`seed=${seed}/test/overlays/want`);
  const levels = [0, 0, 0.5, 1, 1, -0.5, -1, Number.NaN];
  const want = new Float64Array(rows);
  for (let row = 0; row < rows; row++) want[row] = nextUniform(random) < 0.7 && row > 0 ? want[row - 1]! : levels[nextIndex(random, levels.length)]!;
  const frame = withColumnsOf(strategy, wildFrame({ seed, rows, gapChance: 0.01, warmup: 10 }));
  return { ...frame, columns: { ...frame.columns, want } };
}

/** A condition that comes in spells, missing now and then. */
function spells(stream: string, rows: number, share: number): Float64Array {
  const random = namedStream(stream);
  let isOn = 0;
  return Float64Array.from({ length: rows }, () => {
    if (nextUniform(random) < 0.15) isOn = nextUniform(random) < share ? 1 : 0;
    return nextUniform(random) < 0.02 ? Number.NaN : isOn;
  });
}

const effects: readonly OverlayEffect[] = [
  { kind: 'block' },
  { kind: 'flatten' },
  { kind: 'size', factor: 0.5 },
  { kind: 'size', factor: 0 },
  { kind: 'delay', bars: 3, onSignalLost: 'drop' },
  { kind: 'hold_until', maxBars: 20 },
];

const anyCase = fc.record({
  seed: fc.integer({ min: 1, max: 12 }),
  spell: fc.integer({ min: 1, max: 1_000_000 }),
  strategyAt: fc.nat({ max: strategies.length - 1 }),
  effect: fc.constantFrom(...effects),
  share: fc.constantFrom(0.1, 0.5, 0.9),
});
interface Case {
  /** Of the market, and of the condition. */
  readonly seed: number;
  readonly spell: number;
  readonly strategy: Strategy;
  readonly effect: OverlayEffect;
  readonly share: number;
}

const bound = (frame: Frame, { spell, effect, share }: Pick<Case, 'spell' | 'effect' | 'share'>): BoundOverlay =>
  bindOverlay(
    { id: 'o', effect },
    { condition: spells(`seed=${spell}/test/overlays/on`, frame.rows, share), release: spells(`seed=${spell}/test/overlays/off`, frame.rows, 0.3) },
    frame.isGap,
  );
const options = { costFraction: 0.0006, profile: standardProfile };
const simulate = (strategy: Strategy, frame: Frame, overlays: readonly BoundOverlay[]) =>
  screen.simulate(frame, strategy, resolveParams(strategy.id, strategy.params, {}), { ...options, overlays });
const property = (check: (given: Case) => void, numRuns = 200) =>
  fc.assert(
    fc.property(anyCase, ({ strategyAt, ...rest }) => check({ strategy: strategies[strategyAt]!, ...rest })),
    { numRuns },
  );
/** Rows on which something is not so; one expectation for all of them. */
const rowsWhere = (frame: Frame, isSo: (row: number) => boolean) => Array.from({ length: frame.rows }, (_, row) => row).filter(isSo);
const bytes = (line: Line) =>
  [line.money.position, line.money.pnl, line.money.gross, line.money.cost, line.money.funding, line.returns, ...line.delayedPnl].map((column) =>
    Buffer.from(column.buffer, column.byteOffset, column.byteLength).toString('base64'),
  );

describe('an overlay', () => {
  it('that never binds gives the bytes of the run without it', () => {
    property(({ seed, strategy, effect }) => {
      const frame = frameFor(seed, strategy);
      const never = bindOverlay({ id: 'o', effect }, { condition: new Float64Array(frame.rows), release: new Float64Array(frame.rows) }, frame.isGap);
      const { overlays, ...line } = simulate(strategy, frame, [never]);
      const without = simulate(strategy, frame, []);
      expect(bytes(line)).toEqual(bytes(without));
      expect([line.trades, line.diagnostics]).toEqual([without.trades, without.diagnostics]);
      expect(overlays).toMatchObject({ changedBars: 0, acts: [] });
      expect(overlays!.passed).toBe(overlays!.intents);
    }, 100);
  });

  it('lets every offered entry pass, blocks it, delays it or lets it expire', () => {
    let bounds = 0;
    property((given) => {
      const frame = frameFor(given.seed, given.strategy);
      const { overlays } = simulate(given.strategy, frame, [bound(frame, given)]);
      const [counts] = overlays!.statistics;
      expect(overlays!.passed + counts!.blockedEntries + counts!.delayedEntries + counts!.expiredEntries).toBe(overlays!.intents);
      if (overlays!.acts.length > 0) bounds++;
      if (overlays!.acts.length === 0) expect(overlays!.changedBars).toBe(0);
      const listed = (act: string) => overlays!.acts.filter((one) => one.act === act);
      expect(listed('blocked').length).toBe(counts!.blockedRuns);
      expect(listed('blocked').reduce((sum, { row, until }) => sum + until - row + 1, 0)).toBe(counts!.blockedEntries);
      expect(listed('delayed').length).toBe(counts!.delayedEntries);
      expect(listed('flattened').length).toBe(counts!.flattenedPositions);
      expect(listed('resized').length).toBe(counts!.resizedEntries);
    });
    expect(bounds).toBeGreaterThan(100);
  });

  it('never asks for more than the strategy wants: positions named per bar are nowhere larger', () => {
    property((given) => {
      const frame = frameFor(given.seed, wanting);
      const [under, without] = [simulate(wanting, frame, [bound(frame, given)]), simulate(wanting, frame, [])];
      expect(rowsWhere(frame, (row) => Math.abs(under.money.position[row]!) > Math.abs(without.money.position[row]!))).toEqual([]);
    });
  });

  it('of size scales a bracket’s positions and changes nothing else', () => {
    property((given) => {
      const { effect } = given;
      if (effect.kind !== 'size') return;
      const frame = frameFor(given.seed, breakout);
      const [under, without] = [simulate(breakout, frame, [bound(frame, given)]), simulate(breakout, frame, [])];
      const isOther = (row: number): boolean => {
        const [own, unit] = [under.money.position[row]!, without.money.position[row]!];
        return own !== unit && own !== unit * effect.factor;
      };
      expect(rowsWhere(frame, isOther)).toEqual([]);
    });
  });

  it('keeps a bracket out of the market where it refuses: no trade begins and, flattened, none lasts', () => {
    property((given) => {
      if (given.strategy === wanting || given.strategy === byHand || given.effect.kind === 'delay' || given.effect.kind === 'size') return;
      const frame = frameFor(given.seed, given.strategy);
      const overlay = bound(frame, given);
      const { trades, money } = simulate(given.strategy, frame, [overlay]);
      expect(trades.filter(({ entryRow }) => overlay.holds[entryRow] === 1)).toEqual([]);
      expect(rowsWhere(frame, (row) => Math.abs(money.position[row]!) > 1)).toEqual([]);
      if (given.effect.kind !== 'flatten') return;
      expect(rowsWhere(frame, (row) => overlay.holds[row] === 1 && money.position[row] !== 0)).toEqual([]);
    });
  });

  it('knows nothing of later bars: a cut frame gives the same positions up to the cut', () => {
    property((given) => {
      const frame = frameFor(given.seed, given.strategy);
      const cut = 100 + (given.spell % 450);
      const short: Frame = {
        ...frame,
        rows: cut,
        openTime: frame.openTime.slice(0, cut),
        isGap: frame.isGap.slice(0, cut),
        fundingRate: frame.fundingRate.slice(0, cut),
        columns: Object.fromEntries(Object.entries(frame.columns).map(([name, values]) => [name, values.slice(0, cut)])),
      };
      const [whole, part] = [simulate(given.strategy, frame, [bound(frame, given)]), simulate(given.strategy, short, [bound(short, given)])];
      expect(rowsWhere(short, (row) => part.money.position[row] !== whole.money.position[row])).toEqual([]);
    });
  });
});

describe('a rehearsal', () => {
  it('takes the same positions as the run itself and earns the same by day, run after run', () => {
    property((given) => {
      const frame = frameFor(given.seed, given.strategy);
      const params = resolveParams(given.strategy.id, given.strategy.params, {});
      const rehearsal = screen.rehearse!(frame, given.strategy, { params, costFraction: options.costFraction });
      const firstDay = Math.floor(frame.openTime[0]! / dayMs);
      for (const overlays of [[], [bound(frame, given)], []]) {
        const { money } = simulate(given.strategy, frame, overlays);
        const sums = emptySums(firstDay, 7);
        const { path, record } = rehearsal.run(overlays, sums, { keepsActs: true });
        expect(copyPath(path)).toEqual(copyPath(pathOfPositions(money.position)));
        if (overlays.length > 0) expect(record.acts).toEqual(simulate(given.strategy, frame, overlays).overlays!.acts);
        const [gross, cost] = [new Float64Array(7), new Float64Array(7)];
        let [exposure, turnover] = [0, 0];
        for (let row = 0; row < frame.rows; row++) {
          const day = Math.floor(frame.openTime[row]! / dayMs) - firstDay;
          gross[day]! += money.gross[row]! + money.funding[row]!;
          cost[day]! += money.cost[row]!;
          exposure += Math.abs(money.position[row - 1] ?? 0);
          turnover += Math.abs(money.position[row]! - (money.position[row - 1] ?? 0));
        }
        const apart = (a: Float64Array, b: Float64Array) => Math.max(...a.map((value, day) => Math.abs(value - b[day]!)));
        expect(Math.max(apart(sums.gross, gross), apart(sums.cost, cost))).toBeLessThan(1e-12);
        expect(sums.exposure).toBeCloseTo(exposure, 9);
        expect(sums.turnover).toBeCloseTo(turnover, 9);
      }
    }, 100);
  });

  it('told on which rows overlays act, earns the same on their days as when it walks all rows', () => {
    property((given) => {
      const frame = frameFor(given.seed, given.strategy);
      const params = resolveParams(given.strategy.id, given.strategy.params, {});
      const rehearsal = screen.rehearse!(frame, given.strategy, { params, costFraction: options.costFraction });
      const within = { from: 96 * (1 + (given.spell % 3)), to: 96 * 5 };
      const overlay = bound(frame, given);
      const inside = overlay.holds.map((on, row) => (row >= within.from && row < within.to ? on : 0));
      const firstDay = Math.floor(frame.openTime[0]! / dayMs) + within.from / 96;
      const days = (within.to - within.from) / 96;
      const [all, part] = [emptySums(firstDay, days), emptySums(firstDay, days)];
      const whole = rehearsal.run([{ ...overlay, holds: inside }], all);
      const bounds = whole.record.bound;
      const windowed = rehearsal.run([{ ...overlay, holds: inside }], part, { within });
      expect(part).toEqual(all);
      expect(windowed.record.bound).toBe(bounds);
    }, 100);
  });

  it('leaves out what falls on other days', () => {
    const frame = frameFor(7, breakout);
    const params = resolveParams(breakout.id, breakout.params, {});
    const rehearsal = screen.rehearse!(frame, breakout, { params, costFraction: 0.001 });
    const firstDay = Math.floor(frame.openTime[0]! / dayMs);
    const [all, middle] = [emptySums(firstDay, 7), emptySums(firstDay + 2, 3)];
    rehearsal.run([], all);
    rehearsal.run([], middle);
    expect([...middle.gross]).toEqual([...all.gross.subarray(2, 5)]);
    expect(middle.exposure).toBeLessThan(all.exposure);
  });
});

/** A bracket once more, bar by bar and without look-ups, for the effects that need no look back. */
function slowly(frame: Frame, overlay: BoundOverlay, holdBars: number): number[] {
  const go = frame.columns['go']!;
  const out: number[] = [];
  let [position, entered, side] = [0, 0, 0];
  let [waiting, wouldLeave, wouldSide] = [-1, 0, 0];
  const { effect, holds } = overlay;
  const open = (row: number, direction: number) => {
    const factor = effect.kind === 'size' && holds[row] === 1 ? effect.factor : 1;
    [position, entered] = [direction * factor + 0, row];
    side = direction;
  };
  for (let row = 0; row < frame.rows; row++) {
    const decides = frame.isGap[row] === 0 && !Number.isNaN(go[row]!) && !Number.isNaN(frame.columns['close']![row]!);
    const wants = decides && go[row] !== 0 ? Math.sign(go[row]!) : 0;
    if (side !== 0) {
      const isOver = (decides && row - entered >= holdBars) || (effect.kind === 'flatten' && holds[row] === 1);
      if (isOver) [position, side] = [0, 0];
    } else if (waiting >= 0) {
      if (decides && row >= wouldLeave) waiting = -1;
      else if (row === waiting) {
        waiting = -1;
        if (wants === wouldSide) open(row, wants);
        else if (wants !== 0) offer(row, wants);
      }
    } else if (wants !== 0) offer(row, wants);
    out.push(position);
  }
  return out;

  function offer(row: number, wants: number): void {
    if ((effect.kind === 'block' || effect.kind === 'flatten' || effect.kind === 'hold_until') && holds[row] === 1) return;
    if (effect.kind === 'delay' && holds[row] === 1) [waiting, wouldLeave, wouldSide] = [row + effect.bars, row + holdBars, wants];
    else open(row, wants);
  }
}
describe('a bracket under an overlay', () => {
  it('is what a walk bar by bar makes of it', () => {
    let traded = 0;
    property((given) => {
      const holdBars = 1 + (given.spell % 8);
      const random = namedStream(`seed=${given.spell}/test/overlays/go`);
      const bare = wildFrame({ seed: given.seed, rows: 400, gapChance: 0.01, warmup: 0 });
      const go = Float64Array.from({ length: 400 }, () => (nextUniform(random) < 0.3 ? (nextUniform(random) < 0.7 ? 1 : -1) : 0));
      const frame = { ...bare, columns: { ...bare.columns, go } };
      const overlay = bound(frame, given);
      const line = simulate(bracketOf({ maxHoldBars: holdBars }), frame, [overlay]);
      traded += line.trades.length;
      expect([...line.money.position].map((position) => position + 0)).toEqual(slowly(frame, overlay, holdBars));
    });
    expect(traded).toBeGreaterThan(2_000);
  });
});
