import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A folder of specs with one study that reads the given columns and asks nothing else of them. */
export function studyThatReads(folder: string, id: string, columns: readonly string[]): string {
  mkdirSync(join(folder, 'studies'), { recursive: true });
  const when = columns.map((column) => `${column} >= mean(${column}, 2)`).join(' and ');
  const text = `
id: ${id}
version: 1
title: a study about open_interest in its title and nowhere else
hypothesis: { question: Is book.spread only prose?, primary: move, direction: different, smallest_effect: 0 }
detector: { when: "${when}" }
spacing: { cooldown: 8 }
windows: { after: [1, 4] }
outcomes: { move: { forward_return: {}, window: after } }
matching: { nearest: [{ of: "hour()", caliper: 24 }] }
estimands: { move: { outcome: move, statistic: mean_difference } }
`;
  writeFileSync(join(folder, 'studies', `${id}.yaml`), text);
  return folder;
}
