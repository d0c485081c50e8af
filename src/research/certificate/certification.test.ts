import { describe, expect, it } from 'vitest';
import { certificationOf, certificateSummary } from './certification.ts';
import { certificateDocument, certificateOf } from './document.ts';
import { type Certificate, type CertifiedSubject, falseApprovalsOf } from './model.ts';

const digest = (letter: string) => letter.repeat(64);
const subject = (id: string, approved: number, bps: number | null): CertifiedSubject => ({
  id,
  version: 1,
  digest: digest('a'),
  falseApprovals: [falseApprovalsOf('garch', { n: 100, approved, inconclusive: 2 })],
  reference: [],
  power: {
    generator: 'garch',
    planted: 'drift',
    unit: 'fraction',
    smallest: 0.0012,
    points: [
      { size: 0, bps: 0, effect: null, n: 100, found: approved, inconclusive: 2 },
      { size: 50, bps, effect: 0.005, n: 10, found: 9, inconclusive: 0 },
    ],
  },
});
const certificate = (approved: number): Certificate => ({
  alpha: 0.05,
  version: '0.1.0',
  node: 'v20.19.0',
  command: 'backtest certify',
  seed: 1,
  size: { paths: 19, nulls: 100, references: 0, planted: 10 },
  markets: { symbols: ['BTCUSDT'], start: '2021-01-01', end: '2021-12-31', volatility: 0.004 },
  generators: [{ id: 'garch', summary: 'clustering' }],
  studies: [subject('shock', approved, null), subject('breakout', 1, 50)],
  policies: [subject('shock', 0, 80)],
  uncertified: [{ kind: 'study', id: 'desync', version: 1, digest: digest('b'), reason: 'there is no spot.close' }],
});

describe('what a certificate says of a document', () => {
  it('holds for the document with the certified digest only', () => {
    const asked = { kind: 'study' as const, id: 'breakout', digest: digest('a') };
    expect(certificationOf(certificate(2), asked)).toEqual({ state: 'certified', isWithin: true, approved: 1, n: 100, bps: 50 });
    const changed = certificationOf(certificate(2), { ...asked, digest: digest('c') });
    expect(changed).toEqual({
      state: 'uncertified',
      reason: 'the certificate is for another document of this name (aaaaaaaaaaaa, this one is cccccccccccc)',
    });
  });

  it('tells studies from policies of the same name, and says when more was approved than chance allows', () => {
    expect(certificationOf(certificate(40), { kind: 'study', id: 'shock', digest: digest('a') })).toMatchObject({ isWithin: false, approved: 40 });
    expect(certificationOf(certificate(40), { kind: 'policy', id: 'shock', digest: digest('a') })).toMatchObject({ isWithin: true, approved: 0 });
  });

  it('gives the reason where there is none', () => {
    const reason = (found: ReturnType<typeof certificationOf>) => (found.state === 'uncertified' ? found.reason : null);
    expect(reason(certificationOf(certificate(0), { kind: 'study', id: 'desync', digest: digest('b') }))).toBe('there is no spot.close');
    expect(reason(certificationOf(certificate(0), { kind: 'policy', id: 'other', digest: digest('b') }))).toBe(
      'the certificate does not know this policy',
    );
    expect(reason(certificationOf(null, { kind: 'study', id: 'shock', digest: digest('a') }))).toBe('there is no certificate');
  });
});

describe('the certificate in one line', () => {
  it('counts every verdict and names the smallest edge that is found', () => {
    expect(certificateSummary(certificate(2))).toMatchObject({ approved: 3, n: 300, isHeld: true, smallest: { id: 'breakout', bps: 50 } });
    expect(certificateSummary(certificate(40)).isHeld).toBe(false);
    expect(certificateSummary({ ...certificate(0), studies: [], policies: [] })).toMatchObject({ n: 0, isHeld: false, smallest: null });
  });
});

describe('the file of a certificate', () => {
  it('reads back as what was written, and is none with anything more or less in it', () => {
    const written = certificateDocument(certificate(2));
    expect(certificateOf(JSON.parse(JSON.stringify(written)))).toEqual(certificate(2));
    expect(certificateOf({ ...written, more: 1 })).toBeNull();
    expect(certificateOf({ ...written, alpha: undefined })).toBeNull();
  });
});
