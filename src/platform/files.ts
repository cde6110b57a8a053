/**
 * The files that everything outside this folder gets passed in. Paths are absolute or relative to
 * the working directory. Failures are DreyErrors (DREY_FILE_*), with path and operation in the
 * message and the errno name in `details.errno`.
 */
export interface FileStatus {
  readonly kind: 'file' | 'folder' | 'other';
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
}

export interface ReadableFile {
  readonly path: string;
  /**
   * Reads up to `length` bytes into `target` at `offset`; 0 at the end of the file. `position` -1:
   * the next bytes, of a pipe or device, which has no positions.
   */
  read(target: Uint8Array, offset: number, length: number, position: number): Promise<number>;
  /** Idempotent. */
  close(): Promise<void>;
}

export interface WritableFile {
  readonly path: string;
  /** Appends all of `content`, which must stay as it is until then. One write at a time. */
  write(content: Uint8Array): Promise<void>;
  /** Makes what was written durable. */
  sync(): Promise<void>;
  /** Idempotent; does not sync. */
  close(): Promise<void>;
}

export interface WriteOptions {
  /** Fails with DREY_FILE_EXISTS when the file is there; else it is emptied. */
  readonly exclusive?: boolean;
  /** Writes go behind what the file holds, which stays. */
  readonly append?: boolean;
  /** A new file is readable for its owner only. */
  readonly isPrivate?: boolean;
}

export interface Files {
  /** Null when there is nothing at `path`, also when a parent is a file. */
  status(path: string): Promise<FileStatus | null>;
  /** Refuses folders (DREY_FILE_WRONG_KIND). */
  openToRead(path: string): Promise<ReadableFile>;
  openToWrite(path: string, options?: WriteOptions): Promise<WritableFile>;
  /** The whole content; refuses files over `limitBytes` (DREY_FILE_TOO_LARGE). */
  readAll(path: string, limitBytes: number): Promise<Uint8Array>;
  /** Names in a folder, sorted by code unit. */
  list(path: string): Promise<readonly string[]>;
  /** Atomic; replaces what is at `to`. Durable only after syncFolder of the parent. */
  rename(from: string, to: string): Promise<void>;
  /** A file or an empty folder; no error when it is gone already. */
  remove(path: string): Promise<void>;
  /** With parents; no error when it is there. `isPrivate`: new ones are for their owner only. */
  createFolder(path: string, options?: { readonly isPrivate?: boolean }): Promise<void>;
  /** The permission bits of POSIX, such as 0o644; null where there are none, or no file. */
  permissions(path: string): Promise<number | null>;
  /** True for a symbolic link, wherever it leads; `status` looks through it. */
  isLink(path: string): Promise<boolean>;
  /** Makes creations, renames and removals directly inside the folder durable. */
  syncFolder(path: string): Promise<void>;
}
