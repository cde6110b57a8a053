import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Batch, type RowSchema } from '../../../../src/engine/batch/batch.ts';
import { FileSource } from '../../../../src/engine/connector/file/file-source.ts';
import { JsonDecoder } from '../../../../src/engine/format/json-decoder.ts';
import { LENGTH_MAX } from '../../../../src/expression/type.ts';
import type { Value } from '../../../../src/expression/value.ts';
import { createSimulatedPlatform } from '../../../../src/platform/simulated/simulated-platform.ts';
import { rowsOf } from '../column-values.ts';
import { runs } from '../../../support/property-runs.ts';
import { testMemory } from '../../../support/test-memory.ts';

const schema: RowSchema = [
  { name: 'id', type: { root: 'BIGINT', nullable: true } },
  { name: 'text', type: { root: 'VARCHAR', length: LENGTH_MAX, nullable: true } },
];

async function readAll(content: string, blockBytes: number, seed: number) {
  const world = createSimulatedPlatform({ seed, files: { '/in.jsonl': content } });
  const dead: string[] = [];
  const source = new FileSource(
    {
      name: 'events',
      path: '/in.jsonl',
      schema,
      createDecoder: () =>
        new JsonDecoder({
          schema,
          failOnMissingField: false,
          timestampFormat: 'SQL',
          memory: testMemory,
        }),
      maxRecordBytes: 1000,
      memory: testMemory,
      onDeadRecord: (record) => dead.push(`${record.code} ${record.position}`),
      blockBytes,
    },
    world,
  );
  const rows: Value[][] = [];
  const read = async (): Promise<void> => {
    const [reader] = await source.open();
    const batch = Batch.inMemory(schema, testMemory);
    for (;;) {
      batch.reset();
      const result = reader!.poll(batch);
      if (result === 'ended') return;
      if (result === 'rows') rows.push(...rowsOf(batch));
      else await reader!.ready();
    }
  };
  await world.drive(read());
  return { rows, dead };
}

/** A line, and what it must become: a row, or a dead record. */
const line = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .record({
        id: fc.maxSafeInteger(),
        text: fc.oneof(fc.string({ unit: 'binary' }), fc.string()),
      })
      .map(({ id, text }) => ({ line: JSON.stringify({ text, id }), row: [BigInt(id), text] })),
  },
  // A number into STRING keeps its value and grows: it is decoded text longer than its source.
  { weight: 2, arbitrary: fc.constant({ line: '{"text":1e9,"id":1}', row: [1n, null] }) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('{"id":"x"}', '{', 'null x')
      .map((text) => ({ line: text, row: null })),
  },
  { weight: 1, arbitrary: fc.constant({ line: `{"text":"${'y'.repeat(2000)}"}`, row: null }) },
);

test('JSON lines are the same rows and dead records however the file is cut into blocks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 60 }),
      fc.integer({ min: 1, max: 3000 }),
      fc.constantFrom('\n', '\r\n'),
      async (lines, blockBytes, lineEnd) => {
        const content = lines.map(({ line: text }) => text).join(lineEnd);
        const whole = await readAll(content, 1 << 20, 1);
        expect(await readAll(content, blockBytes, 2)).toEqual(whole);
        const deadLines = lines.flatMap(({ row }, i) => (row === null ? [i + 1] : []));
        expect(whole.dead.map((event) => Number(event.split(' ')[1]))).toEqual(deadLines);
        const rows = lines.flatMap(({ row }) => (row === null ? [] : [row]));
        const got = whole.rows.map(([id, text], i) => [id, rows[i]![1] === null ? null : text]);
        expect(got).toEqual(rows);
      },
    ),
    { numRuns: runs(200) },
  );
});
