import { abmaFiles, abmaStudy } from './lib/abma.ts';
import type { AbmaInput } from './lib/abmaTape.ts';
import type { ReferenceAnalyzer } from './lib/analyzer.ts';

/**
 * The reference's study of the order book after session opens. It cannot accept anything: an event at the open has no baseline inside the session and
 * hence no control (S-18). Takes trades, quotes and a calendar as options, and no bars.
 *
 * @source research specification 4.9
 */
export const abma: ReferenceAnalyzer<AbmaInput> = {
  id: 'abma',
  files: (_frames, { trades = [], quotes = [], calendar = [], ...options }) => {
    const input = { trades, quotes, calendar, funding: [] };
    return abmaFiles(abmaStudy(input, 'v1', null), input, options);
  },
};
