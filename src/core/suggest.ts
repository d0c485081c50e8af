/**
 * What a mistyped word probably is: the only known word that begins with it, else the one nearest to it
 * (Damerau-Levenshtein distance at most a third of its length), else the only one that begins like it but for its last
 * letter, or null.
 */
export function nearest(word: string, known: readonly string[]): string | null {
  return onlyOneFrom(word, known) ?? fewestChanges(word, known) ?? onlyOneFrom(word.slice(0, -1), known);
}

/** The only known word with a beginning of at least three letters. */
function onlyOneFrom(beginning: string, known: readonly string[]): string | null {
  if (beginning.length < 3) return null;
  const found = known.filter((candidate) => candidate.toLowerCase().startsWith(beginning.toLowerCase()));
  return found.length === 1 ? found[0]! : null;
}

function fewestChanges(word: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `; did you mean X?` or an empty text, for the end of a message. */
export function didYouMean(word: string, known: readonly string[]): string {
  const match = nearest(word, known);
  return match === null ? '' : `; did you mean ${match}?`;
}

function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(row[j - 1]! + 1, rows[i - 1]![j]! + 1, rows[i - 1]![j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, rows[i - 2]![j - 2]! + 1);
      row.push(cost);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
