import { unit } from '../core/define.ts';
import type { ReportModel } from './model.ts';

export interface SectionSpec {
  readonly id: string;
  readonly title: string;
  /** Sections appear in ascending order. */
  readonly order: number;
  /** Why the section has nothing to show for this model, or null when it has; shown in its place. */
  readonly missing?: (model: ReportModel) => string | null;
  /** HTML fragment below the section's heading. Every text is escaped by the caller of `html`. */
  readonly render: (model: ReportModel) => string | Promise<string>;
}

/** One section of the report per file in report/sections. */
export const defineSection = (spec: SectionSpec) => unit('section', spec);
export type Section = ReturnType<typeof defineSection>;
