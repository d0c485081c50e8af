import type { Certification } from '../../research/certificate/certification.ts';
import { type Certificate, type FalseApprovals, judgedCells } from '../../research/certificate/model.ts';
import { count, percent, plural, ratio, words } from '../format.ts';

/** The answer in a few words, and the numbers behind it in sentences; from the counts alone. */
export function certificateVerdict(certificate: Certificate): { readonly isHeld: boolean; readonly headline: string; readonly sentence: string } {
  const { alpha, studies, policies } = certificate;
  const cells = judgedCells(certificate);
  const over = cells.filter(({ isWithin }) => !isWithin);
  const promise = `At most ${percent(alpha, { decimals: 0 }).text} false approvals`;
  if (cells.length === 0) return { isHeld: false, headline: 'Nothing was certified', sentence: 'No market was tried.' };
  const isHeld = over.length === 0;
  const own = cells.map(({ counts }) => counts);
  const reference = [...studies, ...policies].flatMap((subject) => subject.reference);
  const worst = isHeld
    ? `no combination of study or policy and kind of market exceeds its bound`
    : `${plural(over.length, 'combination')} of ${cells.length} exceed${over.length === 1 ? 's its bound' : ' their bounds'} (${over.map(({ id, counts }) => `${words(id)} on ${words(counts.generator)}`).join(', ')})`;
  const beside = reference.length === 0 ? '' : ` The reference system’s own gates approved ${tally(reference)} of the same kinds.`;
  return {
    isHeld,
    headline: isHeld ? `${promise}: held` : `${promise}: not held`,
    sentence: `Of markets without an edge, ${tally(own)} were approved; ${worst}.${beside}`,
  };
}

/** `12 of 5,600 (0.214%)`. */
export function tally(all: readonly FalseApprovals[]): string {
  const [approved, n] = all.reduce(([a, b], counts) => [a + counts.approved, b + counts.n], [0, 0] as [number, number]);
  return `${count(approved).text} of ${count(n).text} (${percent(n === 0 ? null : approved / n).text})`;
}

/** What stands beside a verdict: whether the program's certificate knows the document that was run, and what it says of it. */
export function certificationSentence(certification: Certification): string {
  if (certification.state === 'uncertified') return `Not certified: ${certification.reason}.`;
  const { approved, n, isWithin, bps } = certification;
  const edge = bps === null ? '' : `; a planted edge of ${ratio(bps).text} bps per trade was found in four of five markets`;
  const over = isWithin ? '' : ', more than chance allows';
  return `Certified: of ${plural(n, 'market')} without an edge this document approved ${count(approved).text}${over}${edge}.`;
}
