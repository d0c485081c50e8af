import { relative } from 'node:path';
import type { ReportCertificate } from '../../report/model.ts';
import { certificateSummary } from '../../research/certificate/certification.ts';
import { writeText } from './artifacts.ts';
import { certificateText, publishedFolder, readShippedCertificate } from './certificateFiles.ts';
import type { Artifact, StageContext } from './stage.ts';

/** What a report says of the certificate that comes with the program, and the files behind it. */
export interface PublishedCertificate {
  readonly certificate: ReportCertificate;
  readonly input: Artifact;
  readonly outputs: readonly Artifact[];
}

/**
 * Puts the program's certificate and its page beside the reports, in a folder named by their content: runs share it, and a later
 * certificate leaves it alone. A campaign of the data root's own never speaks in reports, because they have to be the same on every data root.
 *
 * @returns null when the program has no certificate
 */
export async function publishCertificate(context: StageContext): Promise<PublishedCertificate | null> {
  const shipped = await readShippedCertificate(context.effects.files);
  if (shipped === null) return null;
  const { certificate, artifact: input } = shipped;
  const { renderCertificate } = await import('../../report/certificate/renderCertificate.ts');
  const [text, html] = [certificateText(certificate), await renderCertificate(certificate)];
  const folder = publishedFolder(context.paths, text, html);
  const outputs = [await writeText(context, `${folder}/certificate.json`, text), await writeText(context, `${folder}/certificate.html`, html)];
  const page = relative(context.paths.report(context.runId), `${folder}/certificate.html`).replaceAll('\\', '/');
  return { certificate: { alpha: certificate.alpha, ...certificateSummary(certificate), page }, input, outputs };
}
