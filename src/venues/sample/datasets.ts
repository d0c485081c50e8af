import { archiveLayouts } from '../layouts.ts';
import type { ArchiveDataset, ArchivePeriod, ArchiveRequest } from '../layouts.ts';

/** The simulated archive has every dataset that is read anywhere, in the layout of the real one. */
export type SampleDataset = ArchiveDataset;
export type SamplePeriod = ArchivePeriod;
export type SampleRequest = ArchiveRequest;

export const sampleDatasets = Object.keys(archiveLayouts) as readonly SampleDataset[];
