import type { ReferenceFile, ReferenceTable } from '../research/compat/index.ts';
import { writeText } from './lib/artifacts.ts';
import { csvText } from './lib/csv.ts';
import { loadFrame } from './lib/loadFrame.ts';
import { type Artifact, defineStage, type StageContext } from './lib/stage.ts';

/** Reads clean bars, with volume; all others read the feature table. */
const onBars = ['liquidity_vacuum'];

export default defineStage({
  id: 'reference_studies',
  summary: 'repeats the reference system’s analyzers literally, for --compat reference',
  after: ['clean', 'features', 'context'],
  precedes: ['backtest'],
  parameters: ({ symbols, studies = [], compat }) => ({ symbols, studies: studies.map(({ id }) => id), compat }),
  isWanted: ({ compat, studies = [] }) => compat === 'reference' && studies.length > 0,
  finish: async (context) => {
    const { featureTable, referenceAnalyzers } = await import('../research/compat/index.ts');
    const { runId } = context;
    const loaded = [];
    for (const symbol of context.config.symbols) loaded.push(await loadFrame(context, symbol));
    const bars = loaded.map(({ frame }) => frame);
    const tables = bars.map(featureTable);
    const outputs: Artifact[] = [];
    const write = async (folder: string, files: readonly ReferenceFile[]) => {
      for (const file of files) outputs.push(await writeReference(context, folder, file));
      return files;
    };
    const wanted = new Set((context.config.studies ?? []).map(({ id }) => (id.startsWith('funding_') ? 'funding_episode_events' : id)));
    for (const [id, analyzer] of referenceAnalyzers) {
      if (!wanted.has(id)) continue;
      context.note(id);
      await write(`reports/${id}/${runId}`, analyzer.files(onBars.includes(id) ? bars : tables, { runId }));
    }
    // Phase 2 is defined on volatility shocks alone, and the list of candidates on phase 2.
    if (wanted.has('vol_shock_relaxation')) {
      const files = await write(`reports/phase2/${runId}/vol_shock_relaxation`, referenceAnalyzers.get('phase2')!.files(tables, { runId }));
      const candidates = files.find((file): file is ReferenceTable => file.name === 'phase2_candidates.csv')!;
      const options = { runId, phase2: { vol_shock_relaxation: candidates }, summaries: {} };
      await write(`reports/edge_candidates/${runId}`, referenceAnalyzers.get('edge_candidates')!.files([], options));
    }
    return {
      inputs: loaded.flatMap(({ inputs }) => inputs),
      outputs,
      effective: { analyzers: [...wanted].sort() },
      counts: { files: outputs.length },
      findings: [],
    };
  },
});

function writeReference(context: StageContext, folder: string, file: ReferenceFile): Promise<Artifact> {
  const path = `${context.paths.root}/${folder}/${file.name}`;
  return 'text' in file ? writeText(context, path, file.text) : writeText(context, path, csvText(file.header, file.rows), file.rows.length);
}
