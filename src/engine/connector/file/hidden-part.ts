/**
 * A part of a file sink that is not visible yet, from its first row to its commit.
 * Invariant: a sync that failed is not tried again: what it was to write may be gone, though a second
 * one succeeds.
 */
import { assert } from '../../../errors/assert.ts';
import type { WritableFile } from '../../../platform/files.ts';
import type { PendingPart } from './file-sink-state.ts';
import type { PartName } from './part-name.ts';

export interface Part {
  readonly name: PartName;
  readonly file: WritableFile;
  sizeBytes: number;
  /** Rows are still added to it. */
  isOpen: boolean;
  /** The snapshot that named it first; null: none has. */
  checkpointId: number | null;
  /** A savepoint names it: it gets another hidden name, which nobody takes for a leftover. */
  isSaved: boolean;
  /** Its content is durable when this resolves; null: nobody has asked for it. */
  synced: Promise<void> | null;
  /** The same for its name in the folder. */
  named: Promise<void> | null;
  /** The same for the name that it has for savepoints. */
  saved: Promise<void> | null;
}

/** Puts the part's content on disk; nothing is added to it any more. */
export function finish(part: Part): Promise<void> {
  part.isOpen = false;
  part.synced ??= syncAndClose(part.file);
  return part.synced;
}

async function syncAndClose(file: WritableFile): Promise<void> {
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

export function pendingOf({ name, sizeBytes, checkpointId }: Part): PendingPart {
  assert(checkpointId !== null, 'a pending part belongs to a checkpoint');
  return { name, sizeBytes, checkpointId };
}
