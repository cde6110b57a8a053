/** The errors of decompression, the same in the real and the simulated world. */
import { errorCodes } from '../errors/codes.ts';
import { InputError } from '../errors/drey-error.ts';
import type { CompressionFormat } from './compression.ts';

/** `compressedBytesRead`: how much of the input had been fed when the damage showed. */
export function compressedFileCorrupt(
  path: string,
  compressedBytesRead: number,
  reason: string,
  cause?: unknown,
): InputError {
  return new InputError(
    'DREY_COMPRESSED_FILE_CORRUPT',
    `cannot decompress ${path}: ${reason}, within its first ${compressedBytesRead} bytes`,
    {
      hint: errorCodes.DREY_COMPRESSED_FILE_CORRUPT.next,
      details: { path, compressedBytesRead, reason },
      ...(cause === undefined ? {} : { cause }),
    },
  );
}

export function compressionUnsupported(format: CompressionFormat, path: string): InputError {
  return new InputError(
    'DREY_COMPRESSION_UNSUPPORTED',
    `cannot decompress ${path}: this Node version has no ${format}`,
    { hint: errorCodes.DREY_COMPRESSION_UNSUPPORTED.next, details: { path, format } },
  );
}
