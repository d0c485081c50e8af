import type { Finding } from '../../core/findings.ts';
import { isTempName } from '../../lake/writeAtomic.ts';
import { walkFiles } from '../../lake/walkFiles.ts';
import { type AuditTools, fault, fileFault, remark } from './auditTools.ts';
import { isProvenance } from './provenance.ts';
import { contractOf } from './tableContracts.ts';
import { verifyTable } from './verifyTables.ts';

/** Every provenance record with the bytes received and the raw partition it names; then what no record names. */
export async function verifyRaw(tools: AuditTools): Promise<Finding[]> {
  const findings: Finding[] = [];
  const named = new Set<string>();
  for (const { path, objects, partition, problem } of tools.provenance) {
    if (tools.signal.aborted) break;
    if (problem !== null) findings.push(fault('PROVENANCE_DAMAGED', path, problem));
    for (const object of objects) {
      named.add(object.path);
      const difference = await tools.check(object);
      if (difference !== null) findings.push(fileFault(object.path, difference));
    }
    if (partition === null) continue;
    named.add(partition.path);
    const difference = await tools.check(partition);
    if (difference !== null) findings.push(fileFault(partition.path, difference));
    else findings.push(...(await verifyTable(tools, partition, contractOf(rawStage(partition.path), partition.path, null))));
  }
  return [...findings, ...(await strays(tools, named))];
}

function rawStage(path: string): string {
  if (path.includes('/ohlcv_15m/')) return 'ingest_ohlcv';
  return path.includes('/funding/') ? 'ingest_funding' : 'ingest_extra';
}

async function strays(tools: AuditTools, named: ReadonlySet<string>): Promise<Finding[]> {
  const findings: Finding[] = [];
  for await (const { path, bytes } of walkFiles(tools.effects.files, tools.paths.root, 'lake/raw')) {
    if (named.has(path) || isTempName(path) || isProvenance(path)) continue;
    findings.push(remark('GARBAGE', path, 'no provenance record names this raw file', { observed: bytes }));
  }
  return findings;
}
