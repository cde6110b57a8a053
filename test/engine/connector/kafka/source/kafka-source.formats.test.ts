import { describe, expect, test } from 'vitest';
import type { RowSchema } from '../../../../../src/engine/batch/batch.ts';
import type { KafkaSourceSpec } from '../../../../../src/engine/connector/kafka/source/kafka-source-spec.ts';
import { BIGINT, JSON_FORMAT, ROW_SCHEMA, SourceWorld, TEXT } from './source-world.ts';

const json = (id: number, text = 'x'): { value: string } => ({
  value: JSON.stringify({ id, text }),
});
const csv = {
  kind: 'csv',
  fieldDelimiter: ',',
  quoteCharacter: '"',
  escapeCharacter: null,
  nullLiteral: null,
  allowComments: false,
  skipHeaderLines: 0,
} as const;

describe('formats of the Kafka source', () => {
  test('csv values are read record by record', async () => {
    const world = new SourceWorld();
    const [log] = world.kafka.topic('events');
    log!.append([
      { value: '1,a' },
      { value: '2,"b\n""c"""\n' },
      { value: '3,a\n4,b' },
      { value: '5,e' },
    ]);
    const value = { format: csv, columns: [0, 1] };
    expect(await world.readAll(world.source({ spec: { value } }))).toEqual([
      [1n, 'a'],
      [2n, 'b\n"c"'],
      [5n, 'e'],
    ]);
    expect(world.dead).toMatchObject([{ position: 2, reason: 'there is more than one row in it' }]);
  });

  test('raw values are what the bytes are, and NULL where there are none', async () => {
    const world = new SourceWorld();
    const [log] = world.kafka.topic('events');
    log!.append([
      { value: 'a\nb' },
      { value: null },
      { value: '' },
      { value: Uint8Array.of(0xff) },
    ]);
    const format = { kind: 'raw', charset: 'UTF-8', endianness: 'big-endian' } as const;
    const spec = { value: { format, columns: [0] } };
    const schema: RowSchema = [{ name: 'line', type: TEXT }];
    expect(await world.readAll(world.source({ spec, schema }))).toEqual([['a\nb'], [null], ['']]);
    expect(world.dead).toMatchObject([{ position: 3, reason: 'the bytes are no UTF-8' }]);
  });

  test('keys fill columns of their own', async () => {
    const world = new SourceWorld();
    const [log] = world.kafka.topic('events');
    log!.append([
      { key: '{"user":"anna"}', ...json(1, 'a') },
      { key: '{"user":"x', ...json(2, 'b') },
      { key: null, ...json(3, 'c') },
      { key: '{"user":"bert"}', value: '{"id":"x"}' },
      { key: '{}', ...json(5, 'e') },
    ]);
    const schema: RowSchema = [{ name: 'k_user', type: TEXT }, ...ROW_SCHEMA];
    const key = { format: JSON_FORMAT, columns: [{ index: 0, name: 'user' }] };
    const spec = { key, value: { format: JSON_FORMAT, columns: [1, 2] } };
    expect(await world.readAll(world.source({ spec, schema }))).toEqual([
      ['anna', 1n, 'a'],
      [null, 3n, 'c'],
      [null, 5n, 'e'],
    ]);
    expect(world.dead.map(({ position, column }) => [position, column])).toEqual([
      [1, 'user'],
      [3, 'id'],
    ]);
  });

  test('metadata columns say what Kafka says of the record', async () => {
    const world = new SourceWorld();
    const [, log] = world.kafka.topic('events', 2);
    const headers = [
      { name: 'a', value: Uint8Array.of(1) },
      { name: 'b', value: null },
      { name: 'a', value: Uint8Array.of(2) },
    ];
    log!.append([{ value: 'nonsense' }], { leaderEpoch: 4 });
    log!.append(
      [
        { ...json(1), timestampMs: 1000, headers },
        { ...json(2), timestampMs: 990 },
      ],
      {
        gap: 5,
        leaderEpoch: 4,
      },
    );
    const text = { ...TEXT, nullable: false };
    const schema: RowSchema = [
      ROW_SCHEMA[0]!,
      { name: 'topic', type: text },
      { name: 'partition', type: { root: 'INT', nullable: false } },
      { name: 'offset', type: { ...BIGINT, nullable: false } },
      { name: 'at', type: { root: 'TIMESTAMP_LTZ', precision: 3, nullable: false } },
      { name: 'how', type: text },
      { name: 'epoch', type: { root: 'INT', nullable: true } },
      {
        name: 'headers',
        type: {
          root: 'MAP',
          key: TEXT,
          value: { root: 'VARBINARY', length: TEXT.length, nullable: true },
          nullable: false,
        },
      },
    ];
    const metadata: KafkaSourceSpec['metadata'] = [
      { index: 1, key: 'topic' },
      { index: 2, key: 'partition' },
      { index: 3, key: 'offset' },
      { index: 4, key: 'timestamp' },
      { index: 5, key: 'timestamp-type' },
      { index: 6, key: 'leader-epoch' },
      { index: 7, key: 'headers' },
    ];
    const spec = { metadata, value: { format: JSON_FORMAT, columns: [0] } };
    const common = ['CreateTime', 4] as const;
    expect(await world.readAll(world.source({ spec, schema }))).toEqual([
      [
        1n,
        'events',
        1,
        6n,
        1_000_000_000n,
        ...common,
        [
          ['a', Uint8Array.of(2)],
          ['b', null],
        ],
      ],
      [2n, 'events', 1, 7n, 990_000_000n, ...common, []],
    ]);
  });

  test('an upsert source takes the row of a key away where there is no value', async () => {
    const world = new SourceWorld();
    const [log] = world.kafka.topic('events');
    log!.append([
      { key: '{"id":1}', ...json(1, 'a') },
      { key: '{"id":2}', ...json(2, 'b') },
      { key: '{"id":1}', value: null },
      { key: '{"id":2}', ...json(2, 'c') },
    ]);
    const key = { format: JSON_FORMAT, columns: [{ index: 0, name: 'id' }] };
    expect(await world.readAll(world.source({ spec: { key, changes: 'upsert' } }))).toEqual([
      [0, 1n, 'a'],
      [0, 2n, 'b'],
      [3, 1n, null],
      [0, 2n, 'c'],
    ]);
  });
});
