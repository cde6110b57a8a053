/**
 * Reads a complete snapshot back. Everything is verified before a byte of state is given out: the
 * manifest, the length of each file, the checksum of each file and of each part.
 * Invariant: what is returned is what was written, or an error names the file that is not.
 */
import { join } from 'node:path';
import { DreyError } from '../../../errors/drey-error.ts';
import { crc32 } from '../../../platform/crc32.ts';
import type { Files } from '../../../platform/files.ts';
import type { StatePart } from '../../state/state-part.ts';
import type { JobSnapshot } from '../job-snapshot.ts';
import { partsOf, type ByteRange, type Manifest } from './manifest.ts';
import { decodeManifest, MANIFEST_SIZE_BYTES_MAX } from './manifest-codec.ts';
import { ReadChecksums, type ExpectedFile } from './read-checksums.ts';
import {
  snapshotCorrupt,
  snapshotIncomplete,
  snapshotMissing,
  snapshotTooLarge,
} from './snapshot-error.ts';
import {
  folderOfSnapshot,
  MANIFEST_NAME,
  MANIFEST_OLD_NAME,
  pathOfFile,
} from './snapshot-layout.ts';

/** The state of a restored job lies in memory whole; source: twice the memory of our machines. */
export const SNAPSHOT_SIZE_BYTES_MAX = 64 * 1024 * 1024 * 1024;

/** One read; others get their turn in between. */
const READ_BYTES = 4 * 1024 * 1024;

/** A snapshot, and what a restore says about it. */
export interface LocatedSnapshot {
  /** Its folder. */
  readonly location: string;
  readonly completedAtMs: number;
  readonly snapshot: JobSnapshot;
}

/** `path`: the folder, or the manifest in it. */
export async function readSnapshot(files: Files, path: string): Promise<JobSnapshot> {
  return (await readLocatedSnapshot(files, path)).snapshot;
}

export async function readLocatedSnapshot(
  files: Files,
  path: string,
  sizeBytesMax = SNAPSHOT_SIZE_BYTES_MAX,
): Promise<LocatedSnapshot> {
  const location = folderOfSnapshot(path);
  const manifest = await readManifest(files, location);
  const sizeBytes = manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0);
  if (sizeBytes > sizeBytesMax) throw snapshotTooLarge(location, sizeBytes, sizeBytesMax);
  await checkFileSizes(files, location, manifest);
  const contents: Uint8Array[] = [];
  const partsOfFile = manifest.files.map((): ByteRange[] => []);
  for (const part of partsOf(manifest)) partsOfFile[part.file]?.push(part);
  for (const [index, file] of manifest.files.entries()) {
    const parts = partsOfFile[index] ?? [];
    contents.push(await readVerified(files, pathOfFile(location, file), { file, parts }));
  }
  const snapshot = toJobSnapshot(manifest, contents);
  return { location, completedAtMs: manifest.completedAtMs, snapshot };
}

/** Throws when there is none, it is damaged, or from a newer version. */
export async function readManifest(files: Files, location: string): Promise<Manifest> {
  const path = join(location, MANIFEST_NAME);
  let bytes: Uint8Array;
  try {
    bytes = await files.readAll(path, MANIFEST_SIZE_BYTES_MAX);
  } catch (error) {
    throw await whyUnreadable(files, location, error);
  }
  return decodeManifest(bytes, path);
}

/** Cheap: tells a snapshot whose files are gone or cut from one that can be whole. */
export async function checkFileSizes(
  files: Files,
  location: string,
  manifest: Manifest,
): Promise<void> {
  for (const file of manifest.files) {
    const path = pathOfFile(location, file);
    const status = await files.status(path);
    if (status === null) throw snapshotCorrupt(path, 'it is missing');
    if (status.kind !== 'file') throw snapshotCorrupt(path, 'it is no file');
    if (status.sizeBytes !== file.sizeBytes) {
      const has = `it has ${status.sizeBytes} bytes and should have ${file.sizeBytes}`;
      throw snapshotCorrupt(path, has);
    }
  }
}

/** One part alone, verified by its own checksum. */
export async function readRange(files: Files, path: string, range: ByteRange): Promise<Uint8Array> {
  const bytes = await readBytes(files, path, range);
  if (crc32(bytes) !== range.crc32) {
    throw snapshotCorrupt(path, `the checksum of its part at byte ${range.offset} does not fit`);
  }
  return bytes;
}

async function whyUnreadable(files: Files, location: string, error: unknown): Promise<unknown> {
  if (!(error instanceof DreyError) || error.code !== 'DREY_FILE_NOT_FOUND') return error;
  if ((await files.status(location)) === null) {
    return snapshotMissing(`there is no checkpoint or savepoint at ${location}`, {
      path: location,
    });
  }
  const isDeleted = (await files.status(join(location, MANIFEST_OLD_NAME))) !== null;
  return snapshotIncomplete(location, isDeleted ? 'it is half deleted' : 'it has no _metadata');
}

async function readVerified(
  files: Files,
  path: string,
  expected: ExpectedFile,
): Promise<Uint8Array> {
  const checksums = new ReadChecksums(path, expected);
  const bytes = await readBytes(
    files,
    path,
    { offset: 0, sizeBytes: expected.file.sizeBytes },
    (read, end) => {
      checksums.advance(read, end);
    },
  );
  checksums.finish(bytes);
  return bytes;
}

/** `onRead`: the bytes were read up to `end`; called while more are read. */
async function readBytes(
  files: Files,
  path: string,
  { offset, sizeBytes }: { readonly offset: number; readonly sizeBytes: number },
  onRead: (bytes: Uint8Array, end: number) => void = ignoreProgress,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(sizeBytes);
  const file = await files.openToRead(path);
  try {
    for (let at = 0; at < sizeBytes;) {
      const length = Math.min(READ_BYTES, sizeBytes - at);
      const reading = file.read(bytes, at, length, offset + at);
      try {
        onRead(bytes, at);
      } catch (error) {
        // The file is closed when nothing is read from it any more; one failure is enough to tell.
        await reading.catch(ignoreProgress);
        throw error;
      }
      const count = await reading;
      if (count === 0) throw snapshotCorrupt(path, `it ends at byte ${offset + at}`);
      at += count;
    }
    onRead(bytes, sizeBytes);
  } finally {
    await file.close();
  }
  return bytes;
}

function ignoreProgress(): void {
  // What is read as one part is checked when it is whole.
}

function toJobSnapshot(manifest: Manifest, contents: readonly Uint8Array[]): JobSnapshot {
  const { kind, checkpointId, jobId, jobName, triggeredAtMs } = manifest;
  const operators = manifest.operators.map((operator) => ({
    ...operator,
    subtasks: operator.subtasks.map(({ isFinished, parts }, subtask) => ({
      subtask,
      isFinished,
      parts: parts.map((part): StatePart => {
        const end = part.offset + part.sizeBytes;
        const bytes = contents[part.file]?.subarray(part.offset, end) ?? new Uint8Array(0);
        return { ...part.head, bytes };
      }),
    })),
  }));
  return { kind, checkpointId, jobId, jobName, triggeredAtMs, operators };
}
