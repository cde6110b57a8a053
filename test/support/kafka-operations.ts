/**
 * Random operations on a Kafka cluster, and what it answers to them, in words that do not depend
 * on timing: so that the simulated broker can be held against the real one. After each end of a
 * transaction the markers are waited for, since how long they take is nobody's promise.
 */
import fc from 'fast-check';
import { KafkaError } from '../../src/platform/kafka-error.ts';
import type { IsolationLevel, KafkaClient, TopicPartition } from '../../src/platform/kafka.ts';
import { leaderOf, newTopic, readLog, retried, send } from './kafka-client.ts';

export type Operation =
  | { readonly kind: 'init'; readonly slot: number }
  | { readonly kind: 'add'; readonly slot: number; readonly partitions: readonly number[] }
  | {
      readonly kind: 'produce';
      readonly slot: number;
      readonly partition: number;
      readonly records: number;
      /** `again`: the batch before once more; `gap`: one number is left out. */
      readonly number: 'next' | 'again' | 'gap';
      readonly isTransactional: boolean;
    }
  | { readonly kind: 'produce-plain'; readonly partition: number }
  | { readonly kind: 'add-group'; readonly slot: number; readonly group: number }
  | { readonly kind: 'commit-offset'; readonly slot: number | null; readonly group: number }
  | { readonly kind: 'end'; readonly slot: number; readonly result: 'commit' | 'abort' }
  | { readonly kind: 'read'; readonly partition: number; readonly isolationLevel: IsolationLevel }
  | { readonly kind: 'positions'; readonly partition: number; readonly atMs: number }
  | { readonly kind: 'offsets'; readonly group: number };

/** Slots 0 and 1 have the same transactional id, so that they shut each other out. */
const SLOT_IDS = ['shared', 'shared', 'own'] as const;
const PARTITIONS = 2;
const GROUPS = 2;
/** More than any sequence takes on a slow machine. */
const TRANSACTION_TIMEOUT_MS = 600_000;

const slot = fc.constantFrom(0, 0, 1, 2, 2, 2);
const partition = fc.nat(PARTITIONS - 1);
const group = fc.nat(GROUPS - 1);
const isolationLevel = fc.constantFrom<IsolationLevel>('read_committed', 'read_uncommitted');

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('init' as const), slot }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      slot,
      partitions: fc.constantFrom([0], [1], [0, 1], [0, 1]),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('produce' as const),
      slot,
      partition,
      records: fc.integer({ min: 1, max: 3 }),
      number: fc.oneof(
        { weight: 6, arbitrary: fc.constant('next' as const) },
        { weight: 1, arbitrary: fc.constant('again' as const) },
        { weight: 1, arbitrary: fc.constant('gap' as const) },
      ),
      isTransactional: fc.oneof(
        { weight: 29, arbitrary: fc.constant(true) },
        { weight: 1, arbitrary: fc.constant(false) },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('produce-plain' as const), partition }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('add-group' as const), slot, group }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('commit-offset' as const),
      slot: fc.option(slot, { freq: 4 }),
      group,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('end' as const),
      slot,
      result: fc.constantFrom('commit' as const, 'abort' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('read' as const), partition, isolationLevel }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('positions' as const),
      partition,
      atMs: fc.integer({ min: 900, max: 1_300 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('offsets' as const), group }) },
);

/** A whole transaction of one slot, of which some steps are left out now and then. */
const transaction: fc.Arbitrary<readonly Operation[]> = fc
  .record({
    slot,
    group,
    steps: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 6, maxLength: 6 }),
  })
  .chain(({ slot: at, group: number, steps }) => {
    const produce = { kind: 'produce', slot: at, records: 2, isTransactional: true } as const;
    const all: readonly Operation[] = [
      { kind: 'add', slot: at, partitions: [0, 1] },
      { ...produce, partition: 0, number: 'next' },
      { ...produce, partition: 1, number: 'next' },
      { ...produce, partition: 0, number: steps[0] === 9 ? 'gap' : 'again' },
      { kind: 'add-group', slot: at, group: number },
      { kind: 'commit-offset', slot: at, group: number },
    ];
    const taken = all.filter((_, index) => steps[index] !== 0);
    return fc
      .constantFrom<'commit' | 'abort'>('commit', 'abort')
      .map((result): readonly Operation[] => [...taken, { kind: 'end', slot: at, result }]);
  });

/** A slot has an identity before it does anything else: without one there is nothing to send. */
export const operations: fc.Arbitrary<readonly Operation[]> = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: operation.map((single): readonly Operation[] => [single]) },
      { weight: 1, arbitrary: transaction },
    ),
    { minLength: 5, maxLength: 40 },
  )
  .map((drawn) => {
    const inits = [1, 0, 2].map((at): Operation => ({ kind: 'init', slot: at }));
    return [...inits, ...drawn.flat()];
  });

export interface OperationRun {
  readonly client: KafkaClient;
  /** Of this run alone: its topic, groups and transactional ids begin with it. */
  readonly name: string;
  readonly replicationFactor: number;
  readonly pause: () => Promise<void>;
}

/** One line an operation, and at the end one for each partition and group. */
export async function runOperations(
  run: OperationRun,
  taken: readonly Operation[],
): Promise<readonly string[]> {
  const sequence = new OperationSequence(run);
  await sequence.open();
  const lines: string[] = [];
  for (const step of [...taken, ...LOOKS]) {
    lines.push(`${describe(step)}: ${await sequence.take(step)}`);
  }
  await sequence.close();
  return lines;
}

const LOOKS: readonly Operation[] = [
  ...[0, 1].map((at) => ({ kind: 'offsets' as const, group: at })),
  ...[0, 1].flatMap((at) => [
    { kind: 'positions' as const, partition: at, atMs: 1_000 },
    { kind: 'read' as const, partition: at, isolationLevel: 'read_committed' as const },
    { kind: 'read' as const, partition: at, isolationLevel: 'read_uncommitted' as const },
  ]),
];

interface Slot {
  readonly transactionalId: string;
  producerId: number;
  epoch: number;
  /** By partition. */
  readonly nextSequence: number[];
}

class OperationSequence {
  private readonly run: OperationRun;
  private readonly slots: readonly Slot[];
  private readonly producerIds: number[] = [];
  private readonly lastBatches = new Map<string, readonly string[]>();
  private values = 0;

  constructor(run: OperationRun) {
    this.run = run;
    this.slots = SLOT_IDS.map((id) => ({
      transactionalId: `${run.name}-${id}`,
      producerId: -1,
      epoch: -1,
      nextSequence: [],
    }));
  }

  async open(): Promise<void> {
    const { client, name, replicationFactor, pause } = this.run;
    await client.createTopic(newTopic(name, { partitionCount: PARTITIONS, replicationFactor }));
    // The metadata names a leader before the leader knows.
    let index = 0;
    while (index < PARTITIONS) {
      const positions = await this.positions(this.place(index), 0).catch(() => 'NO_LEADER');
      if (/[A-Z]/.test(positions)) await pause();
      else index++;
    }
  }

  async close(): Promise<void> {
    await this.run.client.deleteTopic(this.run.name);
  }

  async take(step: Operation): Promise<string> {
    try {
      return await this.answer(step);
    } catch (error) {
      if (error instanceof KafkaError) return error.reason;
      throw error;
    }
  }

  private async answer(step: Operation): Promise<string> {
    const { client } = this.run;
    switch (step.kind) {
      case 'init':
        return this.init(this.slot(step.slot));
      case 'add': {
        const places = step.partitions.map((at) => this.place(at));
        const producer = this.slot(step.slot);
        await this.again(() => client.addPartitionsToTransaction(producer, places));
        return 'done';
      }
      case 'produce':
        return this.produce(step);
      case 'produce-plain': {
        const { error, baseOffset } = await send(client, this.place(step.partition), [
          `plain ${this.values++}`,
        ]);
        return error ?? `at ${baseOffset}`;
      }
      case 'add-group': {
        const producer = this.slot(step.slot);
        await this.again(() => client.addGroupToTransaction(producer, this.group(step.group)));
        return 'done';
      }
      case 'commit-offset':
        return this.commitOffset(step.slot, this.group(step.group));
      case 'end':
        return this.end(this.slot(step.slot), step.result);
      case 'read': {
        const rows = await readLog(client, this.place(step.partition), step.isolationLevel);
        return rows.map(({ offset, value }) => `${offset} ${value}`).join(', ');
      }
      case 'positions':
        return this.positions(this.place(step.partition), step.atMs);
      case 'offsets': {
        const found = await this.again(() => {
          return client.committedOffsets(this.group(step.group), 'all');
        });
        return found.map(({ offset, metadata }) => `${offset} ${metadata}`).join(', ');
      }
    }
  }

  private async init(producer: Slot): Promise<string> {
    const { producerId, epoch } = await this.again(() => {
      const { transactionalId } = producer;
      const transactionTimeoutMs = TRANSACTION_TIMEOUT_MS;
      return this.run.client.initProducer({ transactionalId, transactionTimeoutMs });
    });
    producer.producerId = producerId;
    producer.epoch = epoch;
    producer.nextSequence.length = 0;
    if (!this.producerIds.includes(producerId)) this.producerIds.push(producerId);
    return `producer ${this.producerIds.indexOf(producerId)} epoch ${epoch}`;
  }

  private async produce(step: Extract<Operation, { kind: 'produce' }>): Promise<string> {
    const { partition: at, isTransactional, number } = step;
    const producer = this.slot(step.slot);
    const next = producer.nextSequence[at] ?? 0;
    const place = `${step.slot} ${producer.epoch} ${at}`;
    const before = this.lastBatches.get(place) ?? ['never sent'];
    const values =
      number === 'again'
        ? before
        : Array.from({ length: step.records }, () => `${step.slot} ${this.values++}`);
    const baseSequence =
      number === 'again' ? Math.max(0, next - before.length) : next + (number === 'gap' ? 1 : 0);
    const { transactionalId, producerId, epoch } = producer;
    const { error, baseOffset } = await send(this.run.client, this.place(at), values, {
      written: { producerId, epoch, baseSequence, isTransactional },
      ...(isTransactional ? { transactionalId } : {}),
    });
    if (error !== null) return error;
    if (number !== 'again' || next === 0) {
      producer.nextSequence[at] = baseSequence + values.length;
      this.lastBatches.set(place, values);
    }
    return `at ${baseOffset}`;
  }

  private async commitOffset(at: number | null, name: string): Promise<string> {
    const offset = this.values++;
    const offsets = [{ ...this.place(0), offset, metadata: `m${offset}` }];
    const { client } = this.run;
    await this.again(() => {
      return at === null
        ? client.commitOffsets(name, offsets)
        : client.commitOffsetsInTransaction(this.slot(at), name, offsets);
    });
    return 'done';
  }

  private async end(producer: Slot, result: 'commit' | 'abort'): Promise<string> {
    await this.again(() => this.run.client.endTransaction(producer, result));
    // Refused until the markers are written, and without effect then.
    await this.again(() => this.run.client.endTransaction(producer, result));
    return 'done';
  }

  private async positions(place: TopicPartition, atMs: number): Promise<string> {
    const { client } = this.run;
    const node = await leaderOf(client, place);
    const found: (string | number | null)[] = [];
    for (const level of ['read_committed', 'read_uncommitted'] as const) {
      for (const at of ['earliest', 'latest', atMs] as const) {
        const [answer] = await client.listOffsets(node, level, [{ ...place, at }]);
        found.push(answer?.error ?? answer?.offset ?? null);
      }
    }
    return found.join(' ');
  }

  private again<T>(call: () => Promise<T>): Promise<T> {
    return retried(call, this.run.pause);
  }

  private slot(index: number): Slot {
    const found = this.slots[index];
    if (found === undefined) throw new Error(`there is no slot ${index}`);
    return found;
  }

  private place(index: number): TopicPartition {
    return { topic: this.run.name, partition: index };
  }

  private group(index: number): string {
    return `${this.run.name}-group-${index}`;
  }
}

function describe(step: Operation): string {
  return Object.values(step).join(' ');
}
