import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputLines, type ReadChunk } from '../../../src/cli/topic/input-lines.ts';
import { recordOfLine, type LineOptions } from '../../../src/cli/topic/line-record.ts';
import { runs } from '../../support/property-runs.ts';

const LIMIT_BYTES = 100_000;
const utf8 = new TextDecoder();

/** One chunk a read. */
function reading(chunks: readonly Uint8Array[]): ReadChunk {
  const left = chunks.filter((chunk) => chunk.length > 0);
  return (target, offset, length) => {
    const chunk = left.shift();
    if (chunk === undefined) return Promise.resolve(0);
    const count = Math.min(length, chunk.length);
    target.set(chunk.subarray(0, count), offset);
    if (count < chunk.length) left.unshift(chunk.subarray(count));
    return Promise.resolve(count);
  };
}

async function linesOf(read: ReadChunk, limitBytes = LIMIT_BYTES): Promise<readonly string[]> {
  const lines = new InputLines(read, limitBytes);
  const texts: string[] = [];
  for (let came = await lines.next(); came !== null; came = await lines.next()) {
    for (const { number, bytes } of came) {
      expect(number).toBe(texts.length + 1);
      texts.push(utf8.decode(bytes));
    }
  }
  expect(await lines.next()).toBeNull();
  return texts;
}

describe('lines', () => {
  it('are the same however the input is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.string({ maxLength: 50 }), fc.constantFrom('\n', '\r\n'))),
        fc.boolean(),
        fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
        async (parts, isLastOpen, sizes) => {
          const texts = parts.map(([text]) => text.replaceAll(/[\r\n]/g, ''));
          const input = texts.map((text, index) => text + (parts[index]?.[1] ?? '')).join('');
          const whole = Buffer.from(isLastOpen ? `${input}end` : input);
          const chunks: Uint8Array[] = [];
          for (let at = 0; at < whole.length;) {
            const size = sizes.next().value;
            chunks.push(whole.subarray(at, at + size));
            at += size;
          }
          expect(await linesOf(reading(chunks))).toEqual(isLastOpen ? [...texts, 'end'] : texts);
        },
      ),
      { numRuns: runs(100) },
    );
  });

  it('longer than a chunk are whole', async () => {
    const long = 'x'.repeat(LIMIT_BYTES);
    const input = Buffer.from(`a\n${long}\r\nb`);
    expect(await linesOf(reading([input]))).toEqual(['a', long, 'b']);
  });

  it('longer than the limit are an error that comes behind the lines before', async () => {
    const input = Buffer.from(`ab\ncd\n${'x'.repeat(11)}\nlast\n`);
    const lines = new InputLines(reading([input]), 10);
    expect((await lines.next())?.map(({ bytes }) => utf8.decode(bytes))).toEqual(['ab', 'cd']);
    await expect(lines.next()).rejects.toMatchObject({
      code: 'DREY_PRODUCE_LINE',
      message: expect.stringContaining('line 3 is longer than 10 bytes') as string,
    });
  });

  it('without end are no more than the limit in memory', async () => {
    let readBytes = 0;
    const endless: ReadChunk = (target, offset, length) => {
      target.fill(0x78, offset, offset + length);
      readBytes += length;
      return Promise.resolve(length);
    };
    await expect(linesOf(endless)).rejects.toMatchObject({ code: 'DREY_PRODUCE_LINE' });
    expect(readBytes).toBeLessThan(3 * LIMIT_BYTES);
  });
});

describe('a record of a line', () => {
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  const NO_KEY: LineOptions = { keySeparator: null, keyField: null, nullMarker: null };

  function record(text: string, options: Partial<LineOptions>): readonly (string | null)[] {
    const line = { number: 7, bytes: encode(text) };
    const { key, value } = recordOfLine(line, { ...NO_KEY, ...options });
    return [key, value].map((bytes) => (bytes === null ? null : utf8.decode(bytes)));
  }

  const byTab = { keySeparator: encode('::') };

  it.each([
    ['a::b', {}, [null, 'a::b']],
    ['', {}, [null, '']],
    ['a::b::c', byTab, ['a', 'b::c']],
    ['::', byTab, ['', '']],
    ['a::NULL', { ...byTab, nullMarker: encode('NULL') }, ['a', null]],
    ['a::NULLS', { ...byTab, nullMarker: encode('NULL') }, ['a', 'NULLS']],
    ['{"id":"d1"}', { keyField: 'id' }, ['d1', '{"id":"d1"}']],
    ['{"id":42}', { keyField: 'id' }, ['42', '{"id":42}']],
    ['{"id":true}', { keyField: 'id' }, ['true', '{"id":true}']],
  ])('%j under %j', (text, options, expected) => {
    expect(record(text, options)).toEqual(expected);
  });

  it.each([
    ['ab', byTab, 'line 7 has no key: "::" is not in it'],
    ['not JSON', { keyField: 'id' }, 'line 7 has no key: it is no JSON'],
    ['[1]', { keyField: 'id' }, 'no text or whole number'],
    ['null', { keyField: 'id' }, 'no JSON object'],
    ['{"di":1}', { keyField: 'id' }, '"id" is no text or whole number'],
    ['{"id":null}', { keyField: 'id' }, 'no text or whole number'],
    ['{"id":9007199254740993}', { keyField: 'id' }, 'no text or whole number'],
    ['{"id":1.5}', { keyField: 'id' }, 'no text or whole number'],
    ['{}', { keyField: 'toString' }, 'no text or whole number'],
  ])('%j under %j is none', (text, options, message) => {
    expect(() => record(text, options)).toThrow(message);
  });
});
