/** A jar on this machine: checked and hashed before it goes over the wire. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { InputError } from '../../errors/drey-error.ts';
import type { HttpUpload } from '../../platform/http.ts';
import type { Files, ReadableFile } from '../../platform/files.ts';

export interface LocalJar {
  readonly path: string;
  /** Without its folder. */
  readonly fileName: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

const CHUNK_BYTES = 256 * 1024;
/** Every zip archive with something in it begins so. */
const ZIP_START = Uint8Array.of(0x50, 0x4b, 0x03, 0x04);
/** And ends with this record, 22 bytes long, and a comment of up to 64 KiB. */
const ZIP_END = Uint8Array.of(0x50, 0x4b, 0x05, 0x06);
const ZIP_END_BYTES_MAX = 22 + 0xffff;

/** Reads it once; throws DREY_JAR_UNUSABLE, or what the file system says. */
export async function inspectJar(files: Files, path: string): Promise<LocalJar> {
  if (!path.toLowerCase().endsWith('.jar')) throw unusable(path, 'its name does not end with .jar');
  const file = await files.openToRead(path);
  try {
    const hash = createHash('sha256');
    let sizeBytes = 0;
    let end: Uint8Array = new Uint8Array(0);
    for await (const chunk of chunksOf(file)) {
      if (sizeBytes === 0 && !startsAsZip(chunk)) throw unusable(path, 'it is no zip archive');
      hash.update(chunk);
      sizeBytes += chunk.length;
      end = Buffer.concat([end, chunk]).subarray(-ZIP_END_BYTES_MAX);
    }
    if (sizeBytes === 0) throw unusable(path, 'it is empty');
    if (Buffer.from(end).lastIndexOf(ZIP_END) === -1) {
      throw unusable(path, 'the end of the archive is missing; it was cut off while it was copied');
    }
    return { path, fileName: basename(path), sha256: hash.digest('hex'), sizeBytes };
  } finally {
    await file.close();
  }
}

/** Each reading begins at the start. `onSent`: bytes so far. */
export function jarContent(
  files: Files,
  { path, sizeBytes }: LocalJar,
  onSent: (bytes: number) => void,
): HttpUpload {
  const chunks = { [Symbol.asyncIterator]: () => sent(files, path, onSent) };
  return { byteCount: sizeBytes, chunks };
}

async function* sent(
  files: Files,
  path: string,
  onSent: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const file = await files.openToRead(path);
  try {
    let bytes = 0;
    for await (const chunk of chunksOf(file)) {
      yield chunk;
      bytes += chunk.length;
      onSent(bytes);
    }
  } finally {
    await file.close();
  }
}

async function* chunksOf(file: ReadableFile): AsyncIterable<Uint8Array> {
  for (let position = 0; ;) {
    // A new one each time: the one before may still be on its way to the socket.
    const chunk = new Uint8Array(CHUNK_BYTES);
    const count = await file.read(chunk, 0, chunk.length, position);
    if (count === 0) return;
    yield chunk.subarray(0, count);
    position += count;
  }
}

function startsAsZip(start: Uint8Array): boolean {
  return ZIP_START.every((byte, index) => start[index] === byte);
}

function unusable(path: string, reason: string): InputError {
  return new InputError('DREY_JAR_UNUSABLE', `${path} cannot be uploaded as a jar: ${reason}`, {
    details: { path },
  });
}
