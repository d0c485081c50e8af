import type { GateResult, Verdict } from '../../research/study/result.ts';
import { words } from '../format.ts';
import { escapeMarkdown, item, wrapped } from '../markdown.ts';
import { gateConsequence, gateQuestion, gateValues, verdictConsequence } from './gateWords.ts';
import type { StudyPageModel } from './model.ts';
import { unitOf } from './units.ts';
import { studyHeadline, studySentences } from './verdictWords.ts';

const answers: Readonly<Record<Verdict, string>> = { pass: 'YES', fail: 'NO', inconclusive: 'NOT KNOWN' };

/** The lock of a study: per gate question, evaluation with numbers, answer, consequence. Machine-written; ends with a newline. */
export function renderLock(model: StudyPageModel): string {
  const { document, result, runId } = model;
  const unit = unitOf(document, document.hypothesis.primary);
  const values = (gate: GateResult) =>
    gateValues(gate, unit)
      .map(({ name, shown, asked }) => `${name} ${shown.isMissing ? 'not known' : shown.text}${asked === null ? '' : ` (${asked})`}`)
      .join(', ');
  const gates = result.gates.flatMap((gate, at) => [
    `## ${at + 1}. ${words(gate.id)}`,
    '',
    ...item(`Question: ${escapeMarkdown(gateQuestion(gate))}`),
    ...item(`Evaluation: ${escapeMarkdown(gate.why)}. Observed (asked for): ${escapeMarkdown(values(gate))}.`),
    ...item(`Answer: **${answers[gate.status]}**`),
    ...item(`Consequence: ${escapeMarkdown(gateConsequence(gate))}`),
    ...item(`Numbers: [${gate.evidence}](${gate.evidence})`),
    '',
  ]);
  const lines = [
    `# Lock: ${document.id}, version ${document.version}`,
    '',
    ...wrapped('Written by the program from gates.json and effects.csv; an edit here changes nothing.'),
    '',
    ...item(`Question: ${escapeMarkdown(document.hypothesis.question)}`),
    ...item(`Run: \`${runId}\``),
    ...item(`Digest of the document: \`${result.digest}\``),
    ...item(`Random streams: \`${model.seedRoot}\``),
    '',
    ...(gates.length === 0 ? ['No gate was judged.', ''] : gates),
    '## Verdict',
    '',
    ...wrapped(`**${escapeMarkdown(studyHeadline(model))}.** ${escapeMarkdown(studySentences(model))}`),
    '',
    ...wrapped(`Consequence: ${verdictConsequence[result.verdict]}`),
  ];
  return `${lines.join('\n')}\n`;
}
