/**
 * One exchange of a job: the channels between all subtasks of two vertices, the writers at one end
 * and the gates at the other.
 */
import { assert } from '../../errors/assert.ts';
import type { RowSchema } from '../batch/batch.ts';
import type { Exchange } from '../graph/stream-graph.ts';
import { producersOf, type JobExchange } from '../graph/job-graph.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { TaskContext } from '../operator/task-context.ts';
import { Channel, GateQueue, WriterCredits } from './channel.ts';
import { ChannelSender } from './channel-sender.ts';
import type { StreamConsumer } from './contract.ts';
import type { RestoredRows } from './in-flight.ts';
import { InputGate } from './input-gate.ts';
import { KeyTargets } from './key-targets.ts';
import { RecordWriter, type Distribution } from './record-writer.ts';
import { BatchPool, transferRows } from './transfer-batch.ts';

export interface ExchangeOptions {
  readonly exchange: JobExchange;
  /** Of the stream: outputSchemaOf(node, stream). */
  readonly schema: RowSchema;
  /** Subtasks of the vertex that rows come from, and of the one that they go to. */
  readonly producers: number;
  readonly consumers: number;
  readonly maxParallelism: number;
  /** Where the kernels of a consuming subtask work; null: rows are put on the heap. */
  readonly memoryOf: (consumer: number) => LinearMemory | null;
  /** Rows of a batch; absent: as many as suit the number of consumers. */
  readonly batchRows?: number | undefined;
}

export class ExchangeChannels {
  private readonly options: ExchangeOptions;
  private readonly credits: readonly WriterCredits[];
  private readonly ends: readonly GateEnd[];

  constructor(options: ExchangeOptions) {
    const { schema, producers, consumers, memoryOf, exchange } = options;
    const rows = options.batchRows ?? transferRows(consumers);
    this.options = options;
    this.credits = Array.from({ length: producers }, () => new WriterCredits());
    this.ends = Array.from({ length: consumers }, (_, consumer) => {
      const queue = new GateQueue();
      const sources = producersOf(exchange.exchange, consumer, { producers, consumers });
      return {
        queue,
        pool: new BatchPool(schema, rows, memoryOf(consumer)),
        channels: sources.map((producer) => new Channel(producer, this.credits[producer]!, queue)),
      };
    });
  }

  /** The end of a producing subtask; asked for once. */
  writer(producer: number, context: TaskContext): RecordWriter {
    const senders = this.ends.flatMap(({ channels, pool }) =>
      channels
        .filter(({ fromSubtask }) => fromSubtask === producer)
        .map((channel) => new ChannelSender(channel, pool)),
    );
    assert(senders.length > 0, 'each producing subtask has a consumer');
    const credits = this.credits[producer]!;
    return new RecordWriter(senders, credits, this.distribution(context), context.memory);
  }

  /** The end of a consuming subtask; `restored`: rows that were in flight, taken first. */
  gate(
    consumer: number,
    target: StreamConsumer,
    restored: readonly RestoredRows[] = [],
  ): InputGate {
    const { channels, queue, pool } = this.ends[consumer]!;
    for (const { channel, transfer } of restored) channels[channel]!.pushBatch(transfer, true);
    const { node, input } = this.options.exchange.to;
    return new InputGate({ channels, queue, pool, target, node, input });
  }

  private distribution(context: TaskContext): Distribution {
    const { exchange, schema, consumers, maxParallelism } = this.options;
    const targets = keyTargetsOf(exchange.exchange, context, {
      schema,
      parallelism: consumers,
      maxParallelism,
    });
    if (targets !== null) return { kind: 'hash', targets };
    return exchange.exchange.kind === 'broadcast' ? { kind: 'broadcast' } : { kind: 'forward' };
  }
}

interface GateEnd {
  readonly channels: readonly Channel[];
  readonly queue: GateQueue;
  readonly pool: BatchPool;
}

/** How rows of an exchange by key are divided; null: it is none. */
export function keyTargetsOf(
  exchange: Exchange,
  context: TaskContext,
  to: {
    readonly schema: RowSchema;
    readonly parallelism: number;
    readonly maxParallelism: number;
  },
): KeyTargets | null {
  return exchange.kind === 'hash' ? new KeyTargets({ keys: exchange.keys, ...to }, context) : null;
}
