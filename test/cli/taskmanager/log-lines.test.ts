import { describe, expect, test } from 'vitest';
import { logLines, tailOfLog } from '../../../src/cli/taskmanager/log-lines.ts';

const bytes = new TextEncoder();

async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const all = bytes.encode(text);
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
}

async function linesOf(text: string, size: number): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of logLines(pieces(text, size))) lines.push(line);
  return lines;
}

describe('lines', () => {
  test.each([1, 2, 3, 7, 1000])('come out whole from pieces of %d bytes', async (size) => {
    const text = 'first\r\nsecond é 😀\n\nlast';
    expect(await linesOf(text, size)).toEqual(['first', 'second é 😀', '', 'last']);
  });

  test('a newline at the end makes no empty line', async () => {
    expect(await linesOf('a\nb\n', 10)).toEqual(['a', 'b']);
    expect(await linesOf('', 10)).toEqual([]);
  });

  test('that are very long are cut, and the next one is not', async () => {
    const [long = '', next] = await linesOf(`${'x'.repeat(50_000)}\nnext\n`, 4096);
    expect(long.endsWith('... (33616 characters more)')).toBe(true);
    expect(long.length).toBe(16_384 + '... (33616 characters more)'.length);
    expect(next).toBe('next');
  });
});

const log = [
  '2026-01-01 00:00:00 INFO  start',
  '2026-01-01 00:00:01 ERROR it failed',
  'java.lang.IllegalStateException: counting failed',
  '\tat a.B.c(B.java:1)',
  'Caused by: java.lang.IllegalArgumentException: record 100',
  '\t... 17 more',
  '2026-01-01 00:00:02 INFO  restart',
  '',
].join('\n');
const tail = (linesMax: number, grep: string | null = null) =>
  tailOfLog(pieces(log, 11), { linesMax, grep });

describe('the tail', () => {
  test('is the last lines', async () => {
    expect(await tail(2)).toEqual({
      lines: ['\t... 17 more', '2026-01-01 00:00:02 INFO  restart'],
      isCut: true,
    });
  });

  test('is the whole log where that is short', async () => {
    expect(await tail(7)).toMatchObject({ isCut: false });
    expect((await tail(7)).lines).toHaveLength(7);
    expect(await tail(6)).toMatchObject({ isCut: true });
  });

  test('with a text has the stack trace of the entry, also where that is longer', async () => {
    const { lines } = await tail(1, 'it failed');
    expect(lines).toHaveLength(5);
    expect(lines.at(0)).toContain('ERROR it failed');
    expect(lines.at(-1)).toContain('17 more');
  });

  test('finds a text in the stack trace', async () => {
    expect((await tail(10, 'record 100')).lines.at(0)).toContain('ERROR it failed');
  });

  test('without the text is empty', async () => {
    expect(await tail(10, 'nope')).toEqual({ lines: [], isCut: false });
  });

  test('of many entries is the last of them', async () => {
    const many = Array.from({ length: 5000 }, (_, index) => `2026 entry ${index}\n`).join('');
    const { lines, isCut } = await tailOfLog(pieces(many, 1000), { linesMax: 3, grep: 'entry' });
    expect(lines).toEqual(['2026 entry 4997', '2026 entry 4998', '2026 entry 4999']);
    expect(isCut).toBe(true);
  });
});
