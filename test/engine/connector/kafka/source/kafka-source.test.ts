import { describe, expect, test } from 'vitest';
import { failOnDeadRecord } from '../../../../../src/engine/connector/dead-record-policy.ts';
import { SourceWorld } from './source-world.ts';

const json = (id: number, text = 'x'): { value: string } => ({
  value: JSON.stringify({ id, text }),
});
const idsOf = (rows: readonly (readonly unknown[])[]): number[] => rows.map(([id]) => Number(id));

describe('the Kafka source', () => {
  test('rows of a partition come in the order of their offsets', async () => {
    const world = new SourceWorld();
    const [first, second] = world.kafka.topic('events', 2);
    first!.append([json(1, 'a'), json(2, 'b')]);
    first!.append([json(3, 'c')]);
    second!.append([json(9, 'z')]);
    expect(await world.readAll(world.source())).toEqual([
      [1n, 'a'],
      [2n, 'b'],
      [3n, 'c'],
      [9n, 'z'],
    ]);
    expect(world.kafka.openClients).toBe(0);
  });

  test('several topics, and all that match a pattern, are one source', async () => {
    const world = new SourceWorld();
    for (const [id, name] of ['a-1', 'a-2', 'b', '__a-3'].entries()) {
      world.kafka.topic(name)[0]!.append([json(id)]);
    }
    const list = { kind: 'list', names: ['b', 'a-1'] } as const;
    expect(idsOf(await world.readAll(world.source({ spec: { topics: list } })))).toEqual([0, 2]);
    const pattern = { kind: 'pattern', pattern: '_*a-\\d' } as const;
    expect(idsOf(await world.readAll(world.source({ spec: { topics: pattern } })))).toEqual([0, 1]);
  });

  test('each partition belongs to one subtask, as in Flink', async () => {
    const owners: string[] = [];
    for (const subtask of [0, 1, 2]) {
      const world = new SourceWorld();
      world.kafka.topic('events', 5);
      const source = world.source({ spec: { bounded: { kind: 'unbounded' } } });
      const readers = await world.open(source, { subtask, parallelism: 3, restored: null });
      owners.push(readers.map(({ name }) => name).join(' '));
      await source.close();
    }
    // 'events'.hashCode() * 31 & 0x7fffffff is 1 modulo 3.
    expect(owners.join(' ').split(' ').sort()).toEqual([
      'events-0',
      'events-1',
      'events-2',
      'events-3',
      'events-4',
    ]);
    expect(owners).toContain('events-1 events-4');
  });

  test('records without a value make no row and are counted', async () => {
    const world = new SourceWorld();
    const [log] = world.kafka.topic('events');
    log!.append([json(1), { value: null }, { value: '' }, json(2), { value: null }]);
    const source = world.source();
    expect(idsOf(await world.readAll(source))).toEqual([1, 2]);
    expect(source.emptyCount).toBe(3);
    expect(world.dead).toEqual([]);
  });

  test('a value of several lines is one row, and a line feed in a string makes it unreadable', async () => {
    const world = new SourceWorld();
    const [log] = world.kafka.topic('events');
    log!.append([
      { value: '{\n "id": 1,\r\n "text": "a\\n\\"b" }\n' },
      { value: '{"id":2,"text":"a\nb"}' },
      { value: '{"id":3}\n{"id":4}' },
      { value: ' \n ' },
      { value: ' {"id":5,"text":"x"}' },
    ]);
    expect(await world.readAll(world.source())).toEqual([
      [1n, 'a\n"b'],
      [5n, 'x'],
    ]);
    expect(world.dead.map(({ position, reason }) => `${position} ${reason}`)).toEqual([
      '1 a line feed in a string is not escaped',
      '3 expected {, found only blanks',
      '2 text behind the object: {',
    ]);
  });

  test('keys and headers between two values leave nothing behind', async () => {
    const world = new SourceWorld();
    const [log] = world.kafka.topic('events');
    const odd = Uint8Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? 0x0a : 0x7b));
    log!.append(
      Array.from({ length: 50 }, (_, id) => ({
        ...json(id, 'y'.repeat(id)),
        key: odd.subarray(0, (id * 7) % 200),
        headers: id % 3 === 0 ? [{ name: '\n{', value: odd }] : [],
      })),
    );
    const rows = await world.readAll(world.source());
    expect(rows).toEqual(Array.from({ length: 50 }, (_, id) => [BigInt(id), 'y'.repeat(id)]));
  });

  test('a record that cannot be read is a dead record with its offset', async () => {
    const world = new SourceWorld();
    const [log] = world.kafka.topic('events');
    log!.append([json(1), { value: '{"id":"no"}' }, json(2)]);
    log!.append([{ value: 'nonsense' }]);
    expect(idsOf(await world.readAll(world.source()))).toEqual([1, 2]);
    const text = new TextDecoder();
    expect(world.dead.map((record) => [record.position, text.decode(record.raw)])).toEqual([
      [1, '{"id":"no"}'],
      [3, 'nonsense'],
    ]);
    expect(world.dead[0]).toMatchObject({
      code: 'DREY_RECORD_UNREADABLE',
      source: 'events',
      split: 'events-0',
      unit: 'offset',
      column: 'id',
    });
  });

  test('by default a record that cannot be read ends the job', async () => {
    const world = new SourceWorld();
    world.kafka.topic('events')[0]!.append([json(1), { value: '{' }]);
    const source = world.source({ options: { onDeadRecord: failOnDeadRecord } });
    await expect(world.readAll(source)).rejects.toMatchObject({
      code: 'DREY_RECORD_UNREADABLE',
      message: expect.stringContaining('source events, events-0, offset 1: '),
    });
  });

  test('a record over the limit is a dead record, cut to the limit', async () => {
    const world = new SourceWorld();
    const [log] = world.kafka.topic('events');
    log!.append([json(1), json(2, 'x'.repeat(2000)), json(3)]);
    expect(idsOf(await world.readAll(world.source()))).toEqual([1, 3]);
    expect(world.dead).toMatchObject([{ code: 'DREY_RECORD_TOO_LONG', position: 1 }]);
    expect(world.dead[0]!.raw.length).toBe(1024);
  });

  test('a record that is larger than the block gets one of its own', async () => {
    const world = new SourceWorld();
    const [log] = world.kafka.topic('events');
    log!.append([json(1), json(2, 'x'.repeat(900)), json(3, '\\"'.repeat(200))]);
    const options = { areaBytes: 100 };
    expect(await world.readAll(world.source({ options }))).toEqual([
      [1n, 'x'],
      [2n, 'x'.repeat(900)],
      [3n, '\\"'.repeat(200)],
    ]);
  });

  test('a batch of records is read in as many polls as it needs', async () => {
    const world = new SourceWorld();
    const [log] = world.kafka.topic('events');
    log!.append(Array.from({ length: 5000 }, (_, id) => json(id)));
    const source = world.source();
    const [reader] = await world.open(source);
    const counts: number[] = [];
    const ids: number[] = [];
    for (;;) {
      const rows = await world.pollOnce(source, reader!);
      if (rows === null) break;
      counts.push(rows.length);
      ids.push(...idsOf(rows));
    }
    expect(counts).toEqual([2048, 2048, 904]);
    expect(ids).toEqual(Array.from({ length: 5000 }, (_, id) => id));
  });
});

describe('what a Kafka source leaves out', () => {
  test('read_committed leaves out aborted transactions and what is still open', async () => {
    const world = new SourceWorld();
    const [log] = world.kafka.topic('events');
    const by = (producerId: number) => ({ producerId, isTransactional: true });
    log!.append([json(1)], by(7));
    log!.append([json(2)], by(8));
    log!.appendMarker(7, 'abort');
    log!.append([json(3)], by(7));
    log!.appendMarker(8, 'commit');
    log!.appendMarker(7, 'commit');
    log!.append([json(4)]);
    log!.append([json(5)], by(9));
    log!.aborted = [{ producerId: 7, firstOffset: 0 }];
    log!.lastStable = 7;
    const committed = { 'isolation.level': 'read_committed' };
    expect(idsOf(await world.readAll(world.source({ properties: committed })))).toEqual([2, 3, 4]);
    expect(idsOf(await world.readAll(world.source()))).toEqual([1, 2, 3, 4, 5]);
  });

  test('an aborted transaction that began before the offset asked for is left out, too', async () => {
    const world = new SourceWorld();
    const [log] = world.kafka.topic('events');
    log!.append([json(1), json(2)], { producerId: 7, isTransactional: true });
    log!.append([json(3)], { producerId: 7, isTransactional: true });
    log!.appendMarker(7, 'abort');
    log!.append([json(4)]);
    log!.aborted = [{ producerId: 7, firstOffset: 0 }];
    world.kafka.batchesMax = 1;
    const properties = { 'isolation.level': 'read_committed' };
    const startup = { kind: 'specific-offsets', offsets: { 0: 1 } } as const;
    expect(idsOf(await world.readAll(world.source({ properties, spec: { startup } })))).toEqual([
      4,
    ]);
  });

  test('compaction gaps are passed over', async () => {
    const world = new SourceWorld();
    const [log] = world.kafka.topic('events');
    log!.append([json(1)], { gap: 10 });
    log!.append([json(2)], { gap: 3 });
    expect(idsOf(await world.readAll(world.source()))).toEqual([1, 2]);
  });

  test('compressed batches are unpacked, and one that cannot be ends the job', async () => {
    const world = new SourceWorld();
    const [log] = world.kafka.topic('events');
    const flip = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 0xff);
    const compression = { format: 'zstd', pack: flip } as const;
    log!.append([json(1), json(2)], { compression });
    const unpack = (_format: string, bytes: Uint8Array): Uint8Array => flip(bytes);
    expect(idsOf(await world.readAll(world.source({ unpack })))).toEqual([1, 2]);
    const broken = world.source({
      unpack: () => {
        throw new Error('not in this format');
      },
    });
    await expect(world.readAll(broken)).rejects.toMatchObject({
      code: 'DREY_KAFKA_RECORDS_CORRUPT',
      message: expect.stringContaining(
        'source events, events-0, offset 0: the bytes of a record batch are damaged: compressed as zstd: not in this format',
      ),
    });
  });

  test('a batch whose checksum is wrong ends the job, unless checksums are not looked at', async () => {
    const world = new SourceWorld();
    const [log] = world.kafka.topic('events');
    log!.append([json(1)]);
    log!.append([json(2, 'aaaa')]);
    const { bytes } = log!.batches[1]!;
    bytes[bytes.length - 5] = 'b'.charCodeAt(0);
    const source = world.source();
    const [reader] = await world.open(source);
    await expect(world.readToEnd(source, reader!)).rejects.toMatchObject({
      code: 'DREY_KAFKA_RECORDS_CORRUPT',
      message: expect.stringContaining('events-0, offset 1: '),
    });
    const properties = { 'check.crcs': 'false' };
    expect(idsOf(await world.readAll(world.source({ properties })))).toEqual([1, 2]);
  });
});
