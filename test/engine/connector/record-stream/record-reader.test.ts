import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failOnDeadRecord } from '../../../../src/engine/connector/dead-record-policy.ts';
import type { InputOpener } from '../../../../src/engine/connector/record-stream/byte-input.ts';
import { OpenSlots } from '../../../../src/engine/connector/record-stream/open-slots.ts';
import {
  RecordReader,
  type RecordReaderOptions,
} from '../../../../src/engine/connector/record-stream/record-reader.ts';
import type { RecordDecoder } from '../../../../src/engine/format/contract.ts';
import { createLineDecoder } from '../line-decoder.ts';
import { deadEvent, pollRows, readRows, snapshotOf, type Event } from '../read-split.ts';
import { runs } from '../../../support/property-runs.ts';
import { testMemory } from '../../../support/test-memory.ts';

const LF = 0x0a;
const SEMICOLON = 0x3b;

/** An input that gives at most the next number of `cuts` at each read, over and over. */
function openerOf(content: Uint8Array, cuts: readonly number[], fillsBlocks = true): InputOpener {
  return {
    fillsBlocks,
    sizeBytes: content.length,
    open(behind) {
      let at = behind?.positionBytes ?? 0;
      let reads = 0;
      return Promise.resolve({
        read(target, offset, length) {
          const cut = cuts[reads++ % cuts.length]!;
          const piece = content.subarray(at, at + Math.min(cut, length));
          target.set(piece, offset);
          at += piece.length;
          return Promise.resolve(piece.length);
        },
        close: () => Promise.resolve(),
      });
    },
  };
}

function readerOf(content: string, options: Partial<RecordReaderOptions> = {}): RecordReader {
  return new RecordReader({
    source: 'events',
    name: './events.txt',
    opener: openerOf(new TextEncoder().encode(content), [1 << 20]),
    createDecoder: createLineDecoder,
    blockBytes: 1024,
    maxRecordBytes: 512,
    memory: testMemory,
    onDeadRecord: failOnDeadRecord,
    slots: new OpenSlots(1),
    isRepeatable: true,
    ...options,
  });
}

/** What a reader must bring, by looking at the whole content at once. */
function expectedEvents(content: string, maxRecordBytes: number): Event[] {
  const events: Event[] = [];
  const lines = content.replace(/^\uFEFF/, '').split('\n');
  for (const [index, line] of lines.entries()) {
    const isLast = index === lines.length - 1;
    const record = isLast ? line : line.replace(/\r$/, '');
    const bytes = new TextEncoder().encode(record);
    const start = new TextDecoder().decode(bytes.subarray(0, Math.min(8, maxRecordBytes)));
    if (bytes.length > maxRecordBytes) events.push(`DREY_RECORD_TOO_LONG ${index + 1}: ${start}`);
    else if (record.startsWith('!')) events.push(`DREY_RECORD_UNREADABLE ${index + 1}: ${start}`);
    else if (record.startsWith('~')) events.push(record.toUpperCase());
    else if (record !== '') events.push(record);
  }
  return events;
}

const line = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^[a-z!~\r ]{0,12}$/) },
  { weight: 1, arbitrary: fc.stringMatching(/^[a-z!~]{13,90}$/) },
  { weight: 1, arbitrary: fc.constantFrom('', '\r', '!', 'ä€😀') },
);
const content = fc
  .record({
    mark: fc.constantFrom('', '', '\uFEFF'),
    lines: fc.array(line, { maxLength: 40 }),
    lineEnd: fc.constantFrom('\n', '\r\n'),
    closed: fc.boolean(),
  })
  .map(({ mark, lines, lineEnd, closed }) => mark + lines.join(lineEnd) + (closed ? lineEnd : ''));
const layout = fc.record({
  content,
  cuts: fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 5 }),
  blockBytes: fc.integer({ min: 1, max: 64 }),
  maxRecordBytes: fc.integer({ min: 1, max: 80 }),
  fillsBlocks: fc.boolean(),
});

/** Rows and dead records in one list; dead ones come before the rows of the poll they arose in. */
async function readEvents(reader: RecordReader, dead: Event[]): Promise<Event[]> {
  const rows = await readRows(reader);
  return [...dead, ...rows].sort();
}

describe('a record reader', () => {
  test('brings the same records however the input is cut into reads and blocks', async () => {
    await fc.assert(
      fc.asyncProperty(layout, async ({ content, cuts, fillsBlocks, ...sizes }) => {
        const dead: Event[] = [];
        const reader = readerOf(content, {
          ...sizes,
          opener: openerOf(new TextEncoder().encode(content), cuts, fillsBlocks),
          onDeadRecord: (record) => dead.push(deadEvent(record)),
        });
        const events = await readEvents(reader, dead);
        expect(events).toEqual(expectedEvents(content, sizes.maxRecordBytes).sort());
      }),
      { numRuns: runs(1000) },
    );
  });

  test('goes on exactly behind the last polled row after a restore', async () => {
    await fc.assert(
      fc.asyncProperty(layout, fc.nat(30), async ({ content, cuts, ...sizes }, pollCount) => {
        const events: Event[] = [];
        const options = {
          ...sizes,
          opener: openerOf(new TextEncoder().encode(content), cuts),
          onDeadRecord: (record: Parameters<typeof deadEvent>[0]) =>
            void events.push(deadEvent(record)),
        };
        const first = readerOf(content, options);
        for (let i = 0; i < pollCount; i++) events.push(...((await pollRows(first)) ?? []));
        const second = readerOf(content, { ...options, slots: new OpenSlots(1) });
        second.restoreState(snapshotOf(first));
        await first.close();
        events.push(...(await readRows(second)));
        expect(events.sort()).toEqual(expectedEvents(content, sizes.maxRecordBytes).sort());
      }),
      { numRuns: runs(500) },
    );
  });

  test('keeps rows and unreadable records in the order of the lines', async () => {
    const dead: number[] = [];
    const reader = readerOf('a\n!b\n\nc\r\n!d\ne', {
      onDeadRecord: (record) => dead.push(record.position),
    });
    expect(await readRows(reader)).toEqual(['a', 'c', 'e']);
    expect(dead).toEqual([2, 5]);
  });

  test('counts the lines of unreadable records that have several', async () => {
    // A record ends with a semicolon and a line end; none of them can be read.
    const createDecoder = (): RecordDecoder => ({
      lastRecordEnd({ bytes }, from, to) {
        for (let at = to; at > from + 1; at--) {
          if (bytes[at - 1] === LF && bytes[at - 2] === SEMICOLON) return at;
        }
        return from;
      },
      decode({ block, from, to }) {
        const at = block.bytes.subarray(from, to).indexOf(SEMICOLON);
        const [end, next] = at === -1 ? [to, to] : [from + at, from + at + 2];
        const unreadable = { start: from, end, next, column: null, reason: 'broken' };
        return { next: from, lineCount: 0, unreadable };
      },
    });
    for (const blockBytes of [1, 7, 1000]) {
      const dead: Event[] = [];
      const reader = readerOf('a\nb;\nc;\n\n\nd;\ne', {
        createDecoder,
        blockBytes,
        onDeadRecord: (record) => dead.push(deadEvent(record)),
      });
      expect(await readRows(reader)).toEqual([]);
      expect(dead).toEqual(
        ['1: a\nb', '3: c', '4: \n\nd', '7: e'].map((text) => `DREY_RECORD_UNREADABLE ${text}`),
      );
    }
  });

  test('ends the job at an unreadable record, naming source, split, line and column', async () => {
    const reader = readerOf('a\nb\n!c\nd\n');
    await expect(readRows(reader)).rejects.toMatchObject({
      code: 'DREY_RECORD_UNREADABLE',
      exitCode: 3,
      message: 'source events, ./events.txt, line 3: column text: starts with !',
      details: { line: 3, column: 'text', excerpt: '!c' },
    });
  });

  test('ends the job at a record that is too long, naming its line', async () => {
    const reader = readerOf(`a\n${'x'.repeat(5000)}\nb\n`);
    await expect(readRows(reader)).rejects.toMatchObject({
      code: 'DREY_RECORD_TOO_LONG',
      message: 'source events, ./events.txt, line 2: the record is longer than 512 bytes',
    });
  });

  test('takes a record of exactly the longest length with either line end, and none longer', async () => {
    const fits = 'x'.repeat(512);
    expect(await readRows(readerOf(`${fits}\n${fits}\r\n${fits}`))).toEqual([fits, fits, fits]);
    for (const lineEnd of ['\n', '\r\n', '']) {
      await expect(readRows(readerOf(`${fits}x${lineEnd}`))).rejects.toMatchObject({
        code: 'DREY_RECORD_TOO_LONG',
      });
    }
  });

  test('reads records that are longer than many blocks', async () => {
    const records = [5000, 3, 20_000, 1, 7000].map((n, i) => String(i).repeat(n));
    const reader = readerOf(records.join('\n'), { blockBytes: 64, maxRecordBytes: 20_000 });
    expect(await readRows(reader)).toEqual(records);
  });

  test('an input that fails brings the rows before the failure first', async () => {
    const opener = openerOf(new TextEncoder().encode('a\nb\nc'), [4]);
    const failing: InputOpener = {
      ...opener,
      async open(positionBytes) {
        const input = await opener.open(positionBytes);
        let reads = 0;
        return {
          ...input,
          read: (target, offset, length) =>
            reads++ === 0 ? input.read(target, offset, length) : Promise.reject(new Error('EIO')),
        };
      },
    };
    const reader = readerOf('', { opener: { ...failing, fillsBlocks: false } });
    expect(await pollRows(reader)).toEqual(['a', 'b']);
    await expect(pollRows(reader)).rejects.toThrow('EIO');
  });

  test('a reader that gets no slot waits until another one has ended', async () => {
    const slots = new OpenSlots(1);
    const first = readerOf('a', { slots });
    const second = readerOf('b', { slots });
    expect(await pollRows(first)).toEqual(['a']);
    let isReady = false;
    const waiting = second.ready().then(() => (isReady = true));
    await Promise.resolve();
    expect(isReady).toBe(false);
    expect(await pollRows(first)).toBeNull();
    await waiting;
    expect(await readRows(second)).toEqual(['b']);
  });

  test('closing does not wait for a pipe that is silent', async () => {
    const reader = readerOf('', {
      opener: {
        fillsBlocks: false,
        sizeBytes: null,
        open: () =>
          Promise.resolve({ read: () => new Promise(() => {}), close: () => Promise.resolve() }),
      },
    });
    const polled = pollRows(reader);
    await Promise.resolve();
    await reader.close();
    expect(polled).toBeInstanceOf(Promise);
  });
});
