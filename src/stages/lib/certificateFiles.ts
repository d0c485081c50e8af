import { join } from 'node:path';
import { sha256 } from '../../core/canonicalJson.ts';
import type { Effects, Files } from '../../core/effects.ts';
import { AppError } from '../../core/errors.ts';
import { relativePath, type LakePaths } from '../../lake/paths.ts';
import { sealJson, unsealJson } from '../../lake/sealedJson.ts';
import { writeAtomic } from '../../lake/writeAtomic.ts';
import { codeRoot } from '../../registry/discover.ts';
import { certificateDocument, certificateOf } from '../../research/certificate/document.ts';
import type { Certificate } from '../../research/certificate/model.ts';
import type { Artifact } from './stage.ts';

const schema = 1;

/** Name under which manifests record the certificate that came with the program; it lies outside of the data root. */
export const shippedName = 'specs/certificate.json';

/** A certificate with the file it was read from, as stages record it. */
export interface ShippedCertificate {
  readonly certificate: Certificate;
  readonly artifact: Artifact;
}

/** A certificate as the text of its file. */
export function certificateText(certificate: Certificate): string {
  return sealJson(certificateDocument(certificate), schema);
}

/** The certificate that comes with the program; null when there is none. @throws E_ARTIFACT_DAMAGED */
export async function readShippedCertificate(files: Files): Promise<ShippedCertificate | null> {
  const path = join(codeRoot().folder, '..', 'specs', 'certificate.json');
  if ((await files.stat(path)) === null) return null;
  const bytes = await files.read(path);
  const found = unsealJson(bytes.toString('utf8'), schema);
  const certificate = found.state === 'whole' ? certificateOf(found.value) : null;
  if (certificate === null)
    throw new AppError('E_ARTIFACT_DAMAGED', {
      path: shippedName,
      problem: 'problem' in found ? found.problem : 'it is not a certificate; install the program again or make one with `backtest certify --out`',
    });
  return { certificate, artifact: { path: shippedName, sha256: sha256(bytes), bytes: bytes.byteLength, rows: null, start: null, end: null } };
}

/** Folder of a certificate that reports link to, named by its content: no later one replaces what a report links to. */
export function publishedFolder(paths: LakePaths, text: string, page: string): string {
  return join(paths.root, 'reports', 'certificate', sha256(text + page).slice(0, 12));
}

/** Writes a campaign's own certificate and page. @returns their paths below the data root */
export async function writeCertificate(
  effects: Pick<Effects, 'files' | 'uniqueName'>,
  paths: LakePaths,
  certificate: Certificate,
): Promise<{ readonly json: string; readonly html: string }> {
  const { renderCertificate } = await import('../../report/certificate/renderCertificate.ts');
  const folder = join(paths.root, 'reports', 'certificate');
  const [json, html] = [join(folder, 'certificate.json'), join(folder, 'certificate.html')];
  await writeAtomic(effects.files, json, certificateText(certificate), effects.uniqueName);
  await writeAtomic(effects.files, html, await renderCertificate(certificate), effects.uniqueName);
  return { json: relativePath(paths.root, json), html: relativePath(paths.root, html) };
}
