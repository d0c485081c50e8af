import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { parseDay } from '../../src/core/time.ts';
import { monthOf } from '../../src/core/time.ts';
import { type ArchiveDataset, archiveLayouts, type ArchivePeriod, archivePath, type ArchiveRequest } from '../../src/venues/layouts.ts';
import { sampleArchive, zipSampleArchive } from '../../src/venues/sample/archive.ts';
import { noDefects, type PlantedDefect } from '../../src/venues/sample/defects.ts';
import { type VenueServer, venueServer, zipOne } from './venueServer.ts';

export interface SampleVenue extends VenueServer {
  /** Publishes another CSV instead of a generated file, with a true checksum. */
  replace(request: ArchiveRequest, change: (csv: string) => string): void;
  /** The file is not there. */
  hide(request: ArchiveRequest): void;
  /** The CHECKSUM file of an archive names another hash. */
  spoilChecksum(request: ArchiveRequest): void;
}

/** The simulated archive, every dataset of it, served over HTTP on loopback as the exchange serves the real one. */
export async function sampleVenue({
  seed = 1,
  defects = noDefects,
  date = Date.UTC(2027, 0, 1),
}: { seed?: number; defects?: readonly PlantedDefect[]; date?: number } = {}): Promise<SampleVenue> {
  const venue = await venueServer(date);
  const hidden = new Set<string>();
  const spoilt = new Set<string>();
  const replaced = new Map<string, Uint8Array>();
  const made = new Map<string, Uint8Array | null>();
  const bytesAt = (path: string): Uint8Array | null => {
    const known = replaced.get(path);
    if (known !== undefined || hidden.has(path)) return known ?? null;
    if (!made.has(path)) {
      const request = requestOf(path);
      const archive = request === null ? null : sampleArchive(seed, request, defects);
      made.set(path, archive === null ? null : zipSampleArchive(archive));
    }
    return made.get(path)!;
  };
  venue.intercept = (path, response) => {
    if (path.startsWith('/fapi/')) return false;
    const isChecksum = path.endsWith('.CHECKSUM');
    const file = isChecksum ? path.slice(0, -'.CHECKSUM'.length) : path;
    const bytes = bytesAt(file);
    if (bytes === null) return send(response, 404, Buffer.from('<Error><Code>NoSuchKey</Code></Error>'));
    const hash = spoilt.has(file) ? '0'.repeat(64) : createHash('sha256').update(bytes).digest('hex');
    return send(response, 200, isChecksum ? Buffer.from(`${hash}  ${file.split('/').at(-1)}\n`) : bytes);
  };
  return Object.assign(venue, {
    replace(request: ArchiveRequest, change: (csv: string) => string) {
      const archive = sampleArchive(seed, request, defects)!;
      replaced.set(`/${archivePath(request)}`, zipOne(archive.entryName, change(Buffer.from(archive.csv).toString('utf8'))));
    },
    hide: (request: ArchiveRequest) => void hidden.add(`/${archivePath(request)}`),
    spoilChecksum: (request: ArchiveRequest) => void spoilt.add(`/${archivePath(request)}`),
  });
}

/** `2024-01` or `2024-01-05` of a dataset of a symbol. */
export function fileOf(dataset: ArchiveDataset, symbol: string, label: string): ArchiveRequest {
  return { dataset, symbol, period: periodOf(label) };
}

function periodOf(label: string): ArchivePeriod {
  const day = parseDay(label.padEnd(10, '-01'))!;
  return label.length === 7 ? { kind: 'month', month: monthOf(day) } : { kind: 'day', day };
}

/** The request that an address stands for; null for one that no dataset has. */
function requestOf(path: string): ArchiveRequest | null {
  const label = /-(\d{4}-\d{2}(?:-\d{2})?)\.zip$/.exec(path)?.[1];
  const symbol = /\/([A-Z0-9]+)-[^/]*$/.exec(path)?.[1];
  if (label === undefined || symbol === undefined) return null;
  const datasets = Object.keys(archiveLayouts) as ArchiveDataset[];
  return datasets.map((dataset) => fileOf(dataset, symbol, label)).find((request) => `/${archivePath(request)}` === path) ?? null;
}

function send(response: ServerResponse, status: number, body: Uint8Array): true {
  response.statusCode = status;
  response.setHeader('Content-Length', body.length);
  response.end(body);
  return true;
}
