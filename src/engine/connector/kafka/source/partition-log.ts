/**
 * One partition as a source sees it: what was fetched and not passed on yet, and where both stand.
 * Invariant: `position` is the offset of the next record to pass on, `fetchOffset` that of the next
 * one to ask for; all between them that there is lies in the chunks.
 */
import { errorCodes } from '../../../../errors/codes.ts';
import { DreyError, InputError } from '../../../../errors/drey-error.ts';
import type { FetchedPartition, IsolationLevel } from '../../../../platform/kafka.ts';
import { partitionName } from '../partition-leaders.ts';
import type { BatchLoader, LoadedBatch } from './batch-loader.ts';
import { FetchedChunk, offsetBehind } from './fetched-chunk.ts';

export interface PartitionLogOptions {
  /** Name of the source node. */
  readonly source: string;
  readonly topic: string;
  readonly partition: number;
  readonly isolationLevel: IsolationLevel;
  readonly loader: BatchLoader;
}

export class PartitionLog {
  readonly topic: string;
  readonly partition: number;
  /** As messages and snapshots name it. */
  readonly name: string;
  position = 0;
  fetchOffset = 0;
  /** The first offset that is not read; null: there is none. */
  stopOffset: number | null = null;
  /** Of the last batch that was read; -1: of none. Never falls within a log. */
  leaderEpoch = -1;
  bufferedBytes = 0;
  /** All up to `stopOffset` was read. */
  isAtStop = false;
  private readonly options: PartitionLogOptions;
  private readonly chunks: FetchedChunk[] = [];
  private loaded: LoadedBatch | null = null;
  /** Behind the last record that may be read, as the last fetch said; -1: none has. */
  private endOffset = -1;

  constructor(options: PartitionLogOptions) {
    const { topic, partition } = options;
    this.options = options;
    this.topic = topic;
    this.partition = partition;
    this.name = partitionName({ topic, partition });
  }

  /** Before anything is fetched. */
  start(position: number, stopOffset: number | null): void {
    this.position = position;
    this.fetchOffset = position;
    this.stopOffset = stopOffset;
    this.checkStop();
  }

  /** Records behind `position` that could be read; null: not known yet. */
  get lag(): number | null {
    return this.endOffset < 0 ? null : Math.max(0, this.endOffset - this.position);
  }

  get isDrained(): boolean {
    return this.loaded === null && this.chunks.length === 0;
  }

  /** Fetching goes on at another offset, since there is nothing at `fetchOffset`. */
  jumpTo(offset: number): void {
    this.fetchOffset = offset;
    if (this.isDrained) this.position = offset;
    this.leaderEpoch = -1;
    this.checkStop();
  }

  /** Takes what a fetch at `fetchOffset` brought. */
  append(fetched: FetchedPartition): void {
    const { highWatermark, lastStableOffset } = fetched;
    const isCommitted = this.options.isolationLevel === 'read_committed';
    this.endOffset = isCommitted ? lastStableOffset : highWatermark;
    if (fetched.records.length === 0 || this.isAtStop) return;
    const chunk = this.placed(this.fetchOffset, () => new FetchedChunk(this.fetchOffset, fetched));
    if (chunk.isEmpty) return;
    this.chunks.push(chunk);
    this.bufferedBytes += chunk.bytes.length;
    this.fetchOffset = chunk.endOffset;
  }

  /** The batch whose records come next; null: there is none yet. */
  batch(): LoadedBatch | null {
    while (this.loaded === null && !this.isAtStop) {
      const [chunk] = this.chunks;
      if (chunk === undefined) return null;
      const placed = chunk.take();
      if (placed === null) {
        this.dropChunk(chunk);
        continue;
      }
      const { header } = placed;
      this.checkEpoch(header.partitionLeaderEpoch);
      const offset = Math.max(header.baseOffset, this.position);
      this.loaded = this.placed(offset, () => this.options.loader.load(chunk, placed));
      if (this.loaded === null) this.moveTo(offsetBehind(header));
    }
    return this.loaded;
  }

  /** All records of the batch were taken. */
  finishBatch(): void {
    const { loaded } = this;
    this.loaded = null;
    if (loaded !== null) this.moveTo(offsetBehind(loaded.header));
  }

  /** The records before `offset` were taken. */
  moveTo(offset: number): void {
    this.position = Math.max(this.position, offset);
    this.checkStop();
  }

  /** Gives up what it holds. */
  clear(): void {
    this.loaded = null;
    this.chunks.length = 0;
    this.bufferedBytes = 0;
  }

  /** An error about the record at `offset`, with its place. */
  placed<T>(offset: number, read: () => T): T {
    try {
      return read();
    } catch (failure) {
      if (!(failure instanceof DreyError) || failure.code !== 'DREY_KAFKA_RECORDS_CORRUPT') {
        throw failure;
      }
      const { code, message, hint, details } = failure;
      const { source } = this.options;
      throw new InputError(code, `source ${source}, ${this.name}, offset ${offset}: ${message}`, {
        ...(hint !== undefined && { hint }),
        details: { ...details, source, split: this.name, offset },
        cause: failure,
      });
    }
  }

  private dropChunk(chunk: FetchedChunk): void {
    this.chunks.shift();
    this.bufferedBytes -= chunk.bytes.length;
    const next = this.chunks[0]?.startOffset ?? this.fetchOffset;
    if (next === chunk.endOffset) return;
    // Fetching has jumped between the two.
    this.position = next;
    this.leaderEpoch = -1;
  }

  private checkStop(): void {
    const { stopOffset } = this;
    if (stopOffset === null || this.position < stopOffset) return;
    this.isAtStop = true;
    this.clear();
  }

  private checkEpoch(epoch: number): void {
    if (epoch < 0) return;
    if (epoch >= this.leaderEpoch) {
      this.leaderEpoch = epoch;
      return;
    }
    const { source } = this.options;
    const { name, position, leaderEpoch } = this;
    throw new InputError(
      'DREY_KAFKA_TOPIC_CHANGED',
      `source ${source}, ${name}, offset ${position}: its leader epoch is ${epoch} and was ${leaderEpoch} before; the topic was made again`,
      {
        hint: errorCodes.DREY_KAFKA_TOPIC_CHANGED.next,
        details: { source, split: name, offset: position, epoch, leaderEpoch },
      },
    );
  }
}
