/**
 * One kind of request of the Kafka protocol: how it is written, how its answer is read, and whether
 * it changes something, which decides what a lost answer means.
 */
import type { KafkaErrorName } from '../../../kafka/error-names.ts';
import type { TopicPartition } from '../../kafka.ts';
import type { WireReader } from './wire-reader.ts';
import type { WireWriter } from './wire-writer.ts';

export interface KafkaRequest<T> {
  /** Kafka's name for it. */
  readonly name: string;
  readonly apiKey: number;
  /**
   * The one version that is written and read here: the newest that brokers from 2.1 on and 4.x
   * have in common and that says all that the port needs.
   */
  readonly version: number;
  /** The topic, group or transactional id that it is about. */
  readonly subject: string | null;
  readonly isWrite: boolean;
  /** Missing: there is one. */
  readonly isUnanswered?: boolean;
  /** How long the broker itself may wait before it answers. */
  readonly waitsMs?: number;
  /** About how many bytes it has. */
  readonly roomBytes?: number;
  write(writer: WireWriter): void;
  /** Throws a Refusal for an error that concerns all of it. */
  read(reader: WireReader): T;
}

/** The broker answered no. */
export class Refusal extends Error {
  readonly reason: KafkaErrorName;
  readonly detail: string | null;
  /** Other parts of the same request were carried out. */
  readonly isPartial: boolean;

  constructor(reason: KafkaErrorName, detail: string | null = null, isPartial = false) {
    super(reason);
    this.name = new.target.name;
    this.reason = reason;
    this.detail = detail;
    this.isPartial = isPartial;
  }
}

export function refuseOn(error: KafkaErrorName | null, detail: string | null = null): void {
  if (error !== null) throw new Refusal(error, detail);
}

export interface PartitionResult extends TopicPartition {
  readonly error: KafkaErrorName | null;
}

/** A request about several partitions of which one at least was refused. */
export function refuseOnAny(results: readonly PartitionResult[]): void {
  const failed = results.filter((result) => result.error !== null);
  // The partitions that are not tried because of another one say so.
  const first = failed.find((result) => result.error !== 'OPERATION_NOT_ATTEMPTED') ?? failed[0];
  if (first === undefined || first.error === null) return;
  const place = `partition ${first.partition} of ${first.topic}`;
  throw new Refusal(first.error, place, failed.length < results.length);
}

export interface OfTopic<T> {
  readonly topic: string;
  readonly entries: readonly T[];
}

/** The protocol lists partitions below their topic. */
export function byTopic<T extends { readonly topic: string }>(
  entries: readonly T[],
): readonly OfTopic<T>[] {
  const topics = new Map<string, T[]>();
  for (const entry of entries) {
    const known = topics.get(entry.topic);
    if (known === undefined) topics.set(entry.topic, [entry]);
    else known.push(entry);
  }
  return [...topics].map(([topic, list]) => ({ topic, entries: list }));
}

export function writeTopics<T extends { readonly topic: string }>(
  writer: WireWriter,
  entries: readonly T[] | null,
  write: (entry: T) => void,
): void {
  writer.list(entries === null ? null : byTopic(entries), ({ topic, entries: ofTopic }) => {
    writer.string(topic).list(ofTopic, write);
  });
}

export function readTopics<T>(reader: WireReader, read: (topic: string) => T): readonly T[] {
  return reader
    .list(() => {
      const topic = reader.string();
      return reader.list(() => read(topic));
    })
    .flat();
}

/** The answer of requests that say of each partition whether it went well. */
export function readResults(reader: WireReader): readonly PartitionResult[] {
  return readTopics(reader, (topic) => ({
    topic,
    partition: reader.int32(),
    error: reader.error(),
  }));
}
