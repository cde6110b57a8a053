/** Runs a pipeline on the real platform, in a folder of its own, and reads what it wrote to `out`. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { platformOf } from '../../src/cli/run/place-files.ts';
import { loadModules, startJob, type JobSummary } from '../../src/engine/minicluster.ts';
import { toStreamGraph } from '../../src/pipeline/to-engine/stream-graph.ts';
import { createRealPlatform } from '../../src/platform/real/real-platform.ts';
import { planOf } from '../pipeline/load-text.ts';

export interface PipelineRun {
  readonly summary: JobSummary;
  /** Lines of the finished files in the folder `out`; none where there is no such folder. */
  readonly rows: readonly string[];
}

/** `files`: content by name. Rejects with what ends the job. */
export async function runPipeline(
  text: string,
  files: Readonly<Record<string, string>> = {},
): Promise<PipelineRun> {
  const folder = mkdtempSync(join(tmpdir(), 'drey-run-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const platform = createRealPlatform();
    const plan = await planOf(text, { folder, workingDirectory: folder });
    const graph = toStreamGraph(plan);
    const modules = await loadModules(graph, platform);
    const summary = await startJob(graph, await platformOf(plan, platform), { modules }).done;
    return { summary, rows: rowsIn(join(folder, 'out')) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function rowsIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !/^[._]/.test(entry.name))
    .map(({ name }) => name);
  return names.flatMap((name) =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .filter((line) => line !== ''),
  );
}
