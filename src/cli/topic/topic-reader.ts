/**
 * Reads partitions of a topic from offsets on, all leaders at the same time. A leader that is lost
 * is looked for again; an offset that is not there any more goes on with the earliest that is.
 * Invariant: the records of a partition come in their order, each once.
 */
import type { KafkaErrorName } from '../../kafka/error-names.ts';
import type { FetchedPartition, IsolationLevel } from '../../platform/kafka.ts';
import { isWorthRetrying, kafkaFailure, partitionFailure } from '../../platform/kafka-failure.ts';
import { findOffsets, leadersOf, partitionName } from './find-offsets.ts';
import type { KafkaSession } from './kafka-session.ts';
import { readRecords, type ReadRecord } from './read-records.ts';
import type { TailRange } from './tail-start.ts';

export interface TopicReaderOptions {
  readonly isolationLevel: IsolationLevel;
  /** False: until the offsets that were the latest. */
  readonly follows: boolean;
}

/** As Kafka's `fetch.max.wait.ms`. */
const WAIT_MS = 500;
/** Of one answer; what is shown to somebody needs no more. */
const FETCH_BYTES_MAX = 4 * 1024 * 1024;
/** As Kafka's `max.partition.fetch.bytes`. */
const PARTITION_BYTES_MAX = 1024 * 1024;

/** Partitions that nobody leads may have a leader again. */
const LOOK_EVERY_MS = 1_000;
/** No node has this number. */
const NOBODY = -1;

interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly name: string;
  readonly endOffset: number;
  nextOffset: number;
}

interface Arrived {
  readonly node: number;
  readonly answers: readonly FetchedPartition[];
  readonly failure: unknown;
}

export class TopicReader {
  private readonly session: KafkaSession;
  private readonly options: TopicReaderOptions;
  /** Those that are not at their end; in the order in which they are asked for. */
  private positions: Position[];
  private readonly underWay = new Map<number, Promise<Arrived>>();
  private leaders: ReadonlyMap<string, number | null> = new Map();
  private leadersAtMs = 0;
  /** In a row, by node. */
  private readonly failures = new Map<number, number>();

  constructor(session: KafkaSession, ranges: readonly TailRange[], options: TopicReaderOptions) {
    this.session = session;
    this.options = options;
    this.positions = ranges
      .map(({ topic, partition, fromOffset, latestOffset }) => ({
        topic,
        partition,
        name: partitionName({ topic, partition }),
        endOffset: latestOffset,
        nextOffset: fromOffset,
      }))
      .filter((position) => !this.isAtEnd(position));
  }

  /** What came next, perhaps nothing; null: everything was read. Rejects with a KafkaError. */
  async next(): Promise<readonly ReadRecord[] | null> {
    const [first] = this.positions;
    if (first === undefined) return null;
    if (this.isLookDue()) await this.findLeaders();
    this.ask();
    if (this.underWay.size === 0) {
      await this.recover(NOBODY, this.failureOf(first.name, 'LEADER_NOT_AVAILABLE'));
      return [];
    }
    const arrived = await Promise.race(this.underWay.values());
    this.underWay.delete(arrived.node);
    if (arrived.failure === null) return this.take(arrived);
    await this.recover(arrived.node, arrived.failure);
    return [];
  }

  private isAtEnd({ nextOffset, endOffset }: Position): boolean {
    return !this.options.follows && nextOffset >= endOffset;
  }

  /** One request to each leader that has none under way. */
  private ask(): void {
    const byNode = new Map<number, Position[]>();
    for (const position of this.positions) {
      const leader = this.leaders.get(position.name) ?? null;
      if (leader === null || this.underWay.has(leader)) continue;
      byNode.set(leader, [...(byNode.get(leader) ?? []), position]);
    }
    for (const [node, positions] of byNode)
      this.underWay.set(node, this.askLeader(node, positions));
  }

  private async askLeader(node: number, positions: readonly Position[]): Promise<Arrived> {
    try {
      const answers = await this.session.client.fetch(node, {
        isolationLevel: this.options.isolationLevel,
        maxWaitMs: WAIT_MS,
        minBytes: 1,
        maxBytes: FETCH_BYTES_MAX,
        partitions: positions.map(({ topic, partition, nextOffset }) => ({
          topic,
          partition,
          offset: nextOffset,
          maxBytes: PARTITION_BYTES_MAX,
        })),
      });
      return { node, answers, failure: null };
    } catch (failure) {
      return { node, answers: [], failure };
    }
  }

  private async take({ node, answers }: Arrived): Promise<readonly ReadRecord[]> {
    const records: ReadRecord[] = [];
    const isEmpty = answers.every((answer) => answer.records.length === 0);
    let failure: unknown = null;
    for (const answer of answers) {
      const position = this.positions.find(({ name }) => name === partitionName(answer));
      if (position === undefined) continue;
      if (answer.error === 'OFFSET_OUT_OF_RANGE') await this.moveToEarliest(position);
      else if (answer.error === null) records.push(...this.advance(position, answer, isEmpty));
      else failure = this.failureOf(position.name, answer.error);
    }
    this.putLast(new Set(answers.map(partitionName)));
    if (failure === null) {
      this.failures.delete(node);
      this.session.requests.restart();
    } else await this.recover(node, failure);
    return records;
  }

  /** What was asked for goes last, so that the others come as well; what is at its end goes. */
  private putLast(asked: ReadonlySet<string>): void {
    this.positions = [
      ...this.positions.filter(({ name }) => !asked.has(name)),
      ...this.positions.filter(({ name }) => asked.has(name)),
    ].filter((position) => !this.isAtEnd(position));
  }

  /** `isEmpty`: the broker gave no records of any partition. */
  private advance(
    position: Position,
    answer: FetchedPartition,
    isEmpty: boolean,
  ): readonly ReadRecord[] {
    const { records, nextOffset } = readRecords(answer, position.nextOffset, this.session.unpack);
    position.nextOffset = nextOffset;
    if (this.options.follows) return records;
    // Nothing is left up to the end: its last records were compacted away.
    if (isEmpty && this.visibleEnd(answer) >= position.endOffset) {
      position.nextOffset = position.endOffset;
    }
    return records.filter(({ offset }) => offset < position.endOffset);
  }

  /** Up to where the broker would have given records. */
  private visibleEnd({ highWatermark, lastStableOffset }: FetchedPartition): number {
    return this.options.isolationLevel === 'read_committed'
      ? Math.min(highWatermark, lastStableOffset)
      : highWatermark;
  }

  private async moveToEarliest(position: Position): Promise<void> {
    const { topic, partition, name } = position;
    const found = await findOffsets(this.session, {
      queries: [{ topic, partition, at: 'earliest' }],
      isolationLevel: this.options.isolationLevel,
    });
    const earliest = found.get(name) ?? 0;
    this.session.status.note(
      `${name} does not have offset ${position.nextOffset} any more: it goes on at ${earliest}`,
    );
    position.nextOffset = earliest;
  }

  /** Looks for the leaders again after a pause; rejects when that cannot help. */
  private async recover(node: number, failure: unknown): Promise<void> {
    const count = (this.failures.get(node) ?? 0) + 1;
    this.failures.set(node, count);
    if (!isWorthRetrying(failure)) throw failure;
    const error = kafkaFailure(failure);
    if (count === 1 && error instanceof Error) {
      this.session.status.note(`${error.message}; trying again`);
    }
    if (!(await this.session.requests.pause(count))) throw failure;
    await this.findLeaders();
  }

  private isLookDue(): boolean {
    if (this.leaders.size === 0) return true;
    const hasLeaderless = this.positions.some(
      ({ name }) => (this.leaders.get(name) ?? null) === null,
    );
    return hasLeaderless && this.nowMs() - this.leadersAtMs >= LOOK_EVERY_MS;
  }

  private async findLeaders(): Promise<void> {
    const { client, requests } = this.session;
    const topics = [...new Set(this.positions.map(({ topic }) => topic))];
    this.leaders = leadersOf(await requests.again(() => client.metadata(topics)));
    this.leadersAtMs = this.nowMs();
  }

  private nowMs(): number {
    return this.session.world.platform.clock.monotonicMs();
  }

  private failureOf(subject: string, error: KafkaErrorName): Error {
    return partitionFailure({ request: 'Fetch', server: this.session.servers, subject }, error);
  }
}
