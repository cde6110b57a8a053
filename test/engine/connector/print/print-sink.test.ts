import { describe, expect, test } from 'vitest';
import {
  jsonLines,
  PrintSink,
  type PrintStyle,
} from '../../../../src/engine/connector/print/print-sink.ts';
import { TableStyle } from '../../../../src/engine/connector/print/table-style.ts';
import type { StandardStreams } from '../../../../src/platform/standard-streams.ts';
import { batchOf, encoderOf } from '../line-encoder.ts';

class Output implements StandardStreams {
  text = '';
  isClosed = false;

  readInput(): Promise<number> {
    return Promise.resolve(0);
  }

  writeOutput(content: Uint8Array): Promise<boolean> {
    if (!this.isClosed) this.text += new TextDecoder().decode(content);
    return Promise.resolve(!this.isClosed);
  }

  writeError(): void {
    throw new Error('a sink writes no errors');
  }
}

const json = encoderOf((text) => text);

async function check(style: PrintStyle, batches: readonly string[][], expected: string) {
  const output = new Output();
  const sink = new PrintSink(style, output);
  await sink.open();
  for (const lines of batches) sink.write(batchOf(...lines));
  expect(output.text).toBe('');
  expect(await sink.flush()).toBe(true);
  await sink.commit();
  await sink.close();
  expect(output.text).toBe(expected);
}

describe('a print sink', () => {
  test('writes JSON lines when it is flushed', async () => {
    await check(jsonLines(json), [['{"a":1}', '{"a":2}'], ['{}']], '{"a":1}\n{"a":2}\n{}\n');
  });

  test('wants to be flushed from 1 MiB on, and takes rows again afterwards', async () => {
    const output = new Output();
    const sink = new PrintSink(jsonLines(json), output);
    const line = `{"a":"${'x'.repeat(1000)}"}`;
    let lineCount = 0;
    while (!sink.isFull) {
      sink.write(batchOf(line));
      lineCount++;
    }
    expect(lineCount * (line.length + 1)).toBeGreaterThanOrEqual(1024 * 1024);
    expect((lineCount - 1) * (line.length + 1)).toBeLessThan(1024 * 1024);
    const flushed = sink.flush();
    expect(sink.isFull).toBe(false);
    sink.write(batchOf('{"last":1}'));
    await flushed;
    await sink.flush();
    expect(output.text).toBe(`${line}\n`.repeat(lineCount) + '{"last":1}\n');
  });

  test('says when nobody reads any more', async () => {
    const output = new Output();
    const sink = new PrintSink(jsonLines(json), output);
    output.isClosed = true;
    sink.write(batchOf('{}'));
    expect(await sink.flush()).toBe(false);
  });
});

describe('the table style', () => {
  const schema = [
    { name: 'place', type: { root: 'VARCHAR', length: 9, nullable: true } },
    { name: 'uv', type: { root: 'BIGINT', nullable: true } },
  ] as const;
  const table = (sinkName: string | null = null) =>
    new TableStyle({ schema, encoder: json, sinkName });

  test('aligns columns by the first batch and shows longer cells whole', async () => {
    await check(
      table(),
      [
        ['{"place":"Beijing","uv":9}', '{"place":null,"uv":12345678901234567890}'],
        ['{"place":"a much longer place","uv":1}'],
      ],
      [
        'place                      uv',
        '-------  --------------------',
        'Beijing                     9',
        '<NULL>   12345678901234567890',
        'a much longer place                     1',
        '',
      ].join('\n'),
    );
  });

  test('counts wide characters twice and combining ones not at all', async () => {
    await check(
      table(),
      [['{"place":"北京市","uv":1}', '{"place":"e\u0301tat","uv":22}']],
      ['place   uv', '------  --', '北京市   1', 'e\u0301tat    22', ''].join('\n'),
    );
  });

  test('lets no control character of the data through', async () => {
    await check(
      table(),
      [['{"place":"a\\u001b[31m\\nb\\u202e","uv":1}']],
      [
        'place                 uv',
        '--------------------  --',
        'a\\u001b[31m\\nb\\u202e   1',
        '',
      ].join('\n'),
    );
  });

  test('puts the sink and what the encoder adds in front of the columns', async () => {
    await check(
      table('s'),
      [['{"op":"+I","place":"x","uv":1}', '{"op":"-U","place":"x","uv":1}']],
      [
        'sink  op  place  uv',
        '----  --  -----  --',
        's     +I  x       1',
        's     -U  x       1',
        '',
      ].join('\n'),
    );
  });

  test('shows nested values as JSON', async () => {
    await check(
      table(),
      [['{"place":{"a":[1,"},"]},"uv":true}']],
      ['place             uv', '--------------  ----', '{"a":[1,"},"]}  true', ''].join('\n'),
    );
  });
});
