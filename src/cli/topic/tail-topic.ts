/**
 * `topic tail`: writes records to standard output as they come, until there are enough, the end is
 * reached, a signal comes, or nobody reads any more.
 */
import { exitCodes } from '../../errors/exit-codes.ts';
import type { IsolationLevel } from '../../platform/kafka.ts';
import type { StopSignal } from '../../platform/signals.ts';
import { choosePartitions, findTopic } from './find-topic.ts';
import type { KafkaSession } from './kafka-session.ts';
import type { ReadRecord } from './read-records.ts';
import { recordBytes, type RecordForm } from './record-text.ts';
import { tailRanges, type TailStart } from './tail-start.ts';
import { TopicReader } from './topic-reader.ts';

export interface TailRequest {
  readonly topic: string;
  readonly start: TailStart;
  /** Empty: all. */
  readonly partitions: readonly number[];
  /** Null: no limit. */
  readonly messagesMax: number | null;
  readonly follows: boolean;
  readonly isolationLevel: IsolationLevel;
  readonly form: RecordForm;
}

export interface TailedTopic {
  readonly messageCount: number;
  readonly end: 'caught-up' | 'enough' | 'output-closed' | StopSignal;
}

export async function tailTopic(session: KafkaSession, request: TailRequest): Promise<TailedTopic> {
  const { signals } = session.world.platform;
  let unsubscribe = (): void => undefined;
  const stopped = new Promise<StopSignal>((resolve) => {
    unsubscribe = signals.subscribe(resolve);
  });
  try {
    const tail = new Tail(session, request);
    for (let next = tail.begin(); ; next = tail.step()) {
      // After a signal nobody waits for it any more.
      next.catch(() => undefined);
      const came = await Promise.race([stopped, next]);
      if (typeof came === 'string') return { messageCount: tail.messageCount, end: came };
      if (came !== null) return came;
    }
  } finally {
    unsubscribe();
  }
}

export function tailExitStatus({ end }: TailedTopic): number {
  if (end === 'SIGINT') return exitCodes.interrupted;
  return end === 'SIGTERM' ? exitCodes.terminated : exitCodes.done;
}

class Tail {
  messageCount = 0;
  private readonly session: KafkaSession;
  private readonly request: TailRequest;
  private reader: TopicReader | null = null;

  constructor(session: KafkaSession, request: TailRequest) {
    this.session = session;
    this.request = request;
  }

  /** Null: it goes on. */
  async begin(): Promise<TailedTopic | null> {
    const { session, request } = this;
    const topic = await findTopic(session, request.topic);
    const chosen = choosePartitions(session, topic, request.partitions);
    const ranges = await tailRanges(session, {
      partitions: chosen.map(({ partition }) => ({ topic: topic.name, partition })),
      start: request.start,
      isolationLevel: request.isolationLevel,
    });
    this.reader = new TopicReader(session, ranges, request);
    return request.messagesMax === 0 ? this.ended('enough') : null;
  }

  async step(): Promise<TailedTopic | null> {
    const came = (await this.reader?.next()) ?? null;
    if (came === null) return this.ended('caught-up');
    const left = (this.request.messagesMax ?? Number.POSITIVE_INFINITY) - this.messageCount;
    const records = came.length > left ? came.slice(0, left) : came;
    if (!(await this.write(records))) return this.ended('output-closed');
    this.messageCount += records.length;
    return records.length === left ? this.ended('enough') : null;
  }

  private ended(end: TailedTopic['end']): TailedTopic {
    return { messageCount: this.messageCount, end };
  }

  /** False: nobody reads any more. */
  private async write(records: readonly ReadRecord[]): Promise<boolean> {
    if (records.length === 0) return true;
    const lines = records.map((record) => recordBytes(record, this.request.form));
    this.session.status.clear();
    return this.session.world.platform.streams.writeOutput(Buffer.concat(lines));
  }
}
