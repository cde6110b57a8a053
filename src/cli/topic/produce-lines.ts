/**
 * `topic produce`: sends each line of the input as a record. A record with a key goes where Kafka's
 * own clients send it; one without goes anywhere. All that was sent is acknowledged before the end,
 * also after a signal or an unusable line.
 */
import { InputError, InterruptedError } from '../../errors/drey-error.ts';
import { partitionOfKey } from '../../kafka/murmur2.ts';
import { formatCount } from '../../output/humanise.ts';
import { countCell, durationCell, textCell, type View } from '../../output/view.ts';
import type { StopSignal } from '../../platform/signals.ts';
import { choosePartitions, findTopic } from './find-topic.ts';
import { InputLines, type InputLine } from './input-lines.ts';
import type { KafkaSession } from './kafka-session.ts';
import { recordOfLine, unusableLine, type LineOptions } from './line-record.ts';
import { openInput } from './open-input.ts';
import { batchLimits, type BatchLimits } from './batch-limits.ts';
import { TopicProducer, type ProducedTo } from './topic-producer.ts';

export interface ProduceRequest extends LineOptions {
  readonly topic: string;
  /** Null: standard input. */
  readonly file: string | null;
  /** Null: by the key, or any. */
  readonly partition: number | null;
}

export interface ProducedLines {
  readonly topic: string;
  readonly recordCount: number;
  readonly durationMs: number;
  /** Those that got some. */
  readonly partitions: readonly ProducedTo[];
}

/** Means nothing without a transaction, but must be given. */
const TRANSACTION_TIMEOUT_MS = 60_000;

export async function produceLines(
  session: KafkaSession,
  request: ProduceRequest,
): Promise<ProducedLines> {
  const { clock } = session.world.platform;
  const startedAtMs = clock.monotonicMs();
  const topic = await findTopic(session, request.topic);
  if (request.partition !== null) choosePartitions(session, topic, [request.partition]);
  const limits = await batchLimits(session, request.topic);
  const identity = await session.requests.again(() =>
    session.client.initProducer({
      transactionalId: null,
      transactionTimeoutMs: TRANSACTION_TIMEOUT_MS,
    }),
  );
  const partitionCount = topic.partitions.length;
  const producer = new TopicProducer(session, {
    topic: request.topic,
    partitionCount,
    identity,
    batchBytesMax: limits.batchBytesMax,
  });
  const sending = new Sending(session, producer, { request, limits, partitionCount });
  const signal = await sending.run();
  const partitions = producer.acknowledged;
  const recordCount = partitions.reduce((sum, one) => sum + one.recordCount, 0);
  const durationMs = Math.round(clock.monotonicMs() - startedAtMs);
  const produced = { topic: request.topic, recordCount, durationMs, partitions };
  if (signal === null) return produced;
  const message = `stopped by ${signal}; ${formatCount(recordCount)} records are written, all that were sent`;
  throw new InterruptedError(signal, message, { details: produced });
}

export function producedLinesView(produced: ProducedLines): View {
  return {
    sections: [
      {
        kind: 'fields',
        fields: [
          { key: 'topic', label: 'topic', cell: textCell(produced.topic) },
          { key: 'recordCount', label: 'records', cell: countCell(produced.recordCount) },
          { key: 'durationMs', label: 'took', cell: durationCell(produced.durationMs) },
        ],
      },
      {
        kind: 'table',
        empty: 'no records',
        columns: [
          { key: 'partition', heading: 'PARTITION' },
          { key: 'recordCount', heading: 'RECORDS' },
          { key: 'firstOffset', heading: 'FIRST OFFSET' },
          { key: 'lastOffset', heading: 'LAST OFFSET' },
        ],
        rows: produced.partitions.map((one) => [
          textCell(String(one.partition)),
          countCell(one.recordCount),
          countCell(one.firstOffset),
          countCell(one.lastOffset),
        ]),
      },
    ],
    names: [produced.topic],
  };
}

interface SendingOptions {
  readonly request: ProduceRequest;
  readonly limits: BatchLimits;
  readonly partitionCount: number;
}

class Sending {
  private readonly session: KafkaSession;
  private readonly producer: TopicProducer;
  private readonly options: SendingOptions;
  private lineCount = 0;

  constructor(session: KafkaSession, producer: TopicProducer, options: SendingOptions) {
    this.session = session;
    this.producer = producer;
    this.options = options;
  }

  /** The signal that ended it; null: the end of the input. A second signal is not waited for. */
  async run(): Promise<StopSignal | null> {
    const { platform } = this.session.world;
    const input = await openInput(this.options.request.file, platform);
    const signals = new SignalQueue();
    const unsubscribe = platform.signals.subscribe((signal) => signals.add(signal));
    try {
      const lines = new InputLines(input.read, this.options.limits.recordBytesMax);
      const end = await this.sendAll(lines, signals.first).catch(async (error: unknown) => {
        if (!(error instanceof InputError)) throw error;
        await this.producer.drain();
        throw this.withCount(error);
      });
      const ended = await Promise.race([signals.second, this.producer.drain()]);
      return ended ?? end;
    } finally {
      unsubscribe();
      await input.close();
    }
  }

  private async sendAll(
    lines: InputLines,
    stopped: Promise<StopSignal>,
  ): Promise<StopSignal | null> {
    for (;;) {
      const came = await Promise.race([stopped, quietly(lines.next())]);
      if (came === null || typeof came === 'string') return came;
      for (const line of came) this.append(line);
      this.tell();
      const signal = await Promise.race([stopped, quietly(this.producer.room())]);
      if (typeof signal === 'string') return signal;
    }
  }

  private append(line: InputLine): void {
    const { request, limits, partitionCount } = this.options;
    const record = recordOfLine(line, request);
    const size = (record.key?.length ?? 0) + (record.value?.length ?? 0);
    if (size > limits.recordBytesMax) {
      const most = `${limits.recordBytesMax} bytes are the most that the topic takes`;
      throw unusableLine(line, `makes a record of ${size} bytes, and ${most}`);
    }
    const byKey = record.key === null ? null : partitionOfKey(record.key, partitionCount);
    this.producer.append(request.partition ?? byKey, record, line.number);
    this.lineCount = line.number;
  }

  private tell(): void {
    const { status, world } = this.session;
    // Somebody types: a line that is overwritten would be in the way.
    if (this.options.request.file === null && world.terminal.isInputTerminal) return;
    status.show(
      `writing to ${this.options.request.topic}`,
      `${formatCount(this.lineCount)} lines read`,
    );
  }

  private withCount(error: InputError): InputError {
    const written = this.lineCount === 0 ? '' : '; the lines before it are written';
    return new InputError(error.code, `${error.message}${written}`, {
      details: { ...error.details, writtenLineCount: this.lineCount },
      cause: error,
    });
  }
}

/** After a signal nobody waits for it any more. */
function quietly<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return work;
}

class SignalQueue {
  readonly first: Promise<StopSignal>;
  readonly second: Promise<StopSignal>;
  private readonly takers: ((signal: StopSignal) => void)[] = [];

  constructor() {
    this.first = new Promise((resolve) => this.takers.push(resolve));
    this.second = new Promise((resolve) => this.takers.push(resolve));
  }

  add(signal: StopSignal): void {
    this.takers.shift()?.(signal);
  }
}
