/** A file or standard input as something that is read chunk by chunk. */
import { resolve } from 'node:path';
import type { Platform } from '../../platform/platform.ts';
import type { ReadChunk } from './input-lines.ts';

export interface OpenInput {
  readonly read: ReadChunk;
  readonly close: () => Promise<void>;
}

/** Null: standard input. */
export async function openInput(
  file: string | null,
  { files, streams, workingDirectory }: Platform,
): Promise<OpenInput> {
  if (file === null) {
    return {
      read: (target, offset, length) => streams.readInput(target, offset, length),
      close: () => Promise.resolve(),
    };
  }
  const opened = await files.openToRead(resolve(workingDirectory, file));
  let position = 0;
  return {
    read: async (target, offset, length) => {
      const count = await opened.read(target, offset, length, position);
      position += count;
      return count;
    },
    close: () => opened.close(),
  };
}
