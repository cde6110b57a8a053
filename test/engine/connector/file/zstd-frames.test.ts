import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ZstdFrameWalker, ZstdInput } from '../../../../src/engine/connector/file/zstd-frames.ts';
import type { ByteStream, CompressedInput } from '../../../../src/platform/compression.ts';
import { realCompression } from '../../../../src/platform/real/compression.ts';

const bytesOf = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));

/** `row\n` 200 times, with a checksum, and `a\nb`; both packed by Node 22. */
const packed = {
  rows: bytesOf('28b52ffd6420025d000020726f770a010019af1c11921fd5db'),
  short: bytesOf('28b52ffd2003190000610a62'),
};

/** A frame whose blocks are not compressed, with all optional parts of the header. */
function frameOf(blocks: readonly Uint8Array[]): Uint8Array {
  const parts = [bytesOf('28b52ffd'), bytesOf('c7'), bytesOf('58'), new Uint8Array(4 + 8)];
  for (const [index, block] of blocks.entries()) {
    const header = (block.length << 3) | (index === blocks.length - 1 ? 1 : 0);
    parts.push(new Uint8Array([header & 255, (header >>> 8) & 255, header >>> 16]), block);
  }
  return Buffer.concat([...parts, new Uint8Array(4)]);
}

const skippable = bytesOf('552a4d1803000000aabbcc');
const HEADER_BYTES = 18;

/** Unpacks one frame of `frameOf` and, as Node's decompressor, does not mind when it is cut. */
function decompressOne(input: CompressedInput): ByteStream {
  let content: Uint8Array | null = null;
  const unpack = async (): Promise<Uint8Array> => {
    const read: number[] = [];
    const chunk = new Uint8Array(7);
    for (let n = await input(chunk, 0, 7); n > 0; n = await input(chunk, 0, 7)) {
      read.push(...chunk.subarray(0, n));
    }
    if (read[0] !== 0x28) return new Uint8Array(0);
    const found: number[] = [];
    for (let at = HEADER_BYTES; at + 3 <= read.length;) {
      const header = read[at]! | (read[at + 1]! << 8) | (read[at + 2]! << 16);
      found.push(...read.slice(at + 3, at + 3 + (header >>> 3)));
      at += 3 + (header >>> 3);
      if ((header & 1) === 1) break;
    }
    return new Uint8Array(found);
  };
  return {
    path: 'a.zst',
    async read(target, offset, length) {
      content ??= await unpack();
      const piece = content.subarray(0, length);
      target.set(piece, offset);
      content = content.subarray(piece.length);
      return piece.length;
    },
    close: () => Promise.resolve(),
  };
}

async function unpack(
  file: Uint8Array,
  decompress: (input: CompressedInput) => ByteStream,
  readMax = 1000,
): Promise<Uint8Array> {
  let at = 0;
  const raw = {
    read(target: Uint8Array, offset: number, length: number) {
      const piece = file.subarray(at, at + Math.min(length, readMax));
      target.set(piece, offset);
      at += piece.length;
      return Promise.resolve(piece.length);
    },
    close: () => Promise.resolve(),
  };
  const input = new ZstdInput('a.zst', raw, decompress);
  const content: number[] = [];
  const chunk = new Uint8Array(100);
  for (let n = await input.read(chunk, 0, 100); n > 0; n = await input.read(chunk, 0, 100)) {
    content.push(...chunk.subarray(0, n));
  }
  await input.close();
  return new Uint8Array(content);
}

describe('a frame walker', () => {
  test('ends exactly with the frame, also when it is given byte by byte', () => {
    for (const frame of [packed.rows, packed.short, skippable, frameOf([new Uint8Array(9)])]) {
      const whole = new ZstdFrameWalker();
      expect(whole.isInside).toBe(false);
      const longer = Buffer.concat([frame, new Uint8Array(5)]);
      expect(whole.advance(longer, 0, longer.length)).toBe(frame.length);
      expect([whole.isAtEnd, whole.isInside]).toEqual([true, false]);
      const bytewise = new ZstdFrameWalker();
      for (let at = 0; at < frame.length; at++) {
        expect(bytewise.isAtEnd).toBe(false);
        expect(bytewise.advance(frame, at, at + 1)).toBe(at + 1);
        expect(bytewise.isInside).toBe(at + 1 < frame.length);
      }
    }
  });
});

describe('a zstd file', () => {
  const frames = fc.array(fc.array(fc.uint8Array({ maxLength: 30 }), { minLength: 1 }), {
    minLength: 1,
    maxLength: 4,
  });

  test('is unpacked with all of its frames, and refused when it ends inside one', async () => {
    await fc.assert(
      fc.asyncProperty(
        frames,
        fc.nat(),
        fc.integer({ min: 1, max: 50 }),
        async (blocks, cut, readMax) => {
          const content = new Uint8Array(Buffer.concat(blocks.flat()));
          const whole = blocks.map((frame) => Buffer.concat([frameOf(frame), skippable]));
          const file = Buffer.concat(whole);
          expect(await unpack(file, decompressOne, readMax)).toEqual(content);
          const size = 1 + (cut % (file.length - 1));
          const ends = whole.flatMap((_frame, i) => {
            const end = Buffer.concat(whole.slice(0, i + 1)).length;
            return [end - skippable.length, end];
          });
          const unpacked = unpack(file.subarray(0, size), decompressOne, readMax);
          if (ends.includes(size)) await unpacked;
          else {
            await expect(unpacked).rejects.toMatchObject({
              code: 'DREY_COMPRESSED_FILE_CORRUPT',
              details: { path: 'a.zst', compressedBytesRead: size },
            });
          }
        },
      ),
    );
  });

  test.runIf(realCompression.formats.has('zstd'))('is unpacked by Node as well', async () => {
    const decompress = (input: CompressedInput) =>
      realCompression.decompress('zstd', 'a.zst', input);
    const file = Buffer.concat([packed.rows, skippable, packed.short]);
    const content = new TextDecoder().decode(await unpack(file, decompress));
    expect(content).toBe(`${'row\n'.repeat(200)}a\nb`);
    for (const cut of [packed.rows.subarray(0, -1), packed.short.subarray(0, 5)]) {
      await expect(unpack(cut, decompress)).rejects.toMatchObject({
        code: 'DREY_COMPRESSED_FILE_CORRUPT',
      });
    }
  });
});
