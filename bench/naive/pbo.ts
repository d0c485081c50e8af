/** What a split chose: the best trial in sample, and its rank and Sharpe ratio out of sample. */
export interface NaiveSplit {
  readonly best: number;
  readonly inSampleSharpe: number;
  readonly outOfSampleSharpe: number;
  readonly outOfSampleRank: number;
}

/** Sums and squares of each trial over each block: [block][trial]. */
export interface NaiveBlocks {
  readonly sums: readonly Float64Array[];
  readonly squares: readonly Float64Array[];
  readonly rowsPerBlock: number;
}

export function naiveBlocks(returns: readonly Float64Array[], blocks: number): NaiveBlocks {
  const { rowsPerBlock, dropped } = layout(returns, blocks);
  const sums = Array.from({ length: blocks }, () => new Float64Array(returns.length));
  const squares = Array.from({ length: blocks }, () => new Float64Array(returns.length));
  for (let trial = 0; trial < returns.length; trial++) {
    const column = returns[trial]!;
    for (let block = 0; block < blocks; block++) {
      let sum = 0;
      let square = 0;
      for (let row = dropped + block * rowsPerBlock; row < dropped + (block + 1) * rowsPerBlock; row++) {
        sum += column[row]!;
        square += column[row]! * column[row]!;
      }
      sums[block]![trial] = sum;
      squares[block]![trial] = square;
    }
  }
  return { sums, squares, rowsPerBlock };
}

/** One split by adding up the blocks of each side for every trial. */
export function naiveSplitOfBlocks(blocks: NaiveBlocks, inSample: readonly number[]): NaiveSplit {
  const outOfSample = blocks.sums.map((_, block) => block).filter((block) => !inSample.includes(block));
  return chooseAndRank(sharpesOfBlocks(blocks, inSample), sharpesOfBlocks(blocks, outOfSample));
}

/** One split by cutting its rows out of the matrix and taking the Sharpe ratio of every column. */
export function naiveSplitOfMatrix(returns: readonly Float64Array[], blocks: number, inSample: readonly number[]): NaiveSplit {
  const { rowsPerBlock, dropped } = layout(returns, blocks);
  const outOfSample = Array.from({ length: blocks }, (_, block) => block).filter((block) => !inSample.includes(block));
  const sharpesOf = (chosen: readonly number[]) =>
    Float64Array.from(returns, (column) => {
      const side = new Float64Array(chosen.length * rowsPerBlock);
      chosen.forEach((block, place) => {
        const from = dropped + block * rowsPerBlock;
        side.set(column.subarray(from, from + rowsPerBlock), place * rowsPerBlock);
      });
      return sharpeOf(side);
    });
  return chooseAndRank(sharpesOf(inSample), sharpesOf(outOfSample));
}

function layout(returns: readonly Float64Array[], blocks: number) {
  const rows = returns[0]!.length;
  return { rowsPerBlock: Math.floor(rows / blocks), dropped: rows % blocks };
}

function sharpesOfBlocks({ sums, squares, rowsPerBlock }: NaiveBlocks, chosen: readonly number[]): Float64Array {
  const trials = sums[0]!.length;
  const sum = new Float64Array(trials);
  const square = new Float64Array(trials);
  for (const block of chosen) {
    const [addedSums, addedSquares] = [sums[block]!, squares[block]!];
    for (let trial = 0; trial < trials; trial++) {
      sum[trial]! += addedSums[trial]!;
      square[trial]! += addedSquares[trial]!;
    }
  }
  const rows = chosen.length * rowsPerBlock;
  for (let trial = 0; trial < trials; trial++) {
    const total = sum[trial]!;
    sum[trial] = total / rows / Math.sqrt((square[trial]! - (total * total) / rows) / (rows - 1));
  }
  return sum;
}

function sharpeOf(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - mean) * (values[i]! - mean);
  return mean / Math.sqrt(squares / (values.length - 1));
}

function chooseAndRank(inSample: Float64Array, outOfSample: Float64Array): NaiveSplit {
  let best = 0;
  for (let trial = 1; trial < inSample.length; trial++) if (inSample[trial]! > inSample[best]!) best = trial;
  const chosen = outOfSample[best]!;
  let below = 0;
  let notAbove = 0;
  for (let trial = 0; trial < outOfSample.length; trial++) {
    below += +(outOfSample[trial]! < chosen);
    notAbove += +(outOfSample[trial]! <= chosen);
  }
  return { best, inSampleSharpe: inSample[best]!, outOfSampleSharpe: chosen, outOfSampleRank: (below + notAbove + 1) / 2 };
}
