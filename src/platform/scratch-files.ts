/**
 * Files for what does not fit into memory: read and written at once, without waiting, since they
 * are on a local disk and mostly in its cache; nothing in them outlives the process. Failures are
 * DreyErrors (DREY_FILE_*), as those of Files.
 */

export interface ScratchFile {
  /** Writes all of `content` from `position` on. */
  write(content: Uint8Array, position: number): void;
  /** Fills `target` from `position` on; all of it was written before. */
  read(target: Uint8Array, position: number): void;
  /** Gives up the file and what is in it. Idempotent. */
  close(): void;
}

export interface ScratchFiles {
  /** A new empty file in this folder, which is there. */
  open(folder: string): ScratchFile;
}
