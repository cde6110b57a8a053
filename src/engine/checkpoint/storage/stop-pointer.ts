/**
 * Says in the folder of a job where the savepoint is that it stopped with: written when that is
 * complete and before its output is committed, so that nobody goes on from an older checkpoint and
 * writes the same rows again. It may lie anywhere and be moved; then its user says where it is.
 */
import { isAbsolute, join } from 'node:path';
import { DreyError } from '../../../errors/drey-error.ts';
import type { Files } from '../../../platform/files.ts';
import { writeDurably } from './durable-files.ts';
import { snapshotCorrupt } from './snapshot-error.ts';
import { STOPPED_NAME, STOPPED_NEW_NAME } from './snapshot-layout.ts';

export interface StopPointer {
  /** Absolute path of the savepoint. */
  readonly location: string;
  readonly checkpointId: number;
}

const POINTER_BYTES_MAX = 64 * 1024;

export async function writeStopPointer(
  files: Files,
  jobFolder: string,
  { location, checkpointId }: StopPointer,
): Promise<void> {
  const content = new TextEncoder().encode(`${JSON.stringify({ location, checkpointId })}\n`);
  const names = { folder: jobFolder, name: STOPPED_NAME, newName: STOPPED_NEW_NAME };
  await writeDurably(files, names, content);
}

/** Null when the job did not stop with a savepoint elsewhere. */
export async function readStopPointer(
  files: Files,
  jobFolder: string,
): Promise<StopPointer | null> {
  const path = join(jobFolder, STOPPED_NAME);
  let bytes: Uint8Array;
  try {
    bytes = await files.readAll(path, POINTER_BYTES_MAX);
  } catch (error) {
    if (error instanceof DreyError && error.code === 'DREY_FILE_NOT_FOUND') return null;
    throw error;
  }
  const pointer = decode(new TextDecoder().decode(bytes));
  if (pointer === null) throw snapshotCorrupt(path, 'it names no savepoint');
  return pointer;
}

function decode(text: string): StopPointer | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  if (!('location' in value) || !('checkpointId' in value)) return null;
  const { location, checkpointId } = value;
  if (typeof location !== 'string' || !isAbsolute(location)) return null;
  if (typeof checkpointId !== 'number' || !Number.isSafeInteger(checkpointId)) return null;
  return { location, checkpointId };
}
