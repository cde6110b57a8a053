/** Which files of pieces the manifests in a checkpoint directory refer to. */
import type { Files } from '../../../platform/files.ts';
import { pathOfFile } from './snapshot-layout.ts';
import { findJobs, type FoundJob } from './survey.ts';

/**
 * Absolute paths. Null: a manifest cannot be read, so nobody knows what it refers to, and nothing
 * may be deleted.
 */
export async function findReferences(
  files: Files,
  directory: string,
): Promise<ReadonlySet<string> | null> {
  return referencesOf(await findJobs(files, directory));
}

export function referencesOf(jobs: readonly FoundJob[]): ReadonlySet<string> | null {
  const paths = new Set<string>();
  for (const { checkpoints } of jobs) {
    for (const { location, content } of checkpoints) {
      if (content.kind === 'unreadable') return null;
      if (content.kind === 'incomplete') continue;
      for (const file of content.manifest.files) {
        if (file.place.kind === 'shared') paths.add(pathOfFile(location, file));
      }
    }
  }
  return paths;
}
