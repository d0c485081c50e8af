import type { BlockSums } from './blockSums.ts';

/** What each split chose and how that fared, one row per split. A Sharpe ratio without variance is NaN. */
export interface SplitColumns {
  /** Trial with the best Sharpe ratio in sample; the first of equals. */
  readonly best: Int32Array;
  readonly inSampleSharpe: Float64Array;
  readonly outOfSampleSharpe: Float64Array;
  /** Rank of the chosen trial among all trials out of sample: 1 is the worst, equals share their average. */
  readonly outOfSampleRank: Float64Array;
}

/** Sums of returns and of squares over every subset of half of the blocks: [subset as bits][trial]. */
interface SubsetSums {
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

/** Stands in the sum of squares of a trial that did nothing, whose score is then 0 instead of 0/0. It changes no other sum. */
const nothing = 1e-300;

/**
 * The choice of every split. The blocks fall into a lower and an upper half of which every subset is summed once; the sums of
 * any split are then one addition per trial, and a split shares its scores with its complement, the same split turned round.
 * Memory is 2^(S/2) * 32 bytes per trial: 8 kB for 16 blocks.
 *
 * @param blocks block sums with at least one trial and two rows per half
 * @param choices [splits] in-sample blocks of every split, in lexicographic order
 * @source Bailey, Borwein, Lopez de Prado & Zhu 2017
 * @vector overfitting.pbo
 */
export function selectPerSplit(blocks: BlockSums, choices: readonly (readonly number[])[]): SplitColumns {
  const half = blocks.blocks / 2;
  const all = 2 ** half - 1;
  const halves = halfSums(blocks);
  const [scores, scoresThere] = [new Float64Array(blocks.trials), new Float64Array(blocks.trials)];
  const found = {
    best: new Int32Array(choices.length),
    inSampleSharpe: new Float64Array(choices.length),
    outOfSampleSharpe: new Float64Array(choices.length),
    outOfSampleRank: new Float64Array(choices.length),
  };
  const fill = (split: number, { best, on, after, scoresAfter }: Choice) => {
    found.best[split] = best;
    found.inSampleSharpe[split] = sharpeOf(halves, on, best);
    found.outOfSampleSharpe[split] = sharpeOf(halves, after, best);
    found.outOfSampleRank[split] = rankOf(scoresAfter, best);
  };
  // Choices of half of the blocks in lexicographic order are, read backwards, their complements.
  for (let split = 0; split < choices.length / 2; split++) {
    const here = sideOf(choices[split]!, half);
    const there = { low: all - here.low, high: all - here.high };
    const best = scoreTrials(halves, here, scores);
    const bestThere = scoreTrials(halves, there, scoresThere);
    fill(split, { best, on: here, after: there, scoresAfter: scoresThere });
    fill(choices.length - 1 - split, { best: bestThere, on: there, after: here, scoresAfter: scores });
  }
  return found;
}

/** The best trial of one side, and what it meets on the other. */
interface Choice {
  readonly best: number;
  readonly on: Side;
  readonly after: Side;
  /** Scores of all trials on the other side. */
  readonly scoresAfter: Float64Array;
}

interface HalfSums {
  readonly lower: SubsetSums;
  readonly upper: SubsetSums;
  readonly trials: number;
  /** Rows on each side of a split. */
  readonly rows: number;
}

/** One side of a split: its lower and its upper blocks, as bits. */
interface Side {
  readonly low: number;
  readonly high: number;
}

/**
 * Scores of all trials on one side, and the first best. The score s|s|/q of sum s and sum of squares q rises with the Sharpe
 * ratio, needs no root, and puts a constant gain above and a constant loss below every ratio.
 */
function scoreTrials({ lower, upper, trials }: HalfSums, { low, high }: Side, scores: Float64Array): number {
  const [lowSums, lowSquares, highSums, highSquares] = [lower.sums, lower.squares, upper.sums, upper.squares];
  const lowRow = low * trials;
  const highRow = high * trials;
  let best = 0;
  let highest = -Infinity;
  for (let trial = 0; trial < trials; trial++) {
    const sum = lowSums[lowRow + trial]! + highSums[highRow + trial]!;
    const squares = lowSquares[lowRow + trial]! + highSquares[highRow + trial]!;
    const score = (sum * Math.abs(sum)) / squares;
    scores[trial] = score;
    if (score > highest) {
      highest = score;
      best = trial;
    }
  }
  return best;
}

/** Average rank among equals: half of those below, half of those not above, and a half. */
function rankOf(scores: Float64Array, chosen: number): number {
  const score = scores[chosen]!;
  let counted = 0;
  for (let trial = 0; trial < scores.length; trial++) counted += +(scores[trial]! < score) + +(scores[trial]! <= score);
  return (counted + 1) / 2;
}

function sharpeOf({ lower, upper, trials, rows }: HalfSums, { low, high }: Side, trial: number): number {
  const sum = lower.sums[low * trials + trial]! + upper.sums[high * trials + trial]!;
  const squares = lower.squares[low * trials + trial]! + upper.squares[high * trials + trial]!;
  const deviations = squares - (sum * sum) / rows;
  // What is left of a constant's squares is rounding, not variance.
  if (deviations <= 1e-13 * squares + nothing) return Number.NaN;
  return sum / rows / Math.sqrt(deviations / (rows - 1));
}

function halfSums(blocks: BlockSums): HalfSums {
  const half = blocks.blocks / 2;
  const lower = subsetSums(blocks, { from: 0, empty: 0 });
  const upper = subsetSums(blocks, { from: half, empty: nothing });
  return { lower, upper, trials: blocks.trials, rows: half * blocks.rowsPerBlock };
}

/** Sums over every subset of half of the blocks, each built from the subset without its last block. */
function subsetSums({ trials, blocks, sums, squares }: BlockSums, { from, empty }: { from: number; empty: number }): SubsetSums {
  const half = blocks / 2;
  const table = { sums: new Float64Array(2 ** half * trials), squares: new Float64Array(2 ** half * trials) };
  table.squares.fill(empty, 0, trials);
  for (let subset = 1; subset < 2 ** half; subset++) {
    const last = 31 - Math.clz32(subset);
    const rest = (subset - 2 ** last) * trials;
    const block = (from + last) * trials;
    for (let trial = 0, at = subset * trials; trial < trials; trial++, at++) {
      table.sums[at] = table.sums[rest + trial]! + sums[block + trial]!;
      table.squares[at] = table.squares[rest + trial]! + squares[block + trial]!;
    }
  }
  return table;
}

function sideOf(choice: readonly number[], half: number): Side {
  const side = { low: 0, high: 0 };
  for (const block of choice) {
    if (block < half) side.low += 2 ** block;
    else side.high += 2 ** (block - half);
  }
  return side;
}
