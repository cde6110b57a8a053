import { describe, expect, test } from 'vitest';
import { around, findingsOf, loadText, planOf } from '../load-text.ts';

const base = `connector: kafka, topic: t, format: json, properties.bootstrap.servers: "b:9092"`;
const upsert = base.replace('connector: kafka', 'connector: upsert-kafka');
const transform = 't: { select: { id: id, name: name, amount: amount, ts: ts } }';
const windowed = (emit: string): string =>
  `t: { window: { type: tumble, size: 1min }, group-by: [name], aggregate: { n: COUNT(*) }${emit} }`;

async function sinkOf(fields: string, transforms = transform) {
  const plan = await planOf(around(transforms, `out: { from: t, ${fields} }`));
  const node = plan.nodes.find(({ name }) => name === 'out');
  if (node?.kind !== 'sink' || node.connector.kind !== 'kafka') throw new Error('no kafka sink');
  return node.connector;
}

async function messagesOf(fields: string, transforms = transform): Promise<readonly string[]> {
  const { findings } = await loadText(around(transforms, `out: { from: t, ${fields} }`));
  return findings.map(({ code, message }) => `${code}: ${message}`);
}

describe('a kafka sink', () => {
  test('writes all columns as the value, at least once, with the event time', async () => {
    const sink = await sinkOf(base);
    expect(sink).toMatchObject({
      topic: 't',
      properties: { 'bootstrap.servers': 'b:9092' },
      guarantee: { kind: 'at-least-once' },
      key: null,
      timestampColumn: 3,
      headersColumn: null,
      partitioner: { kind: 'default' },
      changes: 'append',
    });
    expect(sink.value.columns.map(({ name }) => name)).toEqual(['id', 'name', 'amount', 'ts']);
  });

  test('has the key columns in the key alone, without their prefix, where it is told so', async () => {
    const fields = `${base}, key.format: csv, key.csv.field-delimiter: "|", key.fields: "name;id", value.fields-include: EXCEPT_KEY`;
    const sink = await sinkOf(fields);
    expect(sink.key).toMatchObject({
      format: { kind: 'csv', fieldDelimiter: '|' },
      columns: [
        { index: 1, name: 'name' },
        { index: 0, name: 'id' },
      ],
    });
    expect(sink.value.columns.map(({ name }) => name)).toEqual(['amount', 'ts']);
  });

  test('takes the options of its value behind value.', async () => {
    const fields = `${base.replace('format: json', 'value.format: json')}, value.json.encode.ignore-null-fields: true`;
    expect((await sinkOf(fields)).value.format).toMatchObject({ ignoreNullFields: true });
    expect(await messagesOf(`${base}, value.json.encode.ignore-null-fields: true`)).toEqual([
      'DREY_PIPELINE_UNKNOWN_FIELD: "value.json.encode.ignore-null-fields" is no field of a kafka sink.',
    ]);
  });

  test('makes metadata of columns, which are no part of the value then', async () => {
    const sink = await sinkOf(`${base}, metadata: { timestamp: ts }`);
    expect(sink.timestampColumn).toBe(3);
    expect(sink.value.columns.map(({ name }) => name)).toEqual(['id', 'name', 'amount']);
    expect(await messagesOf(`${base}, metadata: { timestamp: name, headers: nmae }`)).toEqual([
      'DREY_PIPELINE_TYPE: The column "name" is STRING, not TIMESTAMP_LTZ(3) or TIMESTAMP(3).',
      'DREY_PIPELINE_COLUMN: There is no column "nmae".',
    ]);
  });

  test('divides rows as it is told', async () => {
    expect((await sinkOf(`${base}, sink.partitioner: round-robin`)).partitioner).toEqual({
      kind: 'round-robin',
    });
    expect((await sinkOf(`${base}, partition-by: [name, id]`)).partitioner).toEqual({
      kind: 'columns',
      columns: [1, 0],
    });
  });

  test('names its transactions where each row is to come once', async () => {
    const once = `${base}, sink.delivery-guarantee: exactly-once`;
    expect((await sinkOf(`${once}, sink.transactional-id-prefix: p`)).guarantee).toEqual({
      kind: 'exactly-once',
      transactionalIdPrefix: 'p',
      expiredMarker: 'refuse',
      markerTopic: null,
    });
    expect(await messagesOf(once)).toEqual([
      'DREY_PIPELINE_MISSING_FIELD: exactly-once needs sink.transactional-id-prefix.',
    ]);
  });

  test.each([
    ['no servers', 'connector: kafka, topic: t, format: json', 'DREY_PIPELINE_MISSING_FIELD'],
    ['no topic', base.replace('topic: t, ', ''), 'DREY_PIPELINE_MISSING_FIELD'],
    ['several topics', base.replace('topic: t', 'topic: t;u'), 'DREY_PIPELINE_VALUE'],
    ['a key without columns', `${base}, key.format: json`, 'DREY_PIPELINE_MISSING_FIELD'],
    ['a key without format', `${base}, key.fields: [id]`, 'DREY_PIPELINE_MISSING_FIELD'],
    [
      'a key that is not there',
      `${base}, key.format: json, key.fields: [x]`,
      'DREY_PIPELINE_COLUMN',
    ],
    [
      'a prefix that a column has not',
      `${base}, key.format: json, key.fields: [id], key.fields-prefix: k_, value.fields-include: EXCEPT_KEY`,
      'DREY_PIPELINE_COLUMN',
    ],
    [
      'a prefix and the key in the value',
      `${base}, key.format: json, key.fields: [id], key.fields-prefix: i`,
      'DREY_PIPELINE_CONFLICT',
    ],
    [
      'two ways to divide rows',
      `${base}, sink.partitioner: fixed, partition-by: [id]`,
      'DREY_PIPELINE_CONFLICT',
    ],
    ['two formats', `${base}, value.format: json`, 'DREY_PIPELINE_CONFLICT'],
  ])('is refused with %s', async (_, fields, code) => {
    const findings = await findingsOf(around(transform, `out: { from: t, ${fields} }`));
    expect(findings.map((finding) => finding.split(' ').at(-1))).toEqual([code]);
  });

  test('refuses rows that are corrected', async () => {
    const corrected = windowed(', emit: { allowed-lateness: 1min }');
    expect(await messagesOf(base, corrected)).toEqual([
      'DREY_PIPELINE_CHANGELOG: "t" corrects rows that it has sent, which a kafka sink cannot take.',
    ]);
    expect(await messagesOf(base, windowed(''))).toEqual([]);
  });
});

describe('an upsert-kafka sink', () => {
  const keyed = `${upsert}, key.format: json`;

  test('has its primary key as the key', async () => {
    const sink = await sinkOf(`${keyed}, primary-key: [id]`);
    expect(sink).toMatchObject({ changes: 'upsert', key: { columns: [{ index: 0, name: 'id' }] } });
  });

  test('takes corrected rows under the key that tells them apart, and no other', async () => {
    const corrected = windowed(', emit: { allowed-lateness: 1min }');
    const whole = `${keyed}, primary-key: [window_start, window_end, name]`;
    expect(await messagesOf(whole, corrected)).toEqual([]);
    expect(await messagesOf(`${keyed}, primary-key: [name]`, corrected)).toEqual([
      expect.stringContaining('DREY_PIPELINE_CHANGELOG: The primary key (name) is not what'),
    ]);
  });

  test('needs a primary key and a format of it', async () => {
    expect(await messagesOf(upsert)).toEqual([
      'DREY_PIPELINE_MISSING_FIELD: The field "primary-key" is missing.',
      'DREY_PIPELINE_MISSING_FIELD: The field "key.format" is missing.',
    ]);
  });
});
