/** Text of a CSV file with a header line. Missing numbers are empty cells; text that a spreadsheet would run is made inert. */
export function csvText(header: readonly string[], rows: readonly (readonly (string | number | boolean | null)[])[]): string {
  const lines = [header.join(','), ...rows.map((row) => row.map(cell).join(','))];
  return `${lines.join('\n')}\n`;
}

function cell(value: string | number | boolean | null): string {
  if (value === null || (typeof value === 'number' && !Number.isFinite(value))) return '';
  if (typeof value !== 'string') return String(value);
  const inert = /^[=+\-@\t\r]/.test(value) && !/^[+-]?\d+(\.\d+)?$/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

/** Records of a CSV file without quoted cells: numbers as numbers, empty cells as null. */
export function parseRecords(text: string): Record<string, string | number | null>[] {
  const [header, ...lines] = text.trimEnd().split('\n') as [string, ...string[]];
  const names = header.split(',');
  const value = (cell: string) => (cell === '' ? null : Number.isNaN(Number(cell)) ? cell : Number(cell));
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i]!, value(cell)])));
}
