/**
 * The file by which drey knows a folder as its own, and whose: in the folder of each job and of
 * each savepoint. Nothing is deleted in a folder without one, or without a manifest of drey.
 */
import { join } from 'node:path';
import { DreyError } from '../../../errors/drey-error.ts';
import { crc32 } from '../../../platform/crc32.ts';
import type { Files } from '../../../platform/files.ts';
import { writeDurably } from './durable-files.ts';
import { MARKER_NAME, MARKER_NEW_NAME } from './snapshot-layout.ts';

export interface JobMarker {
  readonly jobId: string;
  readonly jobName: string;
  /** See Manifest. */
  readonly runNumber: number;
  /** Of a savepoint, whose folder does not name it; null in the folder of a job. */
  readonly checkpointId: number | null;
}

const MARKER_BYTES_MAX = 64 * 1024;
const MARKER_FORMAT = 1;

export async function writeMarker(files: Files, folder: string, marker: JobMarker): Promise<void> {
  const { jobId, jobName, runNumber, checkpointId } = marker;
  const text = JSON.stringify({ format: MARKER_FORMAT, jobId, jobName, runNumber, checkpointId });
  const content = encode(`${text}\n${checksumOf(text)}\n`);
  await writeDurably(files, { folder, name: MARKER_NAME, newName: MARKER_NEW_NAME }, content);
}

/** Null when there is none, or none that can be believed: the folder is then left alone. */
export async function readMarker(files: Files, folder: string): Promise<JobMarker | null> {
  try {
    const bytes = await files.readAll(join(folder, MARKER_NAME), MARKER_BYTES_MAX);
    return decode(new TextDecoder().decode(bytes));
  } catch (error) {
    if (!(error instanceof DreyError) || !isAbsence(error)) throw error;
    return null;
  }
}

function isAbsence({ code }: DreyError): boolean {
  return (
    code === 'DREY_FILE_NOT_FOUND' ||
    code === 'DREY_FILE_WRONG_KIND' ||
    code === 'DREY_FILE_TOO_LARGE'
  );
}

function decode(content: string): JobMarker | null {
  const [text = '', checksum] = content.split('\n');
  if (checksum !== checksumOf(text)) return null;
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) return null;
  if (!('jobId' in value) || typeof value.jobId !== 'string') return null;
  if (!('jobName' in value) || typeof value.jobName !== 'string') return null;
  if (!('runNumber' in value) || typeof value.runNumber !== 'number') return null;
  if (!('checkpointId' in value)) return null;
  const { jobId, jobName, runNumber, checkpointId } = value;
  if (checkpointId !== null && typeof checkpointId !== 'number') return null;
  return { jobId, jobName, runNumber, checkpointId };
}

function checksumOf(text: string): string {
  return crc32(encode(text)).toString(16).padStart(8, '0');
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
