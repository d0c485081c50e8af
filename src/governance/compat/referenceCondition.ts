/** A condition of the reference system’s overlays, in words, as a formula over the series of its event. */
export interface ReadCondition {
  /** Null where it cannot be read. */
  readonly formula: string | null;
  /** Whether it reads how far the event has come, which was known afterwards only. */
  readonly isExPost: boolean;
  /** Whether several conditions are joined. */
  readonly isJoined: boolean;
  /** What could not be read. */
  readonly unread: string | null;
}

const sessions: Readonly<Record<string, readonly [number, number]>> = { asia: [0, 7], eu: [8, 15], us: [16, 23] };

/** Reads the conditions that overlays of the reference system have: shares of an event, sessions and hours, joined by and and or. */
export function readReferenceCondition(text: string): ReadCondition {
  const state = { isExPost: false, isJoined: false, unread: null as string | null };
  const plain = text
    .toLowerCase()
    .replaceAll('≤', '<=')
    .replaceAll('≥', '>=')
    .replaceAll('&&', ' and ')
    .replaceAll('||', ' or ')
    .replace(/between (\d+) and (\d+)/g, 'in $1..$2')
    .replace(/\[(\d+) ?[,-] ?(\d+)\]/g, '$1..$2');
  const joined = (part: string, word: 'or' | 'and'): string | null => {
    const parts = splitAt(part, word);
    if (parts.length > 1) state.isJoined = true;
    const read = parts.map((inside) => (word === 'or' ? joined(inside, 'and') : single(inside)));
    if (read.includes(null)) return null;
    return read.length > 1 && word === 'or' ? `(${read.join(' or ')})` : read.join(' and ');
  };
  const single = (part: string): string | null => {
    const inside = part.trim();
    if (isWrapped(inside)) return joined(inside.slice(1, -1), 'or');
    const formula = atom(inside);
    if (formula === null) state.unread ??= inside;
    else if (formula.includes('typical_duration')) state.isExPost = true;
    return formula;
  };
  return { formula: joined(plain, 'or'), ...state };
}

/** One comparison. The share of an event becomes its age against the usual duration of events that are over. */
function atom(text: string): string | null {
  if (text === 'true' || text === 'all') return '1 == 1';
  const share = /^fractional_age (<=|<|>=|>) (\d*\.?\d+)$/.exec(text.replaceAll(/\s*(<=|>=|<|>)\s*/g, ' $1 '));
  if (share !== null) return `age ${share[1]!} ${Number(share[2])} * typical_duration`;
  const bucket = /^fractional_age_(\d+)_(\d+)$/.exec(text);
  if (bucket !== null) {
    const [low, high] = [Number(bucket[1]), Number(bucket[2])];
    const most = `age <= ${high / 100} * typical_duration`;
    return low === 0 ? most : `age > ${(low - 1) / 100} * typical_duration and ${most}`;
  }
  const hours = /(?:^|[ _-])(?:hours?|session|tod_bucket)\)? *(?:is |with)?(?:within|in)? *(\d{1,2})\.\.(\d{1,2})\)?$/.exec(text);
  if (hours !== null && /^[a-z _()-]+\d{1,2}\.\.\d{1,2}\)?$/.test(text)) return hourRange([Number(hours[1]), Number(hours[2])]);
  const compared = /^(?:hour|tod_bucket) *(<=|<|>=|>) *(\d{1,2})$/.exec(text);
  if (compared !== null) return `hour() ${compared[1]!} ${Number(compared[2])}`;
  const session = /^(?:session_(asia|eu|us)|(asia|eu|us)[ -_]session)$/.exec(text);
  return session === null ? null : hourRange(sessions[session[1] ?? session[2]!]!);
}

function hourRange([from, to]: readonly [number, number]): string | null {
  return from > to || to > 23 ? null : `hour() >= ${from} and hour() <= ${to}`;
}

/** Parts between a word that stands outside all brackets. */
function splitAt(text: string, word: string): string[] {
  const parts: string[] = [];
  let [depth, from] = [0, 0];
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')') depth--;
    else if (depth === 0 && text.startsWith(` ${word} `, i)) {
      parts.push(text.slice(from, i));
      from = i + word.length + 2;
      i = from - 1;
    }
  }
  return [...parts, text.slice(from)];
}

function isWrapped(text: string): boolean {
  if (!text.startsWith('(') || !text.endsWith(')')) return false;
  let depth = 0;
  for (let i = 0; i < text.length - 1; i++) {
    depth += text[i] === '(' ? 1 : text[i] === ')' ? -1 : 0;
    if (depth === 0) return false;
  }
  return true;
}
