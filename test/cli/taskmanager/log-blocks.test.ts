import { describe, expect, test } from 'vitest';
import { logBlocks, LogEnd, visibleLog } from '../../../src/cli/taskmanager/log-blocks.ts';

const bytes = new TextEncoder();

async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const all = bytes.encode(text);
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
}

async function blocksOf(text: string, size: number, skipBytes = 0) {
  const blocks = [];
  for await (const block of logBlocks(pieces(text, size), skipBytes)) blocks.push(block);
  return blocks;
}

const LOG = 'first é\nsecond 😀\n\nthird';

describe('blocks', () => {
  test.each([1, 2, 3, 5, 8, 1000])('in pieces of %d bytes are whole lines', async (size) => {
    const blocks = await blocksOf(LOG, size);
    expect(blocks.map(({ text }) => text).join('')).toBe(LOG);
    for (const { text, isWhole } of blocks) expect(text.endsWith('\n')).toBe(isWhole);
    const total = blocks.reduce((sum, { byteCount }) => sum + byteCount, 0);
    expect(total).toBe(bytes.encode(LOG).length);
  });

  test.each([1, 4, 1000])('go on where one left off, in pieces of %d bytes', async (size) => {
    const [first] = await blocksOf('first é\n', 1000);
    const rest = await blocksOf(LOG, size, first?.byteCount);
    expect(rest.map(({ text }) => text).join('')).toBe('second 😀\n\nthird');
  });

  test('of a file that is shorter than what is known are none', async () => {
    expect(await blocksOf(LOG, 4, 1000)).toEqual([]);
  });

  test('do not grow with a line that never ends', async () => {
    const blocks = await blocksOf('x'.repeat(3_500_000), 65_536);
    expect(blocks.length).toBeGreaterThan(3);
    expect(Math.max(...blocks.map(({ byteCount }) => byteCount))).toBeLessThan(1_200_000);
  });
});

describe('the end of a log', () => {
  const endOf = (linesMax: number, ...texts: readonly string[]): string => {
    const end = new LogEnd(linesMax);
    for (const text of texts) end.add({ text, byteCount: text.length, isWhole: true });
    return end.text();
  };

  test('is its last lines, over several blocks', () => {
    expect(endOf(3, 'a\nb\n', 'c\n', 'd\n')).toBe('b\nc\nd\n');
    expect(endOf(10, 'a\nb\n')).toBe('a\nb\n');
    expect(endOf(2, 'a\n\n\n')).toBe('\n\n');
    expect(endOf(2)).toBe('');
  });
});

test('escape sequences become visible, tabs and line breaks stay', () => {
  expect(visibleLog('\tat a.B\r\nred \u001b[31m\u202e\rend\n')).toBe(
    '\tat a.B\nred \\x1b[31m\\u202e\\rend\n',
  );
});
