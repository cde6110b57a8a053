/** Reading a file as one piece, with a limit; shared by the real and the simulated files. */
import { fileTooLarge } from './file-error.ts';
import type { ReadableFile } from './files.ts';

const FIRST_READ_BYTES = 64 * 1024;

/**
 * Reads until the end instead of trusting the size: pipes and /proc files have none. Throws
 * DREY_FILE_TOO_LARGE after at most `limitBytes` + 1 bytes.
 */
export async function readWhole(file: ReadableFile, limitBytes: number): Promise<Uint8Array> {
  let bytes = new Uint8Array(Math.min(limitBytes + 1, FIRST_READ_BYTES));
  let size = 0;
  for (;;) {
    const count = await file.read(bytes, size, bytes.length - size, size);
    if (count === 0) return bytes.subarray(0, size);
    size += count;
    if (size > limitBytes) throw fileTooLarge(file.path, limitBytes);
    if (size < bytes.length) continue;
    const larger = new Uint8Array(Math.min(limitBytes + 1, bytes.length * 2));
    larger.set(bytes);
    bytes = larger;
  }
}
