import type { GateResult, Verdict } from '../../research/study/result.ts';
import { count, percent, ratio, setting, type Shown } from '../format.ts';
import { type EffectUnit, effectShown, pShown, sizeText } from './units.ts';

/** What a gate asks, and what follows from its answers. */
interface GateWords {
  readonly question: string;
  readonly consequence: Readonly<Record<Verdict, string>>;
}

const gates: Readonly<Record<string, GateWords>> = {
  events: {
    question: 'Are there enough events, on enough different days?',
    consequence: {
      pass: 'The comparison has enough to stand on.',
      fail: 'Nothing else of this study can be judged.',
      inconclusive: 'Nothing else of this study can be judged: it needs more symbols or more days.',
    },
  },
  balance: {
    question: 'Are events and their controls alike in what they were matched on, and did enough events find controls?',
    consequence: {
      pass: 'A difference between them is not one of the matching variables.',
      fail: 'Events and controls cannot be compared.',
      inconclusive: 'Events and controls cannot be compared: it needs wider calipers or more bars to choose from, as another version.',
    },
  },
  effect: {
    question: 'Is the primary effect there, in the stated direction, and large enough to matter?',
    consequence: {
      pass: 'There is an effect to explain.',
      fail: 'The hypothesis ends here.',
      inconclusive: 'The effect is neither found nor ruled out.',
    },
  },
  stability: {
    question: 'Does it have the same sign across years, symbols and strata?',
    consequence: {
      pass: 'It does not rest on one year, symbol or stratum.',
      fail: 'It belongs to some of the cells and not to the hypothesis.',
      inconclusive: 'Whether it is everywhere cannot be told.',
    },
  },
  placebo_outcome: {
    question: 'Does the same test find nothing where the event cannot have had an effect?',
    consequence: {
      pass: 'The test does not find effects everywhere.',
      fail: 'The test finds an effect where there can be none: events and controls differ before the event.',
      inconclusive: 'Whether the test finds effects everywhere is not known.',
    },
  },
  surrogate_markets: {
    question: 'Is the effect larger than on markets without the structure?',
    consequence: {
      pass: 'Volatility clustering and fat tails alone do not make it.',
      fail: 'Markets without the structure show it as well: the detector makes it, or ordinary volatility clustering does.',
      inconclusive: 'Without markets to compare with, the effect is not one of the structure.',
    },
  },
  replication: {
    question: 'Does it come again on the confirmation slice, which nothing was fitted on?',
    consequence: {
      pass: 'It holds where it was not found.',
      fail: 'It did not come again.',
      inconclusive: 'It has not been found twice.',
    },
  },
};

export function gateQuestion({ id, why }: GateResult): string {
  return gates[id]?.question ?? why;
}

export function gateConsequence({ id, status }: GateResult): string {
  return gates[id]?.consequence[status] ?? verdictConsequence[status];
}

/** What follows from the verdict of a whole study. */
export const verdictConsequence: Readonly<Record<Verdict, string>> = {
  pass: 'Policies may be studied on this version. A changed document is another version and another trial.',
  fail: 'This version ends here: no policy is studied on it. A changed document is another version and another trial.',
  inconclusive: 'Nothing is claimed either way, and no policy is studied on it. Not knowing is not a no.',
};

/** One number of a gate as it prints, with what was asked of it. */
export interface GateValue {
  readonly name: string;
  readonly shown: Shown;
  /** `at least 30`; null where nothing was. */
  readonly asked: string | null;
}

/** What a gate observed, number by number. */
export function gateValues({ id, observed, threshold }: GateResult, unit: EffectUnit): GateValue[] {
  return Object.entries(observed).map(([key, value]) => {
    const limit = threshold[key] ?? null;
    const asked = limit === null ? null : `${relation(id, key)} ${limitText(key, limit, unit)}`;
    return { name: names[key] ?? key.replace(/_/g, ' '), shown: valueShown(key, value, unit), asked };
  });
}

const names: Readonly<Record<string, string>> = {
  largest_smd: 'largest difference',
  matched_share: 'matched',
  unique_control_share: 'different controls',
  ci_low: 'interval from',
  ci_high: 'interval to',
};

function relation(gate: string, key: string): string {
  if (key === 'p') return gate === 'placebo_outcome' ? 'above' : 'at most';
  return key === 'largest_smd' ? 'at most' : 'at least';
}

function limitText(key: string, limit: number, unit: EffectUnit): string {
  if (key === 'effect') return `${sizeText(unit, limit)} in size`;
  return key.endsWith('_share') ? sizeText({ kind: 'price', words: '' }, limit) : setting(limit);
}

function valueShown(key: string, value: number | null, unit: EffectUnit): Shown {
  const none = { reason: 'not known' };
  if (key === 'p') return pShown(value, none.reason);
  if (key === 'largest_smd') return ratio(value, { ...none, decimals: 3 });
  if (key.endsWith('_share')) return percent(value, none);
  if (key === 'effect' || key.startsWith('ci_')) return effectShown(unit, value, none);
  return Number.isInteger(value) ? count(value, none) : ratio(value, none);
}
