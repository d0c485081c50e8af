import { afterAll, describe, it } from 'vitest';
import { documents, frontDocuments } from '../support/documents.ts';
import { removeFolders } from '../support/pipeline.ts';
import { isRun, runDocument } from '../support/runDocument.ts';

afterAll(removeFolders);

/** Those of the front documents run in the quick tier (commands.test.ts). */
describe('commands of the guides', () => {
  const guides = documents.filter((name) => !frontDocuments.includes(name) && isRun(name));
  it.concurrent.each(guides)('%s: those marked to be run end as it says', runDocument, 300_000);
});
