import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { Batch, type RowSchema } from '../../../../src/engine/batch/batch.ts';
import type { SplitReader } from '../../../../src/engine/connector/contract.ts';
import { FileSource } from '../../../../src/engine/connector/file/file-source.ts';
import type { DecoderFactory } from '../../../../src/engine/connector/record-stream/record-reader.ts';
import { CsvDecoder } from '../../../../src/engine/format/csv-decoder.ts';
import { JsonDecoder } from '../../../../src/engine/format/json-decoder.ts';
import { LENGTH_MAX } from '../../../../src/expression/type.ts';
import { realCompression } from '../../../../src/platform/real/compression.ts';
import { realFiles } from '../../../../src/platform/real/files.ts';
import { testMemory } from '../../../support/test-memory.ts';
import { rowsOf } from '../column-values.ts';
import { snapshotOf } from '../read-split.ts';
import { folderWith } from '../temporary-folder.ts';

const schema: RowSchema = [
  { name: 'id', type: { root: 'BIGINT', nullable: true } },
  { name: 'text', type: { root: 'VARCHAR', length: LENGTH_MAX, nullable: true } },
];

const createJson: DecoderFactory = () =>
  new JsonDecoder({
    schema,
    failOnMissingField: false,
    timestampFormat: 'SQL',
    memory: testMemory,
  });

const createCsv: DecoderFactory = (linesBefore) =>
  new CsvDecoder({
    schema,
    fieldDelimiter: ',',
    quoteCharacter: '"',
    escapeCharacter: null,
    nullLiteral: null,
    allowComments: true,
    skipHeaderLines: Math.max(0, 2 - linesBefore),
  });

/** Longest record of the source; some are longer. */
const MAX_RECORD_BYTES = 60;
const long = 'x'.repeat(MAX_RECORD_BYTES);

/** Every kind of record: read, unreadable, empty, too long, without a line end at the end. */
const contents = [
  [
    'json',
    createJson,
    [
      '{"id": 1, "text": "one"}',
      '{"id": 2, "text": "zwei \\u00e4"}\r',
      '',
      'no json',
      `{"id": 3, "text": "${long}"}`,
      '{"id": 4, "text": null}',
      '{"text": "five"}',
      '{"id": 6}',
    ].join('\n'),
  ],
  [
    'csv',
    createCsv,
    [
      'id,text',
      '"second, header"',
      '1,one',
      '# a comment',
      '2,"two',
      'lines, ""quoted"""',
      'x,no number',
      `3,${long}`,
      '4,',
      '5,"last',
      'row"',
    ].join('\n'),
  ],
] as const satisfies readonly (readonly [string, DecoderFactory, string])[];

const packings: readonly (readonly [string, (text: string) => string | Uint8Array])[] = [
  ['plain', (text) => text],
  ['gz', (text) => gzipSync(text)],
];

const cases = contents.flatMap(([format, createDecoder, text]) =>
  packings.flatMap(([packing, pack]) =>
    [1, 7, 200].map((blockBytes) => ({
      name: `${format}, ${packing}, blocks of ${blockBytes} bytes`,
      file: packing === 'plain' ? format : `${format}.${packing}`,
      content: pack(text),
      createDecoder,
      blockBytes,
    })),
  ),
);

/** One poll with rows, or null at the end; what cannot be read is written down with them. */
async function pollEvents(reader: SplitReader, dead: string[]): Promise<string[] | null> {
  const batch = Batch.inMemory(schema, testMemory);
  for (;;) {
    batch.reset();
    const result = reader.poll(batch);
    const events = [...rowsOf(batch).map((row) => row.join('|')), ...dead.splice(0)];
    if (events.length > 0) return events;
    if (result === 'ended') return null;
    await reader.ready();
  }
}

test.each(cases)('a restore after any poll goes on behind it: $name', async (each) => {
  const folder = await folderWith({ [each.file]: each.content });
  const dead: string[] = [];
  const open = async (): Promise<SplitReader> => {
    const source = new FileSource(
      {
        name: 'events',
        path: join(folder, each.file),
        schema,
        createDecoder: each.createDecoder,
        maxRecordBytes: MAX_RECORD_BYTES,
        memory: testMemory,
        onDeadRecord: (record) => dead.push(`${record.code} in line ${record.position}`),
        blockBytes: each.blockBytes,
      },
      { files: realFiles, compression: realCompression },
    );
    const [reader] = await source.open();
    return reader!;
  };
  const rest = async (reader: SplitReader): Promise<string[]> => {
    const events: string[] = [];
    for (let polled = await pollEvents(reader, dead); polled !== null;) {
      events.push(...polled);
      polled = await pollEvents(reader, dead);
    }
    await reader.close();
    return events;
  };
  // Rows and what cannot be read have no order among each other.
  const whole = (await rest(await open())).sort();
  expect(whole.length).toBeGreaterThan(5);
  for (let pollCount = 0; pollCount <= whole.length; pollCount++) {
    const first = await open();
    const events: string[] = [];
    for (let poll = 0; poll < pollCount; poll++) {
      events.push(...((await pollEvents(first, dead)) ?? []));
    }
    const second = await open();
    second.restoreState(snapshotOf(first));
    await first.close();
    events.push(...(await rest(second)));
    expect(events.sort()).toEqual(whole);
  }
});
