import type { ReportModel } from './model.ts';
export function renderSummary(model: ReportModel): string {
  return `# ${model.runId}\n`;
}
