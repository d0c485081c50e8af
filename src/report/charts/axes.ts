import { ink } from './palette.ts';

/** Parts that all charts share: quiet axes, horizontal grid lines, text in the page's colors. */
export const axisLook = {
  axisLine: { show: true, lineStyle: { color: ink('axis') } },
  axisTick: { show: true, lineStyle: { color: ink('axis') } },
  axisLabel: { color: ink('muted'), fontSize: 12 },
  splitLine: { show: false },
} as const;

export const valueLook = {
  axisLine: { show: false },
  axisTick: { show: false },
  axisLabel: { color: ink('muted'), fontSize: 12 },
  splitLine: { show: true, lineStyle: { color: ink('line') } },
} as const;

export const nameLook = { color: ink('muted'), fontSize: 12 } as const;

/** A line without symbols or reactions. */
export const stillLine = { type: 'line', showSymbol: false, silent: true, animation: false } as const;

/** Text beside a point, without the halo that the library would draw. */
export function label(text: string, color: string) {
  return { show: true, formatter: text.replace(/[{}|]/g, ' '), color, textBorderWidth: 0, textBorderColor: 'none', fontSize: 12 } as const;
}
