/**
 * Says that a run came to the end of its input and committed all of it: written after the last
 * commit, before its checkpoints are removed, so that a restart finds either them or this.
 */
import type { Files } from '../../../platform/files.ts';
import { writeDurably } from './durable-files.ts';
import { FINISHED_NAME, FINISHED_NEW_NAME } from './snapshot-layout.ts';

export async function writeFinished(
  files: Files,
  jobFolder: string,
  finishedAtMs: number,
): Promise<void> {
  const content = new TextEncoder().encode(`${JSON.stringify({ finishedAtMs })}\n`);
  const names = { folder: jobFolder, name: FINISHED_NAME, newName: FINISHED_NEW_NAME };
  await writeDurably(files, names, content);
}
