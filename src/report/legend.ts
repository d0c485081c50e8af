import type { ColorName } from './charts/palette.ts';
import { type Html, html, trusted } from './html.ts';

/** A sample of a line beside what it stands for, for captions. `dash` as in SVG; none is a solid line. */
export function lineKey(color: ColorName, text: string, dash = ''): Html {
  const stroke = `stroke="var(--${color})" stroke-width="2"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}`;
  return keyOf(`<path d="M0 5H28" fill="none" ${stroke}/>`, text);
}

/** A sample of an area beside what it stands for; `opacity` as the chart draws it. */
export function areaKey(color: ColorName, text: string, opacity = 1): Html {
  return keyOf(`<rect y="1" width="28" height="8" fill="var(--${color})"${opacity === 1 ? '' : ` fill-opacity="${opacity}"`}/>`, text);
}

/** The sample stays beside the first word; the rest may go to the next line. */
function keyOf(shape: string, text: string): Html {
  const [first, ...rest] = text.split(' ') as [string, ...string[]];
  return html`<span class="key">${trusted(`<svg viewBox="0 0 28 10" aria-hidden="true">${shape}</svg>`)}${first}</span>${rest.map((word) => ` ${word}`).join('')}`;
}
