/**
 * Small files and folders that are there as a whole or not at all, whenever the power fails.
 * Invariant: what a function here has resolved for, no crash takes away.
 */
import { dirname, join } from 'node:path';
import type { Files } from '../../../platform/files.ts';

export interface DurableFile {
  readonly folder: string;
  readonly name: string;
  /** What it is called before it is whole; one that a crash left is replaced. */
  readonly newName: string;
  /** Asked when it is whole and has not got its name; what it throws leaves it without. */
  readonly checkAllowed?: () => Promise<void>;
}

/** Writes a file under another name, makes its bytes durable, then renames it. */
export async function writeDurably(
  files: Files,
  { folder, name, newName, checkAllowed }: DurableFile,
  content: Uint8Array,
): Promise<void> {
  await writeSynced(files, join(folder, newName), content);
  await checkAllowed?.();
  // Atomic, and only now: a reader finds the old content, or all of the new one.
  await files.rename(join(folder, newName), join(folder, name));
  await files.syncFolder(folder);
}

async function writeSynced(files: Files, path: string, content: Uint8Array): Promise<void> {
  const file = await files.openToWrite(path);
  try {
    await file.write(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a folder and those above it, each name durable. */
export async function createFolderDurably(files: Files, path: string): Promise<void> {
  const missing: string[] = [];
  for (let at = path; (await files.status(at)) === null; at = dirname(at)) missing.push(at);
  await files.createFolder(path);
  // From the top: a name below is of no use without those above it.
  for (const made of missing.reverse()) await files.syncFolder(dirname(made));
}
