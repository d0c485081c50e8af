import { sha256 } from '../../core/canonicalJson.ts';
import { type Certificate, type CertifiedSubject, falseApprovalsOf } from '../../research/certificate/model.ts';

const generators = [
  { id: 'student_t', summary: 'independent Student-t returns with 3 degrees of freedom' },
  { id: 'garch', summary: 'GARCH(1,1), alpha 0.06, beta 0.92, normal innovations' },
];

/** A made-up certificate: two studies, one of them with reference gates, and a policy; `approved` of the first study on each generator. */
export function sampleCertificate(approved: readonly [number, number] = [3, 9]): Certificate {
  return {
    alpha: 0.05,
    version: '0.1.0',
    node: 'v20.20.2',
    command: 'backtest certify --symbols BTCUSDT,ETHUSDT --start 2021-01-01 --end 2022-12-31',
    seed: 1,
    size: { paths: 199, nulls: 200, references: 200, planted: 100 },
    markets: { symbols: ['BTCUSDT', 'ETHUSDT'], start: '2021-01-01', end: '2022-12-31', volatility: 0.0031 },
    generators,
    studies: [
      subject('vol_shock_relaxation', approved, {
        reference: [
          falseApprovalsOf('student_t', { n: 200, approved: 196, inconclusive: 0 }),
          falseApprovalsOf('garch', { n: 200, approved: 200, inconclusive: 0 }),
        ],
        power: {
          generator: 'garch',
          planted: 'larger returns, factor minus 1',
          unit: 'share of moments',
          smallest: 0.05,
          points: [0, 0.1, 0.2, 0.3, 0.4].map((size, at) => ({
            size,
            bps: null,
            effect: size / 3,
            n: 100,
            found: [2, 21, 64, 88, 97][at]!,
            inconclusive: 1,
          })),
        },
      }),
      subject('range_compression_breakout', [6, 4], {
        power: {
          generator: 'garch',
          planted: 'drift over the window, log return',
          unit: 'part of the price',
          smallest: 0.0012,
          points: [0, 0.001, 0.002, 0.004].map((size, at) => ({
            size,
            bps: 10_000 * size,
            effect: size,
            n: 100,
            found: [4, 12, 35, 71][at]!,
            inconclusive: 0,
          })),
        },
      }),
    ],
    policies: [subject('shock_throttle', [0, 1], {})],
    uncertified: [
      { kind: 'study', id: 'cross_venue_desync', version: 1, digest: sha256('cross_venue_desync'), reason: 'surrogate markets have no spot.close' },
    ],
  };
}

function subject(id: string, approved: readonly [number, number], more: Partial<CertifiedSubject>): CertifiedSubject {
  return {
    id,
    version: 1,
    digest: sha256(id),
    falseApprovals: generators.map(({ id: generator }, at) => falseApprovalsOf(generator, { n: 200, approved: approved[at]!, inconclusive: 11 })),
    reference: [],
    power: null,
    ...more,
  };
}
