import { fillNormals, quickExponential, quickNormal, quickUniform } from '../../core/normals.ts';
import type { RandomState } from '../../core/random.ts';
import { correlatedNormals, type Generator, type MarketShape, streamOf } from './market.ts';

const tailDegrees = 3;

/** Independent heavy-tailed returns: no volatility clustering, no memory at all. */
export const studentT: Generator = {
  id: 'student_t',
  summary: 'independent Student-t returns with 3 degrees of freedom',
  returns: (shape, stream) => {
    const mixing = chiSquares(shape.rows, streamOf(stream, 'mixing'));
    // A t variable has variance df / (df - 2).
    const scale = shape.volatility / Math.sqrt(tailDegrees / (tailDegrees - 2));
    return eachSymbol(shape, stream, (normals) => normals.map((value, row) => (scale * value) / Math.sqrt(mixing[row]! / tailDegrees)));
  },
};

/** Volatility that clusters and fades by itself: shocks are followed by shocks without any event behind them. */
export const garch: Generator = {
  id: 'garch',
  summary: 'GARCH(1,1), alpha 0.06, beta 0.92, normal innovations',
  returns: (shape, stream) => {
    const [alpha, beta] = [0.06, 0.92];
    const variance = shape.volatility * shape.volatility;
    return eachSymbol(shape, stream, (normals) => {
      let current = variance;
      return normals.map((value) => {
        const move = Math.sqrt(current) * value;
        current = variance * (1 - alpha - beta) + alpha * move * move + beta * current;
        return move;
      });
    });
  },
};

/** Two states of volatility that all symbols share, each lasting days. */
export const regimes: Generator = {
  id: 'regimes',
  summary: 'calm and wild states shared by all symbols (volatility 0.6 and 1.8 times), lasting 4 and 1 days on average',
  returns: (shape, stream) => {
    const chain = streamOf(stream, 'regime');
    const states = new Float64Array(shape.rows);
    let isWild = false;
    for (let row = 0; row < shape.rows; row++) {
      if (quickUniform(chain) < (isWild ? 1 / 96 : 1 / 384)) isWild = !isWild;
      states[row] = isWild ? 1.8 : 0.6;
    }
    return eachSymbol(shape, stream, (normals) => normals.map((value, row) => shape.volatility * states[row]! * value));
  },
};

/** Generators that need no data. Block-shuffled real bars stand beside them (shuffledBars.ts). */
export const generators: readonly Generator[] = [studentT, garch, regimes];

function eachSymbol(shape: MarketShape, stream: string, make: (normals: Float64Array) => Float64Array): Float64Array[] {
  const common = new Float64Array(shape.rows);
  fillNormals(streamOf(stream, 'common'), common);
  return shape.symbols.map((symbol) => make(correlatedNormals(common, streamOf(stream, `${symbol}/returns`))));
}

/** Chi-square draws with three degrees of freedom: an exponential of mean 2 and a squared normal. */
function chiSquares(rows: number, stream: RandomState): Float64Array {
  return new Float64Array(rows).map(() => {
    const normal = quickNormal(stream);
    return 2 * quickExponential(stream) + normal * normal;
  });
}
