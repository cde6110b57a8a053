import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CompressedInput, Compression } from '../../src/platform/compression.ts';
import { realCompression } from '../../src/platform/real/compression.ts';
import { simulatedCompression } from '../../src/platform/simulated/compression.ts';
import { runs } from '../support/property-runs.ts';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

/** Gives the bytes in pieces of at most `pieceBytes`. */
function inputOf(bytes: Uint8Array, pieceBytes = 1000): CompressedInput {
  let at = 0;
  return async (target, offset, length) => {
    const piece = bytes.subarray(at, at + Math.min(length, pieceBytes));
    target.set(piece, offset);
    at += piece.length;
    return piece.length;
  };
}

async function decompress(
  compression: Compression,
  input: CompressedInput,
  readBytes = 700,
): Promise<Uint8Array> {
  const stream = compression.decompress('gzip', '/a.gz', input);
  const parts: Uint8Array[] = [];
  const target = new Uint8Array(readBytes + 2);
  try {
    for (;;) {
      const count = await stream.read(target, 1, readBytes);
      if (count === 0) return Buffer.concat(parts);
      parts.push(target.slice(1, 1 + count));
    }
  } finally {
    await stream.close();
    await stream.close();
  }
}

describe.each([
  ['real', realCompression],
  ['simulated', simulatedCompression],
])('%s decompression', (_, compression) => {
  it('gives back what was compressed, whatever the sizes of pieces and reads', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 3000, size: 'max' }),
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 100 }),
        async (content, pieceBytes, readBytes) => {
          const input = inputOf(gzipSync(content), pieceBytes);
          const actual = await decompress(compression, input, readBytes);
          expect(Buffer.from(actual).equals(content)).toBe(true);
        },
      ),
      { numRuns: runs(50) },
    );
  });

  it('reads a file of several members as one', async () => {
    const members = Buffer.concat([gzipSync('one '), gzipSync(''), gzipSync('two')]);
    expect(await decompress(compression, inputOf(members, 7))).toEqual(
      Buffer.from(text('one two')),
    );
  });

  it('a member without content is an empty stream', async () => {
    expect(await decompress(compression, inputOf(gzipSync('')))).toHaveLength(0);
  });

  it.each([
    ['cut in its content', gzipSync(Buffer.alloc(10_000, 'abc')).subarray(0, 30)],
    ['cut in its header', gzipSync('content').subarray(0, 5)],
    ['cut in its checksum', gzipSync('content').subarray(0, -3)],
    ['not gzip', text('{"not": "gzip"}')],
    ['empty', new Uint8Array(0)],
    ['damaged', damaged(gzipSync(Buffer.alloc(10_000, 'abc')))],
  ])('refuses a file that is %s', async (_case, bytes) => {
    await expect(decompress(compression, inputOf(bytes))).rejects.toMatchObject({
      code: 'DREY_COMPRESSED_FILE_CORRUPT',
      exitCode: 3,
      details: { path: '/a.gz' },
    });
  });

  it('passes on the error of the input', async () => {
    const failing: CompressedInput = async () => {
      throw new Error('the disk failed');
    };
    await expect(decompress(compression, failing)).rejects.toThrow('the disk failed');
  });

  it('can be closed before its end', async () => {
    const stream = compression.decompress('gzip', '/a', inputOf(gzipSync('content')));
    expect(await stream.read(new Uint8Array(3), 0, 3)).toBe(3);
    await stream.close();
  });
});

describe('decompression', () => {
  it('a chunk that grows a thousandfold does not lie in memory whole', async () => {
    // One member is 2,900 bytes long, so a single chunk holds 22 of them.
    const member = gzipSync(Buffer.alloc(3_000_000));
    const bomb = Buffer.concat(Array.from({ length: 100 }, () => member));
    const stream = realCompression.decompress('gzip', '/bomb.gz', inputOf(bomb, 64 * 1024));
    const target = new Uint8Array(64 * 1024);
    let size = 0;
    const before = process.memoryUsage().arrayBuffers;
    let peak = 0;
    for (;;) {
      const count = await stream.read(target, 0, target.length);
      if (count === 0) break;
      size += count;
      peak = Math.max(peak, process.memoryUsage().arrayBuffers);
    }
    await stream.close();
    expect(size).toBe(300_000_000);
    expect(peak - before).toBeLessThan(100_000_000);
  });

  it('a format that this platform lacks is refused by name', () => {
    expect(simulatedCompression.formats.has('zstd')).toBe(false);
    expect(() => simulatedCompression.decompress('zstd', '/a.zst', inputOf(text('')))).toThrow(
      'cannot decompress /a.zst: this Node version has no zstd',
    );
  });
});

function damaged(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy[Math.floor(copy.length / 2)]! ^= 0xff;
  return copy;
}
