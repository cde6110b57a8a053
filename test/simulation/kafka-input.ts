/**
 * The input of a workload as records of Kafka topics, one partition for each file: in batches of a
 * few, some of them in transactions, among records that nobody may see, because their transaction
 * was aborted or because they were compacted away.
 * Invariant: the lines of a file are the visible records of its partition, in order.
 */
import type { ProducerIdentity } from '../../src/platform/kafka.ts';
import type { SimulatedCluster } from '../../src/platform/simulated/kafka/cluster.ts';
import type { PartitionLog } from '../../src/platform/simulated/kafka/partition-log.ts';
import { SeededRandom } from '../../src/platform/simulated/random.ts';
import { recordBatch } from '../support/kafka-records.ts';
import { isRow, type InputFile, type InputLine, type WorkloadPlan } from './workload-plan.ts';

const BATCH_LINES_MAX = 3;
const TRANSACTIONAL_SHARE = 0.3;
const ABORTED_SHARE = 0.15;
const COMPACTED_SHARE = 0.1;
/** Of whoever wrote the input: far from those that the cluster gives out. */
const PRODUCER_ID = 1_000_000;
/** A row that no reference knows. */
const UNSEEN = JSON.stringify({ id: -1, ts: 0, key: 'unseen', amount: 9 });

export class KafkaInput {
  private readonly plan: WorkloadPlan;
  /** Offsets of the lines, by path. */
  private readonly offsets = new Map<string, readonly number[]>();

  constructor(plan: WorkloadPlan) {
    this.plan = plan;
  }

  /** Makes the topics, and writes all lines into them. */
  fill(cluster: SimulatedCluster): void {
    const { files, kafka } = this.plan;
    if (kafka === null || !kafka.isRead) return;
    for (const source of new Set(files.map((file) => file.source))) {
      const own = files.filter((file) => file.source === source);
      const { brokerCount: replicationFactor } = kafka;
      const configuration = {};
      cluster.topics.create({
        name: source,
        partitionCount: own.length,
        replicationFactor,
        configuration,
      });
    }
    for (const file of files) {
      const { topic, partition } = placeOf(file.path);
      const { log } = cluster.topics.partition(topic, partition);
      const writer = new PartitionWriter(log, new SeededRandom(kafka.salt, file.path));
      this.offsets.set(file.path, writer.write(file));
    }
  }

  /** How many lines lie before the position of a reader. */
  linesBefore(path: string, offset: number): number {
    return (this.offsets.get(path) ?? []).filter((line) => line < offset).length;
  }
}

/** Of `in/events/2.jsonl`: partition 2 of `events`. */
export function placeOf(path: string): { readonly topic: string; readonly partition: number } {
  const [, topic = '', partition = ''] = /^in\/(\w+)\/(\d+)\.jsonl$/.exec(path) ?? [];
  return { topic, partition: Number(partition) };
}

/** Of a split of the source: `events-2`. */
export function pathOfSplit(name: string): string | null {
  const [, topic, partition] = /^(events|others)-(\d+)$/.exec(name) ?? [];
  return topic === undefined ? null : `in/${topic}/${partition}.jsonl`;
}

class PartitionWriter {
  private readonly log: PartitionLog;
  private readonly random: SeededRandom;
  private readonly compacted = new Set<number>();
  private sequence = 0;

  constructor(log: PartitionLog, random: SeededRandom) {
    this.log = log;
    this.random = random;
  }

  write({ lines }: InputFile): readonly number[] {
    const offsets: number[] = [];
    for (let at = 0; at < lines.length;) {
      this.disturb();
      const taken = lines.slice(at, at + 1 + this.random.index(BATCH_LINES_MAX));
      const texts = taken.map(textOf);
      const isTransactional = this.random.chance(TRANSACTIONAL_SHARE);
      const base = isTransactional ? this.transaction(texts, 'commit') : this.append(texts);
      offsets.push(...taken.map((_, index) => base + index));
      at += taken.length;
    }
    // As in Kafka, which never compacts what was written last: a reader comes to the end of the log.
    if (this.random.chance(ABORTED_SHARE)) this.transaction([UNSEEN, UNSEEN], 'abort');
    this.log.compact((offset) => !this.compacted.has(offset));
    return offsets;
  }

  private disturb(): void {
    if (this.random.chance(ABORTED_SHARE)) this.transaction([UNSEEN, UNSEEN], 'abort');
    if (this.random.chance(COMPACTED_SHARE)) this.compacted.add(this.append([UNSEEN]));
  }

  private append(texts: readonly string[]): number {
    return this.appendBatch(recordBatch(texts));
  }

  private transaction(texts: readonly string[], result: 'commit' | 'abort'): number {
    const producer: ProducerIdentity = { producerId: PRODUCER_ID, epoch: 0 };
    const baseSequence = this.sequence;
    this.sequence += texts.length;
    const written = { ...producer, baseSequence, isTransactional: true };
    const base = this.appendBatch(recordBatch(texts, written));
    this.log.appendMarker(producer, result, { leaderEpoch: 0, nowMs: 0 });
    return base;
  }

  private appendBatch(records: Uint8Array): number {
    const { baseOffset, endOffset } = this.log.append(records, 0, 0);
    this.log.replicate(endOffset);
    return baseOffset;
  }
}

function textOf(line: InputLine): string {
  return isRow(line) ? JSON.stringify(line) : line.poison;
}
