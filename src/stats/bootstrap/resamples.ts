import { AppError } from '../../core/errors.ts';
import { fillUniforms, namedStream, type RandomState } from '../../core/random.ts';
import { requireWhole } from '../requireWhole.ts';
import { requireRestartProbability } from './indices.ts';

/**
 * Many resamples of a series of `size` observations, as blocks. Every walk over them starts the stream anew and gives the same resamples.
 * Blocks instead of indices, because sums over a block are one difference of prefix sums.
 */
export interface Resamples extends Iterable<ResampleBatch> {
  readonly size: number;
  readonly draws: number;
}

/**
 * Some of the resamples. Resample r is blocks `offsets[r] .. offsets[r+1]-1`; block j takes positions `starts[j] .. ends[j]-1` of the series
 * laid twice end to end, so a block that wraps needs no care. The arrays are reused: read a batch before taking the next.
 */
export interface ResampleBatch {
  /** Resamples in this batch. */
  readonly count: number;
  readonly offsets: Int32Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

export interface StationaryOptions {
  /** Mean block length in observations, at least 1. */
  readonly meanBlock: number;
  readonly draws: number;
  /** Name of the random stream, `seed=<n>/<purpose>/<unit>/<replicate>`. */
  readonly stream: string;
}

/** Blocks in one batch at most: keeps the lists in the processor's cache. */
const blocksPerBatch = 131_072;
const uniformsPerFill = 512;
/** Entries of the guide into the length table; more would not make a wrong first guess rarer by much. */
const guideSize = 4096;

/**
 * Stationary-bootstrap resamples of a series: geometric block lengths, wrapping around. Each block takes one uniform u: the whole part of u * size is
 * its start, the fraction decides its length. The distribution is that of the step-by-step form (`stationaryIndices`), which takes a draw a step.
 *
 * @param size    observations in the series and in each resample
 * @param options mean block length, number of resamples, name of the stream
 * @throws E_INTERNAL on counts or a block length out of range
 * @source Politis & Romano 1994
 * @vector bootstrap.stationary.indices
 */
export function stationaryResamples(size: number, options: StationaryOptions): Resamples {
  requireWhole(size, 'series length', 1);
  requireWhole(options.draws, 'number of draws', 1);
  requireRestartProbability(1 / options.meanBlock);
  const { draws, stream } = options;
  const lengths = lengthTable(size, 1 / options.meanBlock);
  return { size, draws, [Symbol.iterator]: () => drawBatches({ size, draws, lengths, state: namedStream(stream) }) };
}

/**
 * Given index lists as resamples: consecutive positions become blocks. For resamples that come from elsewhere.
 *
 * @param rows each a list of positions 0..size-1, of any length, read only
 * @param size observations in the series
 * @throws E_INTERNAL on a position outside the series
 * @source statistics specification section 6
 * @vector bootstrap.meanInterval
 */
export function resamplesOfRows(rows: readonly ArrayLike<number>[], size: number): Resamples {
  for (const row of rows) for (let i = 0; i < row.length; i++) requirePosition(row[i]!, size);
  const capacity = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const batch = { count: 1, offsets: new Int32Array(2), starts: new Int32Array(capacity), ends: new Int32Array(capacity) };
  return {
    size,
    draws: rows.length,
    *[Symbol.iterator]() {
      for (const row of rows) {
        batch.offsets[1] = blocksOf(row, size, batch);
        yield batch;
      }
    },
  };
}

/**
 * The observations of one resample in order, for statistics that have no faster form.
 *
 * @param values [n] observations, read only
 * @param batch  resamples of a series of n
 * @param r      which of the batch
 * @source Politis & Romano 1994
 * @vector bootstrap.stationary.indices
 */
export function resamplePath(values: ArrayLike<number>, batch: ResampleBatch, r: number): Float64Array {
  const { offsets, starts, ends } = batch;
  const path: number[] = [];
  for (let j = offsets[r]!; j < offsets[r + 1]!; j++) {
    for (let i = starts[j]!; i < ends[j]!; i++) path.push(values[i < values.length ? i : i - values.length]!);
  }
  return Float64Array.from(path);
}

function requirePosition(position: number, size: number): void {
  requireWhole(position, 'resampled position', 0);
  if (position >= size) throw new AppError('E_INTERNAL', { problem: `resampled position ${position} is outside a series of ${size}` });
}

function blocksOf(row: ArrayLike<number>, size: number, { starts, ends }: ResampleBatch): number {
  let count = 0;
  for (let i = 0; i < row.length; i++) {
    const position = row[i]!;
    const continues = count > 0 && ends[count - 1]! % size === position && ends[count - 1]! - starts[count - 1]! < size;
    if (!continues) {
      starts[count] = position;
      ends[count++] = position;
    }
    ends[count - 1]!++;
  }
  return count;
}

interface LengthTable {
  /** [k] probability that a block is longer than k; the last entry is 0. */
  readonly longerThan: Float64Array;
  /** [bucket] shortest length of the uniforms in the bucket. */
  readonly guide: Int32Array;
}

/** Geometric lengths by table: only products, so the same on every machine, and no logarithm per block. */
function lengthTable(size: number, restartProbability: number): LengthTable {
  const longer = [1];
  // A block is cut at the resample's end, so lengths beyond the series need no entry.
  while (longer.length < size && longer.at(-1)! > 2 ** -53) longer.push(longer.at(-1)! * (1 - restartProbability));
  const longerThan = Float64Array.from([...longer, 0]);
  const guide = new Int32Array(guideSize);
  let length = 1;
  for (let bucket = guideSize - 1; bucket >= 0; bucket--) {
    while (longerThan[length]! >= (bucket + 1) / guideSize) length++;
    guide[bucket] = length;
  }
  return { longerThan, guide };
}

interface Drawing {
  readonly size: number;
  readonly draws: number;
  readonly lengths: LengthTable;
  readonly state: RandomState;
}

function* drawBatches({ size, draws, lengths, state }: Drawing): Generator<ResampleBatch> {
  const perBatch = Math.max(1, Math.min(draws, Math.floor(blocksPerBatch / size)));
  const offsets = new Int32Array(perBatch + 1);
  const starts = new Int32Array(perBatch * size);
  const ends = new Int32Array(perBatch * size);
  const source = { state, uniforms: new Float64Array(uniformsPerFill), next: uniformsPerFill };
  for (let first = 0; first < draws; first += perBatch) {
    const count = Math.min(perBatch, draws - first);
    for (let r = 0; r < count; r++) offsets[r + 1] = drawBlocks(source, lengths, { size, from: offsets[r]!, starts, ends });
    yield { count, offsets, starts, ends };
  }
}

interface UniformSource {
  readonly state: RandomState;
  readonly uniforms: Float64Array;
  next: number;
}

/** Appends the blocks of one resample at `from`; returns the place after the last. */
function drawBlocks(
  source: UniformSource,
  { longerThan, guide }: LengthTable,
  { size, from, starts, ends }: { size: number; from: number; starts: Int32Array; ends: Int32Array },
): number {
  const { state, uniforms } = source;
  let { next } = source;
  let at = from;
  for (let left = size; left > 0; at++) {
    if (next === uniformsPerFill) {
      fillUniforms(state, uniforms);
      next = 0;
    }
    const place = uniforms[next++]! * size;
    const start = place | 0;
    const rest = place - start;
    let length = guide[(rest * guideSize) | 0]!;
    while (rest < longerThan[length]!) length++;
    length = Math.min(length, left);
    starts[at] = start;
    ends[at] = start + length;
    left -= length;
  }
  source.next = next;
  return at;
}
