import { barMs } from '../../core/time.ts';
import type { LatencyScenario } from '../../engine/latencySensitivity.ts';
import { percent, plural } from '../format.ts';
import type { ReportModel } from '../model.ts';
import { type Caution, type Evidence, type Rule } from './rule.ts';

const files = ['latency_sensitivity.json'];
const barMinutes = barMs / 60_000;

/** Whether the result survives decisions that are executed one or two bars late. */
export const latency: Rule = (model) => {
  const [onTime, ...late] = model.latency;
  if (onTime === undefined || model.metrics.total_trades === 0) return null;
  const evidence = model.latency.map((scenario): Evidence => ({ label: delayText(scenario), value: percent(scenario.netReturn) }));
  const flips = late.find(({ netReturn }) => netReturn * onTime.netReturn < 0);
  if (flips !== undefined) {
    return [
      {
        code: 'LATE_FLIPS_SIGN',
        severity: flips.delayBars === 1 ? 'error' : 'warning',
        topic: 'result',
        text: `${delayOf(flips)} turns the result ${changeOf(onTime, flips)}.`,
        evidence,
        advice:
          'What is earned within minutes of the signal needs an accounting that fills at the next open, and finer bars; until then assume that it is lost.',
        files,
      },
    ];
  }
  const halves = onTime.netReturn > 0 ? late.find(({ netReturn }) => netReturn < onTime.netReturn / 2) : undefined;
  return [...(halves === undefined ? [] : [halved(onTime, halves, evidence)]), ...partsThatFlip(model)];
};

function halved(onTime: LatencyScenario, late: LatencyScenario, evidence: readonly Evidence[]): Caution {
  return {
    code: 'LATE_HALVES',
    severity: 'warning',
    topic: 'result',
    text: `${delayOf(late)} takes more than half of the result: ${changeOf(onTime, late)}.`,
    evidence,
    advice: 'Judge the result with fills at the next open; if most of it hangs on the deciding close, it may not be there to take.',
    files,
  };
}

/** Strategies that change sign one bar late while the book as a whole does not. */
function partsThatFlip({ latency: [onTime, late] }: ReportModel): Caution[] {
  if (onTime === undefined || late === undefined) return [];
  const flipped = Object.keys(onTime.strategies).filter((id) => onTime.strategies[id]! * late.strategies[id]! < 0);
  if (flipped.length === 0) return [];
  const one = (id: string) => `${id} from ${percent(onTime.strategies[id]).text} to ${percent(late.strategies[id]).text}`;
  return [
    {
      code: 'LATE_PART_FLIPS',
      severity: 'warning',
      topic: 'result',
      text: `The book keeps its sign one bar late, but not ${flipped.length === 1 ? 'every strategy' : `${flipped.length} of its strategies`}: ${flipped.map(one).join('; ')}.`,
      evidence: [onTime, late].map((scenario) => ({ label: `Book, ${delayText(scenario).toLowerCase()}`, value: percent(scenario.netReturn) })),
      advice: 'Judge each strategy by itself: the book hides what one of them loses with speed.',
      files,
    },
  ];
}

function delayText({ delayBars }: LatencyScenario): string {
  return delayBars === 0 ? 'On time' : `${plural(delayBars, 'bar')} late`;
}

function delayOf({ delayBars }: LatencyScenario): string {
  return `${delayBars === 1 ? 'One bar' : `${delayBars} bars`} (${delayBars * barMinutes} minutes) of latency`;
}

function changeOf(onTime: LatencyScenario, late: LatencyScenario): string {
  return `from ${percent(onTime.netReturn).text} to ${percent(late.netReturn).text}`;
}
