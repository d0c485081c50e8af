/**
 * Colors of the report, light and dark: Okabe and Ito's color-blind-safe hues, darkened or lightened until text and
 * lines stand out from the ground. Charts are drawn with the stand-ins, which the renderer replaces by the variable.
 */
export interface Color {
  readonly light: string;
  readonly dark: string;
  /** What the chart library draws; no two are alike. */
  readonly standIn: string;
}

export const palette = {
  ground: { light: '#ffffff', dark: '#14171c', standIn: '#01fe01' },
  panel: { light: '#f6f7f9', dark: '#1b1f26', standIn: '#01fe02' },
  ink: { light: '#1c2430', dark: '#e6e9ee', standIn: '#01fe03' },
  muted: { light: '#566071', dark: '#a3adbb', standIn: '#01fe04' },
  line: { light: '#dde1e7', dark: '#313843', standIn: '#01fe05' },
  axis: { light: '#8a94a3', dark: '#6d7786', standIn: '#01fe06' },
  link: { light: '#00568f', dark: '#7cc0ee', standIn: '#01fe07' },
  net: { light: '#0067a5', dark: '#62b4e8', standIn: '#01fe08' },
  other: { light: '#8a5a00', dark: '#e0a431', standIn: '#01fe09' },
  loss: { light: '#b34700', dark: '#f08a4b', standIn: '#01fe0a' },
  gain: { light: '#00694d', dark: '#3fc39a', standIn: '#01fe0b' },
  gaintint: { light: '#e3f2ec', dark: '#16332b', standIn: '#01fe0c' },
  losstint: { light: '#fbeadf', dark: '#3d2718', standIn: '#01fe0d' },
} as const satisfies Record<string, Color>;

export type ColorName = keyof typeof palette;

/** The stand-in that a chart draws with. */
export function ink(name: ColorName): string {
  return palette[name].standIn;
}

/** The colors as declarations of custom properties. */
export function colorVariables(mode: 'light' | 'dark'): string {
  return Object.entries(palette)
    .map(([name, color]) => `--${name}:${color[mode]}`)
    .join(';');
}
