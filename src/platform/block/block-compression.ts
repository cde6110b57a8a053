/**
 * Compression of whole blocks in memory, at once and on this thread: both worlds share it. A block
 * that would unpack to more than its limit is stopped there.
 */
import type * as Zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import { errorCodes } from '../../errors/codes.ts';
import { InputError } from '../../errors/drey-error.ts';
import type { BlockFormat } from '../compression.ts';
import { BlockDamage, corrupt, tooLarge } from './block-damage.ts';
import { packLz4, unpackLz4 } from './lz4.ts';
import { packSnappy, unpackSnappy } from './snappy.ts';
import { UnpackedBytes } from './unpacked-bytes.ts';

/** See `Compression`. */
export function unpackBlock(
  format: BlockFormat,
  packed: Uint8Array,
  limitBytes: number,
): Uint8Array {
  try {
    return unpack(format, packed, limitBytes);
  } catch (error) {
    throw blockError(format, error, { packedBytes: packed.length, limitBytes });
  }
}

/** See `Compression`. */
export function packBlock(format: BlockFormat, bytes: Uint8Array): Uint8Array {
  switch (format) {
    case 'gzip':
      return zlib().gzipSync(bytes);
    case 'snappy':
      return packSnappy(bytes);
    case 'lz4':
      return packLz4(bytes);
    case 'zstd': {
      const compress = zstd('zstdCompressSync');
      if (compress === null) throw zstdUnsupported();
      return compress(bytes, {});
    }
  }
}

function unpack(format: BlockFormat, packed: Uint8Array, limitBytes: number): Uint8Array {
  switch (format) {
    case 'gzip':
      return zlib().gunzipSync(packed, { maxOutputLength: limitBytes });
    case 'snappy':
      return unpackSnappy(packed, limitBytes);
    case 'lz4':
      return unpackLz4(packed, limitBytes);
    case 'zstd': {
      const decompress = zstd('zstdDecompressSync');
      return decompress === null
        ? unpackZstdSlowly(packed, limitBytes)
        : decompress(packed, { maxOutputLength: limitBytes });
    }
  }
}

/** For Node before 22.15, which has no zstd. */
export function unpackZstdSlowly(packed: Uint8Array, limitBytes: number): Uint8Array {
  const unpacked = new UnpackedBytes(limitBytes, 4 * packed.length);
  let isWhole = false;
  const stream = new Decompress((chunk, isLast) => {
    unpacked.append(chunk, 0, chunk.length);
    isWhole ||= isLast === true;
  });
  stream.push(packed, true);
  if (!isWhole) throw corrupt('it ends too early');
  return unpacked.finish();
}

/** Loaded with its first use: most commands compress nothing. */
function zlib(): typeof Zlib {
  return process.getBuiltinModule('node:zlib');
}

type ZstdFunction = (bytes: Uint8Array, options: { maxOutputLength?: number }) => Uint8Array;

/** The types here are of the floor, Node 20. */
function zstd(name: 'zstdCompressSync' | 'zstdDecompressSync'): ZstdFunction | null {
  const found: unknown = Reflect.get(zlib(), name);
  return isZstdFunction(found) ? found : null;
}

function isZstdFunction(value: unknown): value is ZstdFunction {
  return typeof value === 'function';
}

interface Block {
  readonly packedBytes: number;
  readonly limitBytes: number;
}

function blockError(format: BlockFormat, error: unknown, block: Block): InputError {
  const damage = damageOf(error, block);
  const code =
    damage.kind === 'corrupt' ? 'DREY_COMPRESSED_BLOCK_CORRUPT' : 'DREY_COMPRESSED_BLOCK_TOO_LARGE';
  const message = `cannot unpack ${block.packedBytes} bytes of ${format}: ${damage.message}`;
  return new InputError(code, message, {
    hint: errorCodes[code].next,
    details: { format, ...block, reason: damage.message },
    ...(error === damage ? {} : { cause: error }),
  });
}

function damageOf(error: unknown, { limitBytes }: Block): BlockDamage {
  if (error instanceof BlockDamage) return error;
  if (!(error instanceof Error)) return corrupt(String(error));
  const isTooLarge = 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
  return isTooLarge ? tooLarge(limitBytes) : corrupt(error.message);
}

function zstdUnsupported(): InputError {
  return new InputError(
    'DREY_COMPRESSION_UNSUPPORTED',
    'cannot compress with zstd: this Node version has no zstd',
    { hint: errorCodes.DREY_COMPRESSION_UNSUPPORTED.next, details: { format: 'zstd' } },
  );
}
