import { sortFindings } from '../../core/findings.ts';
import { count, plural } from '../format.ts';
import type { ReportModel } from '../model.ts';
import type { Caution, Rule } from './rule.ts';

type Found = ReportModel['findings'][number];

/** What the stages found, as far as it is more than information: one caution per code. */
export const dataFindings: Rule = ({ findings }) => {
  const byCode = new Map<string, Found[]>();
  for (const finding of sortFindings(findings.filter(({ severity }) => severity !== 'info')) as Found[]) {
    const key = `${finding.severity} ${finding.code}`;
    byCode.set(key, [...(byCode.get(key) ?? []), finding]);
  }
  return [...byCode.values()].map((group): Caution => {
    const first = group[0]!;
    const more = group.length === 1 ? '' : `; and ${plural(group.length - 1, 'more finding')} of this kind`;
    const subjects = [...new Set(group.map(({ subject }) => subject))];
    return {
      code: first.code,
      severity: first.severity,
      topic: 'data',
      text: `${first.subject}: ${first.message}${more}`,
      evidence:
        group.length === 1
          ? []
          : [
              { label: 'Findings', value: count(group.length) },
              { label: 'Subjects', value: count(subjects.length) },
            ],
      advice: 'See each one with its time under Data quality, and whether trades were open there.',
      files: [],
      stages: [...new Set(group.map(({ stage }) => stage))],
    };
  });
};
