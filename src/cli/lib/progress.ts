import type { ProgressEvent } from '../../stages/lib/runPipeline.ts';
import type { StageProgress } from '../../stages/lib/stage.ts';
import type { Invocation } from './command.ts';

/** A listener that writes one line per stage, and while it works where it is, how fast, and how long it will take. */
export function progressReporter({ note, effects }: Pick<Invocation, 'note' | 'effects'>): (event: ProgressEvent) => void {
  let startedAt = 0;
  let amount: StageProgress | null = null;
  return (event) => {
    if (event.type === 'run') return note(`run ${event.runId}${event.reason === null ? '' : ` (${event.reason})`}`);
    if (event.type === 'warning') return note(`warning: ${event.text}`);
    const line = (text: string) => `  ${event.stage.padEnd(16)} ${text}`;
    if (event.type === 'note') {
      amount = event.progress ?? amount;
      const text = event.progress === undefined ? event.text : `${event.text}, ${movement(event.progress, effects.clock.elapsed() - startedAt)}`;
      return note(line(text), { isTransient: true });
    }
    if (event.state === 'start') {
      startedAt = effects.clock.elapsed();
      amount = null;
      return note(line('...'), { isTransient: true });
    }
    if (event.state === 'current') return note(line('up to date'));
    note(
      line(
        `${(event.ms / 1000).toFixed(2)} s${amount === null ? '' : `, ${count(amount.total)} ${unitOf(amount)}, ${rate(amount.total, event.ms)} ${amount.unit}/s`}`,
      ),
    );
  };
}

/** `34 of 144 months, 12 months/s, 9 s left`; rate and rest once something is done. */
export function movement(progress: StageProgress, ms: number): string {
  const { done, total, unit } = progress;
  const state = `${count(done)} of ${count(total)} ${unitOf(progress)}`;
  if (done === 0 || ms <= 0) return state;
  const left = (ms / done) * (total - done);
  return `${state}, ${rate(done, ms)} ${unit}/s, ${duration(left)} left`;
}

function unitOf({ total, unit }: StageProgress): string {
  return total === 1 ? unit.slice(0, -1) : unit;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function rate(amount: number, ms: number): string {
  const perSecond = (amount * 1000) / Math.max(ms, 1);
  return perSecond < 100 ? String(Number(perSecond.toPrecision(2))) : count(Number(perSecond.toPrecision(3)));
}

/** `9 s`, `2 min 5 s`, `1 h 20 min`. */
export function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}
