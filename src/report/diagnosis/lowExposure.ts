import { activeDays, bookDays } from '../bookDays.ts';
import { count, percent, plural } from '../format.ts';
import { bookFile, type Rule } from './rule.ts';

/** Share of bars with a position below which most of the sample is idle. */
const lowShare = 0.1;
/** Days with a position below which a daily ratio rests on few of them. */
const fewDays = 100;

/** A book that is rarely in the market: its ratios rest on few days. */
export const lowExposure: Rule = ({ book, metrics }) => {
  const share = metrics.time_in_market;
  if (metrics.total_trades === 0 || share === null || share >= lowShare) return null;
  const days = bookDays(book);
  const active = activeDays(days).day.length;
  return {
    code: 'LOW_EXPOSURE',
    severity: active < fewDays ? 'warning' : 'info',
    topic: 'result',
    text: `A position was held on ${percent(share).text} of bars, on ${count(active).text} of ${plural(days.day.length, 'day')}: the other days make ratios look calmer and say nothing about the edge.`,
    evidence: [
      { label: 'Bars with a position', value: percent(share) },
      { label: 'Days with a position', value: count(active) },
      { label: 'Days', value: count(days.day.length) },
    ],
    advice: 'Count the days with a position, not the days of the run, when you ask how much was observed.',
    files: bookFile,
  };
};
