import type { IChartApi, IPanePrimitive, IPanePrimitivePaneView, Logical } from 'lightweight-charts';

/** A ground behind the slots `from` to `to`, both included, from top to bottom of the pane. */
export interface Band {
  readonly from: number;
  readonly to: number;
  readonly color: string;
}

export interface BandShade {
  readonly primitive: IPanePrimitive;
  readonly show: (bands: readonly Band[]) => void;
}

/** Grounds behind slots of the time axis; a histogram would leave seams between its columns. */
export function bandShade(chart: IChartApi): BandShade {
  let bands: readonly Band[] = [];
  let update = () => {};
  const view: IPanePrimitivePaneView = {
    zOrder: () => 'bottom',
    renderer: () => ({
      draw: (target) =>
        target.useBitmapCoordinateSpace(({ context, bitmapSize, horizontalPixelRatio }) => {
          const scale = chart.timeScale();
          const half = scale.options().barSpacing / 2;
          for (const { from, to, color } of bands) {
            const [left, right] = [scale.logicalToCoordinate(from as Logical), scale.logicalToCoordinate(to as Logical)];
            if (left === null || right === null) continue;
            const start = Math.round((left - half) * horizontalPixelRatio);
            context.fillStyle = color;
            context.fillRect(start, 0, Math.round((right + half) * horizontalPixelRatio) - start, bitmapSize.height);
          }
        }),
    }),
  };
  return {
    primitive: {
      attached: ({ requestUpdate }) => {
        update = requestUpdate;
      },
      paneViews: () => [view],
    },
    show: (next) => {
      bands = next;
      update();
    },
  };
}
