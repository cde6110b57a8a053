import { describe, expect, test } from 'vitest';
import { loadText, planOf } from '../load-text.ts';

const base =
  'connector: kafka, topic: events, format: json, properties.bootstrap.servers: "b:9092"';

function pipeline(fields: string, columns: string): string {
  return `
pipeline: { name: p }
sources:
  events: { ${fields}, columns: { ${columns} } }
sinks:
  out: { from: events, connector: blackhole }
`;
}

const COLUMNS = 'id: BIGINT, text: STRING';

async function sourceOf(fields: string, columns = COLUMNS) {
  const plan = await planOf(pipeline(fields, columns));
  const node = plan.nodes.find(({ name }) => name === 'events');
  if (node?.kind !== 'source' || node.connector.kind !== 'kafka') throw new Error('no source');
  return { ...node, connector: node.connector };
}

async function messagesOf(fields: string, columns = COLUMNS): Promise<readonly string[]> {
  const { findings } = await loadText(pipeline(fields, columns));
  return findings.map(({ code, message }) => `${code}: ${message}`);
}

describe('a kafka source', () => {
  test("has Flink's defaults", async () => {
    const { connector } = await sourceOf(base);
    expect(connector).toMatchObject({
      topics: { kind: 'list', names: ['events'] },
      properties: { 'bootstrap.servers': 'b:9092' },
      startup: { kind: 'group-offsets' },
      bounded: { kind: 'unbounded' },
      discoveryIntervalMs: 300_000,
      value: { format: { kind: 'json' }, columns: [0, 1] },
      key: null,
      metadata: [],
      changes: 'append',
    });
  });

  test('reads several topics, or those of a pattern', async () => {
    const listed = await sourceOf(base.replace('topic: events', 'topic: "a; b"'));
    expect(listed.connector.topics).toEqual({ kind: 'list', names: ['a', 'b'] });
    const found = await sourceOf(base.replace('topic: events', "topic-pattern: 'a-\\d+'"));
    expect(found.connector.topics).toEqual({ kind: 'pattern', pattern: 'a-\\d+' });
    expect(await messagesOf(base.replace('topic: events', "topic-pattern: '('"))).toEqual([
      'DREY_PIPELINE_VALUE: The pattern is no regular expression.',
    ]);
    expect(await messagesOf(`${base}, topic-pattern: a`)).toEqual([
      'DREY_PIPELINE_CONFLICT: topic and topic-pattern exclude each other.',
    ]);
    expect(await messagesOf(base.replace('topic: events, ', ''))).toEqual([
      'DREY_PIPELINE_MISSING_FIELD: The field "topic" is missing.',
    ]);
  });

  test('starts and stops where it is told to', async () => {
    const { connector } = await sourceOf(
      `${base}, scan.startup.mode: timestamp, scan.startup.timestamp-millis: 5, scan.bounded.mode: specific-offsets, scan.bounded.specific-offsets: "partition:0,offset:42;partition:2,offset:7"`,
    );
    expect(connector.startup).toEqual({ kind: 'timestamp', atMs: 5 });
    expect(connector.bounded).toEqual({ kind: 'specific-offsets', offsets: { 0: 42, 2: 7 } });
    expect(await messagesOf(`${base}, scan.startup.mode: timestamp`)).toEqual([
      'DREY_PIPELINE_MISSING_FIELD: scan.startup.timestamp-millis is missing.',
    ]);
    expect(await messagesOf(`${base}, scan.startup.timestamp-millis: 5`)).toEqual([
      'DREY_PIPELINE_CONFLICT: The field has no meaning in the mode group-offsets.',
    ]);
    const two = base.replace('topic: events', 'topic: [a, b]');
    expect(
      await messagesOf(
        `${two}, scan.startup.mode: specific-offsets, scan.startup.specific-offsets: "partition:0,offset:1"`,
      ),
    ).toEqual(['DREY_PIPELINE_CONFLICT: Offsets are those of one topic; name just one.']);
  });

  test('fills columns from the key, under their names without the prefix', async () => {
    const key = 'key.format: json, key.fields: k_id, key.fields-prefix: k_';
    const except = 'value.fields-include: EXCEPT_KEY';
    const { connector } = await sourceOf(`${base}, ${key}, ${except}`, `k_id: BIGINT, ${COLUMNS}`);
    expect(connector.key).toMatchObject({
      format: { kind: 'json' },
      columns: [{ index: 0, name: 'id' }],
    });
    expect(connector.value.columns).toEqual([1, 2]);
    expect(await messagesOf(`${base}, key.format: json`)).toEqual([
      'DREY_PIPELINE_MISSING_FIELD: key.format needs key.fields.',
    ]);
  });

  test('has metadata columns, cast to what they are declared as', async () => {
    const columns = `${COLUMNS}, "offset": "BIGINT METADATA VIRTUAL", ts: "TIMESTAMP(3) METADATA FROM 'timestamp'", p: "BIGINT METADATA FROM 'partition' VIRTUAL"`;
    const { connector, schema } = await sourceOf(base, columns);
    expect(connector.metadata).toEqual([
      { index: 2, key: 'offset' },
      { index: 3, key: 'timestamp' },
      { index: 4, key: 'partition' },
    ]);
    expect(connector.value.columns).toEqual([0, 1]);
    expect(schema.map(({ type }) => type.root)).toEqual([
      'BIGINT',
      'VARCHAR',
      'BIGINT',
      'TIMESTAMP',
      'BIGINT',
    ]);
    expect(await messagesOf(base, `${COLUMNS}, x: "BIGINT METADATA FROM 'ofset'"`)).toEqual([
      'DREY_PIPELINE_COLUMN: Kafka has no metadata "ofset".',
    ]);
  });

  test('reads raw values into one column', async () => {
    const raw = `${base.replace('format: json', 'format: raw')}, raw.charset: GBK`;
    const { connector } = await sourceOf(raw, 'line: STRING');
    expect(connector.value.format).toEqual({
      kind: 'raw',
      charset: 'GBK',
      endianness: 'big-endian',
    });
    expect(await messagesOf(raw)).toEqual([
      'DREY_PIPELINE_COLUMN: The format raw fills one column, and there are 2.',
    ]);
  });

  test('refuses a property whose value does not fit, without showing it', async () => {
    expect(await messagesOf(`${base}, properties.isolation.level: sometimes`)).toEqual([
      'DREY_PIPELINE_VALUE: Expected read_uncommitted, read_committed for properties.isolation.level.',
    ]);
    expect(await messagesOf(base.replace(', properties.bootstrap.servers: "b:9092"', ''))).toEqual([
      'DREY_PIPELINE_MISSING_FIELD: The field "properties.bootstrap.servers" is missing.',
    ]);
  });

  test('metadata columns are those of Kafka alone', async () => {
    const files = 'connector: filesystem, path: ./x, format: json';
    expect(await messagesOf(files, `${COLUMNS}, o: "BIGINT METADATA FROM 'offset'"`)).toEqual([
      'DREY_PIPELINE_NOT_SUPPORTED: Only sources of Kafka have metadata columns.',
    ]);
  });
});
