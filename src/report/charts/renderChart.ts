import type { ComposeOption } from 'echarts/core';
import type { BarSeriesOption, LineSeriesOption, ScatterSeriesOption } from 'echarts/charts';
import type { GridComponentOption, MarkLineComponentOption, MarkPointComponentOption } from 'echarts/components';
import { escapeHtml, type Html, html, trusted } from '../html.ts';
import { prose } from '../format.ts';
import { palette } from './palette.ts';
import { shortPath } from './shortPath.ts';

export type ChartOption = ComposeOption<
  BarSeriesOption | LineSeriesOption | ScatterSeriesOption | GridComponentOption | MarkLineComponentOption | MarkPointComponentOption
>;

/** Widths a chart is drawn for; the page shows the one that fits. */
export interface ChartFrame {
  readonly isNarrow: boolean;
  readonly width: number;
  readonly height: number;
}

export interface ChartSpec {
  /** Prefix of ids inside the drawing: unique in the page. */
  readonly key: string;
  /** What the drawing shows, for those who do not see it. */
  readonly label: string;
  /** Heights in pixels for the wide (920) and the narrow (380) drawing. */
  readonly height: { readonly wide: number; readonly narrow: number };
  readonly option: (frame: ChartFrame) => ChartOption;
}

export interface FigureSpec extends ChartSpec {
  /** The finding, in a sentence. */
  readonly title: string;
  /** Units, what is included, where it comes from. */
  readonly caption: Html;
  /** Takes the drawing's place on a screen when scripts run. */
  readonly live?: Html;
}

/** A figure with its finding as title, drawn for wide and narrow pages, and a caption. */
export async function figure(spec: FigureSpec): Promise<Html> {
  const wide = await renderChart(spec, { isNarrow: false, width: 920, height: spec.height.wide });
  const narrow = await renderChart(spec, { isNarrow: true, width: 380, height: spec.height.narrow });
  return html`<figure${spec.live === undefined ? null : trusted(' class="has-live"')}>
<h3>${prose(spec.title)}</h3>
${spec.live}<div class="wide">${wide}</div>
<div class="narrow">${narrow}</div>
<figcaption>${spec.caption}</figcaption>
</figure>
`;
}

/** One chart as SVG text: same bytes for the same option, in any time zone and in any order of drawing. */
export async function renderChart(spec: ChartSpec, frame: ChartFrame): Promise<Html> {
  const init = await loadEcharts();
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: frame.width, height: frame.height });
  try {
    chart.setOption({
      animation: false,
      useUTC: true,
      backgroundColor: 'transparent',
      textStyle: { fontFamily: 'sans-serif', fontSize: 12 },
      ...spec.option(frame),
    });
    const svg = chart.renderToSVGString();
    return trusted(tidy(svg, `${spec.key}-${frame.isNarrow ? 'narrow' : 'wide'}`, spec.label));
  } finally {
    chart.dispose();
  }
}

async function loadEcharts() {
  const [core, charts, components, renderers] = await Promise.all([
    import('echarts/core'),
    import('echarts/charts'),
    import('echarts/components'),
    import('echarts/renderers'),
  ]);
  const { GridComponent, MarkLineComponent, MarkPointComponent } = components;
  core.use([charts.LineChart, charts.BarChart, charts.ScatterChart, GridComponent, MarkLineComponent, MarkPointComponent, renderers.SVGRenderer]);
  return core.init;
}

/** Accessible name, own ids, page colors and page font; no style sheet, no bookkeeping attributes, no unseen lines. */
function tidy(svg: string, key: string, label: string): string {
  const ids = new Map<string, string>();
  const own = (id: string) => {
    if (!ids.has(id)) ids.set(id, `${key}-${ids.size + 1}`);
    return ids.get(id)!;
  };
  let text = svg
    .replace(/<style[\s\S]*?<\/style>/g, '')
    .replace(/<path [^>]*stroke-width="0"[^>]*><\/path>/g, '')
    .replace(/ (?:class|ecmeta_\w+|pointer-events|baseProfile|xmlns:xlink|xml:space|version)="[^"]*"/g, '')
    .replace(/font:\s*(?:normal |bold |\d00 )*(\d+)px [^;"]*/g, 'font-size:$1px')
    .replace(/font-family:[^;"]*;?/g, '')
    .replace(/\bzr\d+-(?:[a-z]+-?)*\d+/g, own)
    .replace(/ d="([^"]+)"/g, (_, path: string) => ` d="${shortPath(path)}"`)
    .replace(
      /^<svg width="(\d+)" height="(\d+)"/,
      (_, width: string, height: string) => `<svg role="img" aria-label="${escapeHtml(label)}" width="${width}" height="${height}"`,
    );
  for (const [name, { standIn }] of Object.entries(palette)) text = text.replaceAll(standIn, `var(--${name})`);
  return text
    .replace(/<defs >/g, '<defs>')
    .replace(/\n\s*\n/g, '\n')
    .trim();
}
